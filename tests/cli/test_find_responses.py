"""What findscu makes of the responses: numbers, failures, exit codes."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.services.query.responses import DATA
from workbench.cli.find_responses import FindResponses, Shown
from workbench.cli.output import Level, Output
from workbench.errors import NoAcceptedContext, TransportError
from workbench.net.association import Association
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.extraction import Extraction, Kind
from workbench.services.query.find import Match
from workbench.services.query.request import RequestIdentifier
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

Capture = pytest.CaptureFixture[str]
QUERY = RequestIdentifier()
MATCH = Match(data=DATA, transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN, status=0xFF00)
ASSOCIATION = cast("Association", SimpleNamespace(number=1))  # nothing else of it is looked at


def responses(*, as_lines: bool = False, correct: bool = False, extraction: Extraction | None = None) -> FindResponses:
    output = Output(level=Level.WARNING, as_json=False)
    shown = Shown(as_lines=as_lines, as_events=False, correct=correct)
    return FindResponses(output, AttributeNames(), shown, extraction)


def test_without_failure_the_code_is_0() -> None:
    assert responses().exit_code(compat=False) == 0


def test_no_association_is_2_either_way(capsys: Capture) -> None:
    heard = responses()
    heard.failed(None, TransportError("no connection", stage="connect"))
    assert (heard.exit_code(compat=False), heard.exit_code(compat=True)) == (2, 2)
    assert "F: Association Request Failed: 0006:031c" in capsys.readouterr().err


def test_no_context_is_told(capsys: Capture) -> None:
    heard = responses()
    heard.failed(None, NoAcceptedContext("1.2.3", "", "nothing was accepted"))
    assert heard.exit_code(compat=True) == 2
    assert "No Acceptable Presentation Contexts" in capsys.readouterr().err


@pytest.mark.parametrize(("correct", "name"), [(False, "[<a&b>\"' ]"), (True, "[<a&b>\"']")])
async def test_responses_as_lines_are_counted(correct: bool, name: str, capsys: Capture) -> None:
    heard = responses(as_lines=True, correct=correct)
    for _ in range(2):
        await heard.matched(ASSOCIATION, QUERY, MATCH)
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "Response" in line] == [
        "I: Find Response: 1 (Pending)",
        "I: Find Response: 2 (Pending)",
    ]
    assert name in said
    assert r"one\ntwo" in said  # no control character reaches the terminal


async def test_what_cannot_be_written_is_told_once(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    heard = responses(extraction=Extraction(Kind.DICOM, AttributeNames(), folder=str(folder)))
    folder.rmdir()
    for _ in range(3):
        await heard.matched(ASSOCIATION, QUERY, MATCH)
    assert (heard.exit_code(compat=False), heard.exit_code(compat=True)) == (40, 0)
    assert capsys.readouterr().err.count("cannot be written") == 1
