"""An archive that is killed under load and started again: what it acknowledged is there, whole and found."""

import asyncio
import random
from pathlib import Path

import pydicom
import pytest

from tests.hostile.target import LOCAL, Target, archive
from tests.services.applications import asking
from tests.services.procedure_step.test_scp import attributes
from tests.services.ups.steps import new_step
from tests.support.instances import make_instance
from workbench.config import Node
from workbench.dimse.messages import CStoreRq
from workbench.errors import WorkbenchError
from workbench.net.requestor import connect
from workbench.services.normalized import n_create, n_get
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_RETRIEVE
from workbench.services.query.find import find, find_contexts, query_for
from workbench.services.query.models import STUDY_ROOT
from workbench.services.ups.classes import UPS_PUSH
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

pytestmark = pytest.mark.slow

ROUNDS = 3
CT = "1.2.840.10008.5.1.4.1.1.2"


class Load:
    """Stores objects and creates steps until the archive is gone; remembers what was acknowledged."""

    def __init__(self, template: Path) -> None:
        instance = scan(template)
        self._data = template.read_bytes()[instance.offset :]
        self._uid = instance.sop_instance_uid.encode()
        self._number = 0
        self.stored: set[str] = set()
        self.steps: set[str] = set()
        self.works: set[str] = set()

    def _next_uid(self) -> str:
        self._number += 1
        return f"1.2.3.{self._number:0{len(self._uid) - 6}d}".replace("1.2.3.0", "1.2.3.9", 1)

    async def store(self, node: Node) -> None:
        async with asking(node, CT) as association:
            while True:
                uid = self._next_uid()
                message = CStoreRq(
                    message_id=association.next_message_id(), affected_sop_class_uid=CT, affected_sop_instance_uid=uid
                )
                data = self._data.replace(self._uid, uid.encode())
                if (await association.request(message, data)).message.status == 0:
                    self.stored.add(uid)

    async def create(self, node: Node) -> None:
        async with asking(node, MODALITY_PERFORMED_PROCEDURE_STEP, UPS_PUSH) as association:
            while True:
                uid = self._next_uid()
                made = await n_create(association, MODALITY_PERFORMED_PROCEDURE_STEP, uid, attributes())
                if made.status == 0:
                    self.steps.add(uid)
                if (await n_create(association, UPS_PUSH, uid, new_step())).status == 0:
                    self.works.add(uid)

    async def run(self, target: Target, seconds: float) -> None:
        """Loads the archive from several associations and kills it meanwhile."""
        asyncio.get_running_loop().call_later(seconds, target.process.kill)
        working = [self.store(target.node) for _ in range(4)] + [self.create(target.node) for _ in range(2)]
        ended = await asyncio.gather(*working, return_exceptions=True)
        assert all(isinstance(each, WorkbenchError) for each in ended), ended


async def found(node: Node) -> set[str]:
    async with connect(node, find_contexts([STUDY_ROOT]), local=LOCAL) as association:
        async with find(association, STUDY_ROOT, query_for("STUDY")) as query:
            studies = [str(match.data_set.StudyInstanceUID) async for match in query]
        instances = set()
        for study in studies:
            series = query_for("SERIES", StudyInstanceUID=study)
            async with find(association, STUDY_ROOT, series) as query:
                uids = [str(match.data_set.SeriesInstanceUID) async for match in query]
            for uid in uids:
                wanted = query_for("IMAGE", StudyInstanceUID=study, SeriesInstanceUID=uid)
                async with find(association, STUDY_ROOT, wanted) as query:
                    instances |= {str(match.data_set.SOPInstanceUID) async for match in query}
    return instances


async def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    load, chance = Load(make_instance(tmp_path, "CT", EXPLICIT_VR_LITTLE_ENDIAN)), random.Random(7)
    folder = tmp_path / "archive"
    for _ in range(ROUNDS):
        before = len(load.stored), len(load.steps)
        with archive(folder) as target:
            await load.run(target, chance.uniform(0.3, 0.9))
        assert len(load.stored) > before[0]
        assert len(load.steps) > before[1]
    with archive(folder) as target:
        assert load.stored <= await found(target.node)
        async with asking(target.node, MPPS_RETRIEVE, UPS_PUSH) as association:
            for uid in load.steps:
                assert (await n_get(association, MPPS_RETRIEVE, uid)).status == 0, uid
            for uid in load.works:
                assert (await n_get(association, UPS_PUSH, uid)).status == 0, uid
    whole = {str(pydicom.dcmread(path).SOPInstanceUID) for path in folder.glob("CT.*")}
    assert load.stored <= whole
