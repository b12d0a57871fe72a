"""dwb qrscp, as the process that it is: what it stores is found and retrieved, and it says what it cannot do."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.events import events, failed_start
from tests.services.worklist.samples import entry
from tests.support.instances import make_instance
from workbench.cli.qrscp import main
from workbench.cli.storescu import main as storescu
from workbench.config import LocalAe, Node
from workbench.net.requestor import connect
from workbench.services.query.find import find, find_contexts, query_for
from workbench.services.query.models import MODALITY_WORKLIST, STUDY_ROOT
from workbench.services.retrieve.orchestrate import orchestrate
from workbench.services.worklist.scu import query_worklist
from workbench.services.worklist.table import WorklistTable

pytestmark = pytest.mark.slow
LOCAL = LocalAe(ae_title="CALLER", port=0)


@contextmanager
def running(*arguments: str | Path) -> Iterator[tuple[Node, "subprocess.Popen[str]"]]:
    """Gives the node that the tool is once it listens, and its process, which is killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "qrscp", "0", "--bind", "127.0.0.1", "--json", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        ports = (re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line) for line in process.stderr)
        port = next(int(match.group(1)) for match in ports if match)
        yield Node(name="qrscp", host="127.0.0.1", port=port, ae_title="QRSCP"), process
    finally:
        process.kill()
        process.communicate()


async def studies(node: Node) -> list[str]:
    async with (
        connect(node, find_contexts([STUDY_ROOT]), local=LOCAL) as association,
        find(association, STUDY_ROOT, query_for("STUDY")) as query,
    ):
        return [str(match.data_set.StudyInstanceUID) async for match in query]


def test_what_is_stored_is_found_and_sent_to_a_node(tmp_path: Path) -> None:
    files = [make_instance(tmp_path, modality) for modality in ("CT", "MR")]
    (tmp_path / "there").mkdir()
    with (
        running("-od", tmp_path / "there", "-aet", "THERE") as (there, _),
        running("-od", tmp_path / "archive", "--node", f"THERE@127.0.0.1:{there.port}") as (node, process),
    ):
        assert storescu([node.host, str(node.port), *map(str, files)]) == 0
        found = asyncio.run(studies(node))
        assert found
        for uid in found:
            asyncio.run(_move(node, there, uid))
        assert sorted(asyncio.run(studies(there))) == sorted(found)
        process.send_signal(signal.SIGTERM)
        out, _err = process.communicate(timeout=60)
    assert process.returncode == 0
    (summary,) = [each for each in events(out) if each["event"] == "summary"]
    assert (summary["received"], summary["refused"]) == (2, 0)


async def _move(source: Node, destination: Node, uid: str) -> None:
    wanted = query_for("STUDY", StudyInstanceUID=uid)
    known = replace(destination, ae_title="THERE")
    async with orchestrate(source, known, wanted, local=LOCAL) as retrieval:
        assert (await retrieval.finish()).is_complete


def test_it_answers_the_worklist_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "worklist.json"
    WorklistTable(table).add(entry(1, patient_name="DOE^JOHN"))
    with running("-od", tmp_path / "archive", "--worklist", table) as (node, _):
        assert asyncio.run(_patients(node)) == ["DOE^JOHN"]


async def _patients(node: Node) -> list[str]:
    async with connect(node, find_contexts([MODALITY_WORKLIST]), local=LOCAL) as association:
        return [entry.patient_name for entry in (await query_worklist(association)).entries]


@pytest.mark.parametrize("node", ["PACS1", "PACS1@host", "PACS1@host:0", "SEVENTEEN LETTERS@host:104"])
def test_a_node_that_is_none_is_named(node: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["0", "--node", node])
    assert re.search(r"is not TITLE@HOST:PORT|is not 1 to 65535|is no AE title", failed_start(capsys, caught))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert main(["0", "--bind", "127.0.0.1", "-od", str(tmp_path / "file" / "archive")]) == 1
    assert "cannot be made" in capsys.readouterr().err


def test_it_tells_how_queries_and_retrievals_were_answered(tmp_path: Path) -> None:
    with running("-od", tmp_path / "archive", "-v") as (node, process):
        assert asyncio.run(studies(node)) == []
        asyncio.run(_ask_for_an_unknown_destination(node))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    answered = [(each["command"], each["status"]) for each in events(out) if each["event"] == "answered"]
    assert answered == [("C-FIND-RSP", 0x0000), ("C-MOVE-RSP", 0xA801)]
    assert "E: association 2: C-MOVE-RSP 1 A801H Refused: move destination unknown" in err


async def _ask_for_an_unknown_destination(source: Node) -> None:
    nowhere = Node(name="nowhere", host="127.0.0.1", port=104, ae_title="NOWHERE")
    async with orchestrate(source, nowhere, query_for("STUDY", StudyInstanceUID="1.2.3"), local=LOCAL) as retrieval:
        assert (await retrieval.finish()).status == 0xA801
