"""C-MOVE served: what is proposed to the destination, and what is converted for it."""

from dataclasses import replace
from pathlib import Path

from tests.services.retrieve.archives import CT, MR, STUDY, Archive, asking, cts, moved, receiving, wanted
from tests.services.servers import ScriptedStore
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.policy import Policy
from workbench.services.query.models import HANGING_PROTOCOL, PATIENT_ROOT, STUDY_ROOT
from workbench.services.retrieve.move import move
from workbench.services.retrieve.move_scp import groups
from workbench.services.retrieve.suboperations import Performed
from workbench.services.transcoding.conversion import Conversion
from workbench.trace.events import NoteEvent, TraceEvent
from workbench.trace.recorder import Recorder
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


# Transfer syntaxes


async def test_what_the_destination_does_not_accept_as_it_is_gets_converted_and_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", EXPLICIT_VR_LITTLE_ENDIAN, study_uid=STUDY)
    same = make_instance(tmp_path / "same.dcm", "CT", IMPLICIT_VR_LITTLE_ENDIAN, study_uid=STUDY)
    store, performed, trace = ScriptedStore(), list[Performed](), list[TraceEvent]()
    policy = Policy(contexts={CT: (IMPLICIT_VR_LITTLE_ENDIAN,)})
    async with (
        receiving(store.handler, policy=policy) as node,
        asking(Archive([path, same]), node, observer=performed.append, recorder=Recorder(trace.append)) as association,
    ):
        result = await moved(association)
    assert (result.status, result.completed) == (0x0000, 2)
    assert [one.conversion for one in performed] == ["converted from Explicit VR LE to Implicit VR LE", ""]
    (note,) = (event.note for event in trace if isinstance(event, NoteEvent))
    assert note == f"{store.instances[0]} was converted from Explicit VR LE to Implicit VR LE"
    assert store.received[0] != data_set_bytes(path)
    assert store.received[1] == data_set_bytes(same)


async def test_large_instances_stream_and_can_be_converted(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=3 << 20, study_uid=STUDY)
    for policy in (Policy(contexts={CT: None}), Policy(contexts={CT: (IMPLICIT_VR_LITTLE_ENDIAN,)})):
        store = ScriptedStore()
        async with receiving(store.handler, policy=policy) as node, asking(Archive([path]), node) as association:
            result = await moved(association)
        assert result.status == 0x0000
        assert len(store.received[0]) > 3 << 20


async def test_nothing_is_converted_where_that_is_not_allowed(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 1), ScriptedStore()
    policy = Policy(contexts={CT: (IMPLICIT_VR_LITTLE_ENDIAN,)})
    async with (
        receiving(store.handler, policy=policy) as node,
        asking(archive, node, conversion=Conversion.NEVER) as association,
    ):
        result = await moved(association)
    assert (result.status, result.failed) == (0xA702, 1)
    assert "transfer syntaxes not supported" in result.words


def test_contexts_of_a_class_are_never_parted(tmp_path: Path) -> None:
    template = cts(tmp_path, 1).held[0]
    classes = [f"1.2.3.{number}" for number in range(100)]
    held = [
        replace(template, sop_class_uid=one, transfer_syntax_uid=syntax)
        for one in classes
        for syntax in (EXPLICIT_VR_LITTLE_ENDIAN, JPEG_LOSSLESS)
    ]
    parts = list(groups(held, Conversion.UNCOMPRESSED))
    assert [len(contexts) for contexts, _ in parts] == [126, 126, 48]
    assert sum(len(waiting) for _, waiting in parts) == 200
    for contexts, waiting in parts:
        assert {one.abstract_syntax for one in contexts} == {one.sop_class_uid for one in waiting}


async def test_more_contexts_than_an_association_holds_take_several(tmp_path: Path) -> None:
    template = cts(tmp_path, 1).held[0]
    classes = [f"1.2.840.10008.5.1.4.1.1.{number}" for number in range(2000, 2130)]
    archive = Archive([])
    archive.held = [replace(template, sop_class_uid=one) for one in classes]
    store = ScriptedStore()
    policy = Policy(contexts=dict.fromkeys([CT, *classes]))
    async with (
        receiving(store.handler, policy=policy) as node,
        asking(archive, node, conversion=Conversion.NEVER) as association,
    ):
        result = await moved(association)
    # The file says CT, whatever the index says: only a context for CT could carry it.
    assert (result.status, result.failed) == (0xA702, 130)


async def test_models_without_levels_are_asked_by_instance(tmp_path: Path) -> None:
    archive = cts(tmp_path, 1)
    archive.held[0].keys[0x00080016] = "1.2.840.10008.5.1.4.38.1"
    store = ScriptedStore()
    async with receiving(store.handler) as node, asking(archive, node) as association:
        async with move(
            association, HANGING_PROTOCOL, wanted("", SOPInstanceUID=archive.uids[0]), destination="DEST"
        ) as retrieval:
            result = await retrieval.finish()
        async with move(association, HANGING_PROTOCOL, wanted("", PatientID="1"), destination="DEST") as retrieval:
            refused = await retrieval.finish()
    assert (result.status, result.completed) == (0x0000, 1)
    assert refused.words.endswith("((0008,0018) SOP Instance UID is missing)")


async def test_classes_that_are_not_offered_are_refused_in_the_negotiation(tmp_path: Path) -> None:
    async with asking(cts(tmp_path, 1)) as association:
        assert MR not in association.agreement.by_sop_class
        assert set(association.agreement.by_sop_class) == {STUDY_ROOT.move, PATIENT_ROOT.move, HANGING_PROTOCOL.move}
