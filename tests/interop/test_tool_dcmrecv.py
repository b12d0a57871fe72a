"""DCMTK's dcmrecv and ours, side by side: statuses, names of files, bytes of data sets, answers, exit codes."""

import socket
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.interop.peers import PeerTool
from tests.interop.receivers import Outcome, Sent, both, exit_codes, sending
from tests.interop.test_tool_storescp import results
from tests.services.storage import laid_out
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.syntax_choices import LITTLE_FIRST
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SR = "1.2.840.10008.5.1.4.1.1.88.33"
JPEG = "1.2.840.10008.1.2.4.70"
PLAIN = Sent(laid_out.data_set())
DATED = tuple(
    Sent(laid_out.of_study("1.2.1", f"1.2.3.{number}", "A", date=date), uid=f"1.2.3.{number}")
    for number, date in enumerate(("20240229", "", "20231231", "20240230", "../../x"), 1)
)
CONFIGURATION = f"""[[TransferSyntaxes]]
[All]
TransferSyntax1 = {JPEG}
TransferSyntax2 = {EXPLICIT_VR_LITTLE_ENDIAN}
TransferSyntax3 = {IMPLICIT_VR_LITTLE_ENDIAN}
[[PresentationContexts]]
[Wanted]
PresentationContext1 = {VERIFICATION}\\All
PresentationContext2 = {laid_out.CT}\\All
PresentationContext3 = {SR}\\All
[Twice]
PresentationContext1 = {laid_out.CT}\\All
PresentationContext2 = {laid_out.CT}\\All
[[Profiles]]
[Wanted]
PresentationContexts = Wanted
[Twice]
PresentationContexts = Twice
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "scp.cfg"
    path.write_text(CONFIGURATION)
    return path


def side_by_side(
    peer_tool: PeerTool, configuration: Path, options: str, objects: Iterable[Sent], folder: Path
) -> tuple[Outcome, Outcome]:
    words: list[str | Path] = ["-xf", configuration, "Wanted", *options.split()]
    theirs, ours = both(peer_tool, "dcmrecv", words, sending(tuple(objects)), folder)
    assert ours.answers == theirs.answers, ours.said
    assert ours.names == theirs.names
    return theirs, ours


@pytest.mark.parametrize(
    "options", ["", "+fd", "+fu", "+fsu", "+fst", "-fe .dcm", "+fu -fe .dcm", "+fsu -fe .x", "+fst +fd"]
)
@pytest.mark.parametrize("sorting", ["-s", "+ssd", "+ssd -s"])
def test_files_and_folders_have_the_same_names(
    peer_tool: PeerTool, configuration: Path, tmp_path: Path, options: str, sorting: str
) -> None:
    report = Sent(laid_out.of_study("1.2.2", "1.2.3.9", "A B", SR), "1.2.3.9", SR)
    objects = DATED if "ssd" not in sorting else DATED[:3]  # theirs makes folders of dates that are none
    side_by_side(peer_tool, configuration, f"{options} {sorting}", [*objects, report], tmp_path)


@pytest.mark.parametrize("data", ["plain", "padded", "with UN"])
def test_what_is_written_anew_is_the_same_byte_for_byte(
    peer_tool: PeerTool, configuration: Path, tmp_path: Path, data: str
) -> None:
    sent = {"plain": laid_out.data_set(), "padded": laid_out.padded(), "with UN": laid_out.with_un_items()}[data]
    theirs, ours = side_by_side(peer_tool, configuration, "-B", [Sent(sent)], tmp_path)
    assert ours.contents() == theirs.contents()


def test_only_ours_keeps_the_bytes_by_default(peer_tool: PeerTool, configuration: Path, tmp_path: Path) -> None:
    theirs, ours = side_by_side(peer_tool, configuration, "", [PLAIN], tmp_path)
    assert ours.contents() == {"CT.1.2.3.4.5.6": PLAIN.data}
    assert theirs.contents() != ours.contents()


@pytest.mark.parametrize("options", ["+B", "-B +B"])
def test_both_keep_the_bytes_where_that_is_asked_for(
    peer_tool: PeerTool, configuration: Path, tmp_path: Path, options: str
) -> None:
    instance = scan(make_instance(tmp_path / "jpeg", "CT", JPEG))
    compressed = Sent(data_set_bytes(instance.path), instance.sop_instance_uid, syntax=JPEG)
    theirs, ours = side_by_side(peer_tool, configuration, options, [PLAIN, compressed], tmp_path)
    assert ours.contents() == theirs.contents()
    assert ours.contents()["CT.1.2.3.4.5.6"] == PLAIN.data


@pytest.mark.parametrize(
    "options", ["--ignore", "--ignore -B", "+B --ignore", "-uca", "-aet X -uca", "-pdu 4096", "-dhl"]
)
def test_other_options_do_the_same(peer_tool: PeerTool, configuration: Path, tmp_path: Path, options: str) -> None:
    side_by_side(peer_tool, configuration, options, [PLAIN], tmp_path)


@pytest.mark.parametrize("sent", [Sent(laid_out.data_set("1.2.3"), "1.2.4"), Sent(laid_out.data_set(), sop_class=SR)])
def test_only_ours_refuses_another_object_than_was_announced(
    peer_tool: PeerTool, configuration: Path, tmp_path: Path, sent: Sent
) -> None:
    words: list[str | Path] = ["-xf", configuration, "Wanted"]
    theirs, ours = both(peer_tool, "dcmrecv", words, sending((sent,)), tmp_path)
    assert (theirs.answers, ours.answers) == ([0], [0xA900])
    assert (len(theirs.paths), len(ours.paths)) == (1, 0)


PROPOSED = (
    (laid_out.CT, (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, JPEG)),
    (laid_out.CT, (EXPLICIT_VR_BIG_ENDIAN,)),
    (SR, LITTLE_FIRST),
    ("1.2.840.10008.5.1.4.1.1.4", LITTLE_FIRST),
    (VERIFICATION, LITTLE_FIRST[::-1]),
)


def test_proposals_are_answered_alike_by_a_profile(peer_tool: PeerTool, configuration: Path, tmp_path: Path) -> None:
    options: list[str | Path] = ["-xf", configuration, "Wanted"]
    theirs, ours = both(peer_tool, "dcmrecv", options, lambda port: results(port, *PROPOSED), tmp_path)
    assert ours.answers == theirs.answers


@pytest.mark.parametrize(
    "proposed",
    [
        PROPOSED,
        PROPOSED[:2],
        ((VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN,)),),
        ((VERIFICATION, (EXPLICIT_VR_LITTLE_ENDIAN,)),),
        ((VERIFICATION, (EXPLICIT_VR_BIG_ENDIAN,)),),
        ((VERIFICATION, LITTLE_FIRST),),
    ],
)
def test_without_a_profile_only_verification_is_accepted(
    peer_tool: PeerTool, tmp_path: Path, proposed: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    theirs, ours = both(peer_tool, "dcmrecv", [], lambda port: results(port, *proposed), tmp_path)
    assert ours.answers == theirs.answers
    for outcome in (theirs, ours):
        assert "W: no configuration file specified, SCP will only support the Verification SOP Class" in outcome.said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("PORT -od /nonexistent", 45),
        ("PORT -xf /nonexistent x", 66),
        ("PORT -xf CFG Missing", 66),
        ("PORT -xf CFG Twice", 66),
        ("PORT +B +ssd", 1),
        ("PORT --nonsense", 1),
        ("PORT -xf x", 1),
        ("PORT -pdu 100", 1),
        ("PORT -ta 0", 1),
        ("PORT +v", 1),
        ("70000", 1),
        ("--help", 0),
        ("--version", 0),
    ],
)
def test_exit_codes_are_the_same(peer_tool: PeerTool, configuration: Path, arguments: str, code: int) -> None:
    words = [str(configuration) if word == "CFG" else word for word in arguments.split()]
    assert exit_codes(peer_tool, "dcmrecv", words) == [code, code]


def test_a_port_in_use_has_the_same_exit_code(peer_tool: PeerTool, tmp_path: Path) -> None:
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert exit_codes(peer_tool, "dcmrecv", [port, "-od", str(tmp_path)]) == [64, 64]
