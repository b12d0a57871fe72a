"""The index of an archive is what instances are retrieved from."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.services.retrieve.archives import asking, cts, moved, receiving, wanted
from tests.services.servers import ScriptedStore
from workbench.services.query.models import HANGING_PROTOCOL, PATIENT_ROOT, STUDY_ROOT, Model
from workbench.services.retrieve.identifiers import conditions_of
from workbench.services.retrieve.instances import Instances
from workbench.storage.index import InstanceIndex


@pytest.mark.parametrize(
    ("model", "identifier", "count"),
    [
        (STUDY_ROOT, wanted(), 3),
        (PATIENT_ROOT, wanted("PATIENT", PatientID="PHANTOM-1"), 3),
        (PATIENT_ROOT, wanted("PATIENT", PatientID="PHANTOM-2"), 0),
        (STUDY_ROOT, wanted("STUDY", StudyInstanceUID=["1.2.3", "1.2.4"]), 0),
        (HANGING_PROTOCOL, wanted("", SOPInstanceUID="1.2.3"), 0),
    ],
)
def test_conditions_find_instances_in_an_index(tmp_path: Path, model: Model, identifier: Dataset, count: int) -> None:
    archive = cts(tmp_path, 3)
    with InstanceIndex.open(tmp_path) as index:
        instances: Instances = index
        found = list(instances.instances(conditions_of(identifier, model)))
        assert [one.instance().sop_instance_uid for one in found] == [one.sop_instance_uid for one in found]
    assert len(found) == count
    assert {one.sop_instance_uid for one in found} <= set(archive.uids)


async def test_an_index_is_moved_from(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 10), ScriptedStore()
    with InstanceIndex.open(tmp_path) as index:
        async with receiving(store.handler) as node, asking(index, node) as association:
            result = await moved(association)
    assert (result.status, result.completed) == (0x0000, 10)
    assert sorted(store.instances) == sorted(archive.uids)
