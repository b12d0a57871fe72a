"""What a query found is retrieved: into our own folder, to ourselves, and what goes wrong is said."""

from pathlib import Path

import pytest
from pydicom import dcmread

from tests.ui.session.conftest import CALLER, BenchMaker, Scp, Wait
from ui.models.query import MatchRow
from ui.session.retrieving import Destination, RetrieveDesk, Wish
from workbench.config import Node
from workbench.services.query.models import STUDY_ROOT
from workbench.services.storage.scp import ReceivedObject
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import scan
from workbench.storage.reading import InstanceReader


@pytest.fixture
def desk(maker: BenchMaker) -> RetrieveDesk:
    made = RetrieveDesk(maker.bench)
    maker.listeners.append(made.job_changed)
    return made


def study_of(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).StudyInstanceUID)


def fill(maker: BenchMaker, scp: Scp, paths: list[Path]) -> tuple[MatchRow, ...]:
    """Stores objects and gives the studies that they belong to."""
    maker.bench.settings.change(local=CALLER)
    scp.start()
    sending = Sending([scan(path) for path in paths], scp.node(), CALLER)
    assert maker.engine.submit(sending.run()).result(10).stored == len(paths)
    studies = dict.fromkeys(map(study_of, paths))
    return tuple(MatchRow(level="STUDY", keys=((0x0020000D, uid),), uid=uid) for uid in studies)


def bytes_of(path: str | Path) -> bytes:
    reader = InstanceReader(instance := scan(path))
    try:
        return bytes(reader.read(instance.length))
    finally:
        reader.close()


def test_by_c_get_they_come_into_our_folder(
    maker: BenchMaker, scp: Scp, desk: RetrieveDesk, instances: list[Path], tmp_path: Path, wait: Wait
) -> None:
    rows = fill(maker, scp, instances)
    came: list[ReceivedObject] = []
    wish = Wish(node=scp.node(), model=STUDY_ROOT, rows=rows, destination=None)
    desk.retrieve(wish, tmp_path / "mine", came.append)
    assert desk.progress.is_running
    assert desk.retrieve(wish, tmp_path / "mine", came.append) is None
    wait(lambda: not desk.progress.is_running)
    assert desk.progress.completed == len(instances)
    assert desk.progress.sentence.startswith("3 objects retrieved")
    assert not desk.progress.is_failed
    assert sorted(map(bytes_of, instances)) == sorted(bytes_of(each.path) for each in came)


def test_by_c_move_to_a_node_that_the_peer_does_not_know_the_answer_says_what_to_do(
    maker: BenchMaker, scp: Scp, desk: RetrieveDesk, instances: list[Path], tmp_path: Path, wait: Wait
) -> None:
    rows = fill(maker, scp, instances)
    stranger = Node(name="this AE", host="127.0.0.1", port=11112, ae_title="STRANGER")
    wish = Wish(node=scp.node(), model=STUDY_ROOT, rows=rows, destination=Destination(node=stranger))
    desk.retrieve(wish, tmp_path, lambda _: None)
    wait(lambda: not desk.progress.is_running)
    assert desk.progress.is_failed
    assert "A801H" in desk.progress.sentence
    assert "STRANGER" in desk.progress.sentence
    assert maker.messages[-1][0] == "error"


def test_a_node_that_is_gone_is_said(maker: BenchMaker, desk: RetrieveDesk, tmp_path: Path, wait: Wait) -> None:
    gone = Node(name="gone", host="127.0.0.1", port=9, ae_title="GONE")
    rows = (MatchRow(level="STUDY", keys=((0x0020000D, "1.2.3"),), uid="1.2.3"),)
    desk.retrieve(Wish(node=gone, model=STUDY_ROOT, rows=rows, destination=None), tmp_path, lambda _: None)
    wait(lambda: not desk.progress.is_running)
    assert desk.progress.is_failed
    assert "connection refused" in desk.progress.sentence
