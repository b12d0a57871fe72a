"""Peers that we call and that hang: who asked is answered in time, the others at once, and nothing piles up."""

from pathlib import Path

import pydicom
import pytest

from tests.hostile.target import LOCAL, archive, others_are_served
from tests.services.applications import asking
from tests.services.ups.steps import new_step
from tests.support.instances import make_instance
from tests.support.peer import scripted_listener
from workbench.net.requestor import connect
from workbench.services.normalized import n_create
from workbench.services.query.find import query_for
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.move import move, move_contexts
from workbench.services.storage.sending import Sending
from workbench.services.ups.classes import UPS_PUSH, UPS_WATCH
from workbench.services.ups.scu import subscribe
from workbench.storage.part10 import scan
from workbench.upper_layer.pdu import AssociateRq

pytestmark = pytest.mark.slow

SHORT = ("-ta", "0.5", "-td", "0.5", "--idle-timeout", "20")


@pytest.mark.parametrize("accepts", [False, True])
async def test_a_move_to_a_destination_that_hangs_ends_and_holds_nobody_up(tmp_path: Path, accepts: bool) -> None:
    path = make_instance(tmp_path, "CT")
    async with scripted_listener() as listener:
        place = f"HANGS@127.0.0.1:{listener.node.port}"
        with archive(tmp_path / "archive", *SHORT, "--node", place) as target:
            assert (await Sending([scan(path)], target.node, LOCAL).run()).stored == 1
            study = str(pydicom.dcmread(path).StudyInstanceUID)
            wanted = query_for("STUDY", StudyInstanceUID=study)
            async with (
                others_are_served(target),
                connect(target.node, move_contexts([STUDY_ROOT]), local=LOCAL) as moving,
            ):
                async with move(moving, STUDY_ROOT, wanted, destination="HANGS") as retrieval:
                    peer = await (listener.associated() if accepts else listener.accept())
                    result = await retrieval.finish()
                assert result.status == 0xA702
                await peer.expect_close_after_anything()


async def test_a_subscriber_that_hangs_holds_no_step_up(tmp_path: Path) -> None:
    async with scripted_listener() as listener:
        place = f"HANGS@127.0.0.1:{listener.node.port}"
        with archive(tmp_path / "archive", "--node", place) as target:
            async with (
                others_are_served(target),
                asking(target.node, UPS_PUSH, UPS_WATCH) as association,
            ):
                assert (await subscribe(association, "HANGS")).status == 0
                for number in range(300):
                    assert (await n_create(association, UPS_PUSH, f"1.2.3.{number}", new_step())).status == 0
                peer = await listener.accept()
                await peer.expect(AssociateRq)
