"""How the tools end, with the exit codes of DCMTK or with truer ones, and what they say on the way."""

import shlex
import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.option_materials import materials
from tests.cli.option_observing import Observation
from tests.cli.option_running import run_tool
from tests.cli.option_scenarios import Scenario
from tests.cli.option_serving_situations import called_tools
from tests.cli.option_situations import calling_tools, node

INPUTS = {
    "dcmsend": "in/ct.dcm in/second.dcm",
    "echoscu": "",
    "findscu": "in/query.dcm",
    "getscu": "in/query.dcm",
    "movescu": "in/query.dcm",
    "storescu": "in/ct.dcm in/second.dcm",
    "termscu": "",
}
SITUATIONS: Mapping[str, Mapping[str, Any]] = {
    "nobody": {},
    "rejects": {"rejects": True},
    "no context": {"classes": ("1.2.3",)},
    "aborts": {"aborts": True},
    "silent": {"is_silent": True},
    "fails": {"final": 0xA700, "statuses": (0xA700,)},
    "warns": {"final": 0xB000, "statuses": (0xB000,)},
}
# What DCMTK's tools end with, which --compat-exit-codes brings back; and ours where that would not tell of a failure.
CODES = """
            nobody  rejects  no context  aborts    silent    fails      warns
dcmsend     61      61       0/61        62        62        0/167      0
echoscu     1       1        1           0/70      70        0/1        0/1
findscu     2       2        2           0/2       0/2       0/2        0
getscu      1       1        1           1         1         0/69       0/68
movescu     61      61       66          0/62      0/62      69         68
storescu    1       1        1           10        1         167        0
termscu     1       1        1
"""
LINES = {
    "nobody": "0006:031c TCP Initialization Error",
    "rejects": "Result: Rejected Permanent, Source: Service User",
    "no context": "No Acceptable Presentation Contexts",
    "aborts": "0006:0317 Peer aborted Association (or never connected)",
    "silent": "0006:0207 DIMSE No data available (timeout in non-blocking mode)",
}
"""What each tool says by itself, at -v or not."""

MARKERS = {
    "dcmsend": [
        "Sending file: in/ct.dcm",
        "Sending C-STORE Request (MsgID 1, CT)",
        "Received C-STORE Response (Success)",
    ],
    "echoscu": ["Sending Echo Request (MsgID 1)", "Received Echo Response (Success)"],
    "findscu": ["Sending Find Request (MsgID 1)", "Received Find Response 1 (Pending)"],
    "getscu": ["Sending C-GET Request (MsgID 1)", "Received C-STORE Request (MsgID 1, CT)"],
    "movescu": [
        "Sending Move Request (MsgID 1)",
        "Received Move Response 1 (Pending)",
        "Received Final Move Response (Success)",
    ],
    "storescu": ["Sending file: in/ct.dcm", "Sending Store Request (MsgID 1, CT)", "Received Store Response (Success)"],
}


def rows() -> list[tuple[str, str, int, int]]:
    """Gives tool, situation, our exit code, DCMTK's."""
    _, _, *lines = CODES.splitlines()
    found = []
    for tool, *codes in map(str.split, lines):
        for situation, code in zip(SITUATIONS, codes, strict=False):
            theirs, _, ours = code.partition("/")
            found.append((tool, situation, int(ours or theirs), int(theirs)))
    return found


def scenario(tool: str, situation: str) -> Scenario:
    """Gives a tool in a situation."""
    found = node(INPUTS[tool], **SITUATIONS[situation])
    return replace(found, words=found.words.replace("{port}", "{destination}")) if situation == "nobody" else found


def played(scenario: Scenario, tool: str, options: str, folder: Path) -> Observation:
    folder.mkdir()
    return scenario.play(tool, shlex.split(options), folder)


@pytest.mark.parametrize(("tool", "situation", "ours", "theirs"), rows())
def test_exit_code_tells_what_failed(tool: str, situation: str, ours: int, theirs: int, tmp_path: Path) -> None:
    patience = "-td 0.2" if situation == "silent" else ""
    found = played(scenario(tool, situation), tool, patience, tmp_path / "ours")
    assert found.exit == str(ours)
    if situation in LINES and (tool, situation) != ("termscu", "no context"):
        assert LINES[situation] in found.output
    found = played(scenario(tool, situation), tool, f"{patience} --compat-exit-codes", tmp_path / "theirs")
    assert found.exit == str(theirs)


