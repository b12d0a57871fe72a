"""Sending with a proposal, an identity, an end and a connection of one's own choice."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from tests.conftest import ExpectLog
from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.services.storage.sendings import Observer, counts, states
from tests.support.certificates import client_context, server_context
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.policy import storage_policy
from workbench.dictionary import storage_sop_classes
from workbench.errors import NoAcceptedContext
from workbench.net.association import Association
from workbench.services.storage.alterations import Alterations
from workbench.services.storage.inventing import Inventor
from workbench.services.storage.proposals import AsListed, GivenSyntaxes
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import NATIVE, Conversion
from workbench.storage.part10 import Instance, file_meta, scan
from workbench.upper_layer.items import UserIdentityRq
from workbench.upper_layer.pdu import AssociateRq

EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE


@pytest.fixture
def instances(tmp_path: Path) -> list[Instance]:
    return [scan(make_instance(tmp_path / f"{number}.dcm", "CT")) for number in range(4)]


def as_file(data: bytes, transfer_syntax: str = EXPLICIT) -> pydicom.FileDataset:
    meta = file_meta(sop_class_uid="1.2", sop_instance_uid="1.3", transfer_syntax_uid=transfer_syntax)
    return pydicom.dcmread(BytesIO(meta + data))


def request(association: Association) -> AssociateRq:
    assert association.request_pdu is not None
    return association.request_pdu


async def test_given_syntaxes_are_proposed_and_converted_into(instances: list[Instance]) -> None:
    script, seen = ScriptedStore(), list[Association]()
    async with serve(script.handlers(), observer=seen.append) as node:
        proposal = GivenSyntaxes([(IMPLICIT,)])
        sending = Sending(instances[:1], node, LOCAL, proposal=proposal, convert=Conversion.UNCOMPRESSED)
        assert counts(await sending.run()) == (1, 0, 0, 0)
    (outcome,) = sending.outcomes
    assert outcome is not None
    assert (outcome.transfer_syntax_uid, outcome.context_id, sending.proposed) == (IMPLICIT, 1, 1)
    assert [each.transfer_syntaxes for each in request(seen[0]).presentation_contexts] == [(IMPLICIT,)]


async def test_inventing_gives_each_instance_an_identity_and_leaves_the_file_alone(instances: list[Instance]) -> None:
    script, observer = ScriptedStore(), Observer()
    files = [data_set_bytes(instance.path) for instance in instances]
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, inventor=Inventor(images=2), observer=observer)
        places = []
        observer.on_started = lambda index: places.append(sending.invented[index].place)
        assert counts(await sending.run()) == (4, 0, 0, 0)
    assert places == [(0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 1, 1)]
    received = [as_file(data) for data in script.received]
    assert [each.SOPInstanceUID for each in received] == script.instances
    assert len(set(script.instances)) == 4
    assert len({each.SeriesInstanceUID for each in received}) == 2
    assert {str(each.PatientName)[:14] for each in received} == {"OFFIS^TEST_PN_"}
    assert received[0].PixelData == pydicom.dcmread(instances[0].path).PixelData
    assert [data_set_bytes(instance.path) for instance in instances] == files
    for outcome in sending.outcomes:
        assert outcome is not None
        assert "sent as 2.25." in outcome.reason
        assert not outcome.is_converted


async def test_compressed_instance_can_be_given_an_identity(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "rle.dcm", "CT", "1.2.840.10008.1.2.5")
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        await Sending([scan(path)], node, LOCAL, inventor=Inventor()).run()
    received = as_file(script.received[0], "1.2.840.10008.1.2.5")
    assert received.SOPInstanceUID == script.instances[0]
    assert received.PixelData == pydicom.dcmread(path).PixelData


@pytest.mark.parametrize(("old_vrs", "vr"), [(True, b"OB"), (False, b"UN")])
async def test_vrs_can_be_those_of_before_1993(tmp_path: Path, old_vrs: bool, vr: bytes) -> None:
    path = make_instance(tmp_path / "un.dcm", "CT")
    with path.open("ab") as file:
        file.write(b"\xfc\xff\xfc\xffUN\0\0\2\0\0\0\1\2")
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        await Sending([scan(path)], node, LOCAL, alterations=Alterations(old_vrs=old_vrs)).run()
    assert script.received[0].endswith(b"\xfc\xff\xfc\xff" + vr + b"\0\0\2\0\0\0\1\2")


async def test_level_of_deflating_reaches_the_data_set(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path / "a.dcm", "SR"))
    lengths = []
    for level in (0, 9):
        script = ScriptedStore()
        policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(DEFLATED,))
        async with serve(script.handlers(), policy=policy) as node:
            alterations = Alterations(deflate_level=level)
            await Sending([instance], node, LOCAL, convert=Conversion.UNCOMPRESSED, alterations=alterations).run()
        lengths.append(len(script.received[0]))
    assert lengths[0] > lengths[1]


async def test_status_can_be_no_reason_to_stop(instances: list[Instance]) -> None:
    script = ScriptedStore([0xA700, 0, "abort"])
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, stop_at_first_failure=True, stop_at_status=False)
        await sending.run()
    assert states(sending) == ["failed", "stored", "failed", "not sent"]


async def test_what_nothing_is_proposed_for_fails(instances: list[Instance]) -> None:
    observer = Observer()
    async with serve(ScriptedStore().handlers()) as node:
        sending = Sending(instances, node, LOCAL, proposal=AsListed([]), observer=observer)
        assert counts(await sending.run()) == (0, 0, 4, 0)
        stopping = Sending(instances, node, LOCAL, proposal=AsListed([]), stop_at_first_failure=True)
        assert counts(await stopping.run()) == (0, 0, 1, 3)
    assert observer.opened == {}
    assert isinstance(observer.outcomes[0].error, NoAcceptedContext)
    assert "nothing is to be proposed for it" in observer.outcomes[0].reason


async def test_association_can_be_aborted_when_all_is_done(instances: list[Instance]) -> None:
    observer, seen = Observer(), list[Association]()
    async with serve(ScriptedStore().handlers(), observer=seen.append) as node:
        sending = Sending(instances, node, LOCAL, abort_at_end=True, observer=observer)
        assert counts(await sending.run()) == (4, 0, 0, 0)
        await seen[0].wait_closed()
    assert "aborted" in str(seen[0].end)
    assert observer.ended == {1: "aborted in the end, as was asked for"}


async def test_identity_goes_out_with_the_request(instances: list[Instance]) -> None:
    seen = list[Association]()
    identity = UserIdentityRq(identity_type=1, positive_response_requested=False, primary_field=b"anna")
    async with serve(ScriptedStore().handlers(), observer=seen.append) as node:
        await Sending(instances, node, LOCAL, user_information=(identity,)).run()
    assert request(seen[0]).user_identity == identity


async def test_error_of_a_store_is_kept(instances: list[Instance]) -> None:
    async with serve(ScriptedStore(["abort"]).handlers()) as node:
        sending = Sending(instances[:1], node, LOCAL)
        await sending.run()
    (outcome,) = sending.outcomes
    assert outcome is not None
    assert outcome.error is not None
    assert str(outcome.error) in outcome.reason


async def test_connection_can_be_secured(instances: list[Instance], expect_log: ExpectLog) -> None:
    expect_log("does not speak TLS, which is required on this port")
    script = ScriptedStore()
    async with serve(script.handlers(), tls=server_context()) as node:
        assert counts(await Sending(instances, node, LOCAL).run()) == (0, 0, 0, 4)
        assert counts(await Sending(instances, node, LOCAL, tls=client_context()).run()) == (4, 0, 0, 0)
    assert len(script.received) == 4
