"""Files that are cut short fail before anything of them is sent, and are sent when somebody wants that."""

from pathlib import Path

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.services.storage.sendings import Observer, counts, states
from tests.support.instances import MIB, data_set_bytes, make_instance
from workbench.acse.policy import storage_policy
from workbench.dictionary import storage_sop_classes
from workbench.errors import StorageError
from workbench.services.storage.inventing import Inventor
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.part10 import Instance, scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


def cut(path: Path, length: int = 100) -> Instance:
    path.write_bytes(path.read_bytes()[:-length])
    return scan(path)


@pytest.fixture
def instances(tmp_path: Path) -> list[Instance]:
    """A small one that is cut, a large one, a deflated one, and one that is whole."""
    return [
        cut(make_instance(tmp_path / "small", "CT")),
        cut(make_instance(tmp_path / "large", "MR", size_bytes=3 * MIB)),
        cut(make_instance(tmp_path / "deflated", "SR", DeflatedExplicitVRLittleEndian), 10),
        scan(make_instance(tmp_path / "whole", "CT")),
    ]


@pytest.mark.parametrize("window", [1, 4])
async def test_nothing_of_them_is_sent_and_the_rest_goes_on(instances: list[Instance], window: int) -> None:
    script, observer = ScriptedStore(), Observer()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, window=window, observer=observer)
        assert counts(await sending.run()) == (1, 0, 3, 0)
    assert observer.begun == [3]
    assert script.received == [data_set_bytes(instances[3].path)]
    small, large, deflated = (outcome for outcome in sending.outcomes[:3] if outcome)
    for outcome in (small, large):
        expected = f"not sent: the data set ends at byte {outcome.instance.length}, within (7FE0,0010)"
        assert (outcome.reason, outcome.status, outcome.association) == (expected, None, None)
        assert isinstance(outcome.error, StorageError)
    assert "deflated data set of" in deflated.reason
    assert list(observer.ended.values()) == ["released"]


async def test_first_one_stops_when_wanted(instances: list[Instance]) -> None:
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, stop_at_first_failure=True)
        await sending.run()
    assert (states(sending), script.received) == (["failed", *["not sent"] * 3], [])


async def test_they_are_sent_as_they_are_without_the_check(instances: list[Instance]) -> None:
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, check=False)
        assert counts(await sending.run()) == (4, 0, 0, 0)
    assert script.received == [data_set_bytes(instance.path) for instance in instances]


@pytest.mark.parametrize("syntax", [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN])
async def test_none_is_made_whole_by_a_conversion(instances: list[Instance], syntax: str) -> None:
    script = ScriptedStore()
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(syntax,))
    async with serve(script.handlers(), policy=policy) as node:
        sending = Sending(instances, node, LOCAL, convert=Conversion.UNCOMPRESSED, inventor=Inventor())
        assert counts(await sending.run()) == (1, 0, 3, 0)
    assert len(script.received) == 1