# Inputs that are missing, or bad: as in DCMTK's tools.
@pytest.mark.parametrize(
    ("tool", "line", "code"),
    [
        ("storescu", "127.0.0.1 {port} in/none.dcm", 1),
        ("storescu", "127.0.0.1 {port} in/folder", 1),
        ("storescu", "-nh 127.0.0.1 {port} in/notes.txt", 1),
        ("dcmsend", "127.0.0.1 {port} in/none.dcm", 22),
        ("dcmsend", "127.0.0.1 {port} in/folder", 21),
        ("dcmsend", "-nh 127.0.0.1 {port} in/notes.txt", 23),
        ("dcmsend", "+crf none/report 127.0.0.1 {port} in/ct.dcm", 43),
        ("findscu", "127.0.0.1 {port} in/none.dcm", 1),
        ("getscu", "127.0.0.1 {port} in/none.dcm", 1),
        ("movescu", "127.0.0.1 {port} in/none.dcm", 1),
        ("movescu", "+P {destination} -od none 127.0.0.1 {port} in/query.dcm", 45),
        ("echoscu", "+vc tls/cert.pem +cf tls/ca.pem", 0),
        ("echoscu", "+vc tls/stranger.pem +cf tls/ca.pem", 22),
        ("echoscu", "+rc tls/ca.pem", 0),
        ("echoscu", "+rc tls/cert.pem", 22),
    ],
)
def test_bad_input_has_its_exit_code(tool: str, line: str, code: int, tmp_path: Path) -> None:
    found = played(replace(node(""), words=line), tool, "", tmp_path / "run")
    assert found.exit == str(code), found
    assert ("A-ASSOCIATE-RQ" in found.wire) == ("report" in line)


@pytest.mark.parametrize("tool", MARKERS)
def test_steps_are_told_in_the_words_of_dcmtk(tool: str, tmp_path: Path) -> None:
    situation = calling_tools()[tool]["plain"]
    found = played(situation, tool, "-v", tmp_path / "released")
    assert found.exit == "0", found
    said = found.output.splitlines()
    steps = ["Requesting Association", "Association Accepted (Max Send PDV: 16372)", *MARKERS[tool]]
    places = [said.index(f"I: {step}") for step in (*steps, "Releasing Association")]
    assert places == sorted(places)
    aborted = played(situation, tool, "-v --abort", tmp_path / "aborted")
    assert "I: Aborting Association" in aborted.output
    assert "I: Releasing Association" not in aborted.output


@pytest.mark.parametrize("tool", [tool for tool in INPUTS if tool not in ("findscu", "termscu")])
def test_success_is_silent(tool: str, tmp_path: Path) -> None:
    found = played(calling_tools()[tool]["plain"], tool, "", tmp_path / "run")
    assert (found.exit, found.output) == ("0", "\n--\n")


@pytest.mark.parametrize(
    ("tool", "line", "code"),
    [
        *((tool, line, 1) for tool in ("storescp",) for line in ("TAKEN", "-od none 0", "-xf none Wanted 0")),
        ("storescp", "-xf cfg/scp.cfg None 0", 1),
        ("storescp", "+tls tls/none tls/cert.pem 0", 1),
        ("dcmrecv", "TAKEN", 64),
        ("dcmrecv", "-od none 0", 45),
        ("dcmrecv", "-xf none Wanted 0", 66),
        ("dcmrecv", "-xf cfg/scp.cfg None 0", 66),
        ("dcmrecv", "+tls tls/none tls/cert.pem 0", 71),
    ],
)
def test_server_that_cannot_start_has_its_exit_code(tool: str, line: str, code: int) -> None:
    with socket.create_server(("", 0)) as taken:
        words = line.replace("TAKEN", str(taken.getsockname()[1])).split()
        run = run_tool(tool, words, materials(), while_serving=lambda _: None)
    assert run.exit == code, run
    assert "F: " in run.err
    assert "listening on" not in run.err


@pytest.mark.parametrize(
    ("tool", "request_name", "stored", "release"),
    [
        ("storescp", "Store", "storing DICOM file: ", "Association Release"),
        ("dcmrecv", "C-STORE", "Stored received object to file: ", "Received Association Release Request"),
    ],
)
def test_servers_tell_their_steps_in_the_words_of_dcmtk(
    tool: str, request_name: str, stored: str, release: str, tmp_path: Path
) -> None:
    situation = called_tools()[tool]["plain"]
    found = played(situation, tool, "-v", tmp_path / "run")
    assert found.exit == "0"
    said = [line for line in found.output.splitlines() if line.startswith("I: ")]
    steps = (
        "Association Received",
        "Association Acknowledged (Max Send PDV: 16372)",
        f"Received {request_name} Request (MsgID 1, CT)",
        stored,
        release,
    )
    places = [next(number for number, line in enumerate(said) if line.startswith(f"I: {step}")) for step in steps]
    assert places == sorted(places)
    assert "RECV: ." in found.output.partition("\n--\n")[0]  # dots on standard output


@pytest.mark.parametrize(
    ("tool", "options", "condition"),
    [
        ("echoscu", "+tls tls/key.pem tls/cert.pem", "0006:031e TLS"),
        ("storescu", "-usr jane -rsp", "0006:0108 ASC User Identification Negotiation failed"),
        ("echoscu", "-i6", "0006:0320 Unknown host"),
    ],
)
def test_condition_is_told_by_its_code(tool: str, options: str, condition: str, tmp_path: Path) -> None:
    found = played(calling_tools()[tool]["plain"], tool, options, tmp_path / "run")
    assert found.exit == "1"
    assert f"F: Association Request Failed: {condition}" in found.output
