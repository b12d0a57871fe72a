"""DCMTK's storescp and ours, side by side: statuses, names of files, bytes of data sets, answers, exit codes."""

import socket
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.interop.peers import PeerTool
from tests.interop.receivers import Outcome, Sent, both, exit_codes, inherited, sending
from tests.services.storage import laid_out
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.contexts import number
from workbench.acse.negotiate import request_association
from workbench.acse.syntax_choices import COMPRESSIONS, LITTLE_FIRST
from workbench.dictionary import storage_sop_classes
from workbench.storage.naming import prefix
from workbench.storage.part10 import scan
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    VERIFICATION,
)
from workbench.upper_layer.items import ImplementationClassUid
from workbench.upper_layer.pdu import AssociateAc, AssociateRj, decode_pdu, encode_pdu

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SR = "1.2.840.10008.5.1.4.1.1.88.33"
PLAIN = Sent(laid_out.data_set())
OF_STUDIES = tuple(
    Sent(laid_out.of_study(f"1.2.{study}", f"1.2.3.{number}", name), uid=f"1.2.3.{number}")
    for number, (study, name) in enumerate(((1, "Müller^Jörg"), (1, "Müller^Jörg"), (2, "A B"), (1, "Müller^Jörg")), 1)
)


def side_by_side(peer_tool: PeerTool, options: str, objects: Iterable[Sent], folder: Path) -> tuple[Outcome, Outcome]:
    words = [word if word != "''" else "" for word in options.split()]
    theirs, ours = both(peer_tool, "storescp", words, sending(tuple(objects)), folder)
    assert ours.answers == theirs.answers, ours.said
    assert ours.names == theirs.names
    return theirs, ours


@pytest.mark.parametrize(
    "options",
    [
        "-B",
        "-e",
        "+e",
        "+g",
        "-g",
        "+g=",
        "+g -e",
        "+p 0 32",
        "-p",
        "-u",
        "+u",
        "+uc +e",
        "+te -B",
        "+ti",
        "+tb",
        "+ti -g",
        "+td",
        "+td +cl 9",
        "-F",
        "-F -B",
        "-F -e +ti",
    ],
)
@pytest.mark.parametrize("data", ["plain", "padded", "with UN"])
def test_what_is_written_anew_is_the_same_byte_for_byte(
    peer_tool: PeerTool, tmp_path: Path, options: str, data: str
) -> None:
    sent = {"plain": laid_out.data_set(), "padded": laid_out.padded(), "with UN": laid_out.with_un_items()}[data]
    theirs, ours = side_by_side(peer_tool, options, [Sent(sent)], tmp_path)
    if options == "-F":  # only ours leaves the data set as it is then
        assert ours.contents() == {"CT.1.2.3.4.5.6": sent}
    elif "+td" in options:
        assert inflated(ours) == inflated(theirs)
    else:
        assert ours.contents() == theirs.contents()


@pytest.mark.parametrize("options", ["-B", "+te", "+te -e", "+tb", "+ti", "+td", "+te +uc +g"])
@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN])
def test_what_comes_in_any_encoding_is_written_the_same(
    peer_tool: PeerTool, tmp_path: Path, options: str, syntax: str
) -> None:
    instances = [
        scan(make_instance(tmp_path / f"{modality}.dcm", modality, syntax, frames=3 if modality == "US" else 1))
        for modality in ("CT", "US", "SR", "PDF")
    ]
    objects = [
        Sent(data_set_bytes(each.path), each.sop_instance_uid, each.sop_class_uid, each.transfer_syntax_uid)
        for each in instances
    ]
    words = options if "-B" in options or "-e" in options or "+g" in options else f"{options} -B"
    theirs, ours = side_by_side(peer_tool, words, objects, tmp_path)
    if "+td" in options:  # only ours is padded to an even length then (PS3.5 A.5)
        assert inflated(ours) == inflated(theirs)
    else:
        assert ours.contents() == theirs.contents()


def inflated(outcome: Outcome) -> dict[str, bytes]:
    return {name: zlib.decompress(data, -zlib.MAX_WBITS) for name, data in outcome.contents().items()}


def test_only_ours_keeps_the_bytes_by_default(peer_tool: PeerTool, tmp_path: Path) -> None:
    theirs, ours = side_by_side(peer_tool, "", [PLAIN], tmp_path)
    assert ours.contents() == {"CT.1.2.3.4.5.6": PLAIN.data}
    assert theirs.contents() != ours.contents()


def test_both_keep_the_bytes_where_that_is_asked_for(peer_tool: PeerTool, tmp_path: Path) -> None:
    theirs, ours = side_by_side(peer_tool, "+B", [PLAIN], tmp_path)
    assert ours.contents() == theirs.contents() == {"CT.1.2.3.4.5.6": PLAIN.data}


def test_files_are_padded(peer_tool: PeerTool, tmp_path: Path) -> None:
    for outcome in side_by_side(peer_tool, "+p 256 0", [PLAIN], tmp_path):
        (path,) = outcome.paths
        assert path.stat().st_size % 256 == 0


@pytest.mark.parametrize("options", ["+xa -e", "+xa", "+xs +g", "+xa +B"])
def test_compressed_pixels_stay_what_they_are(peer_tool: PeerTool, tmp_path: Path, options: str) -> None:
    instance = scan(make_instance(tmp_path / "jpeg", "CT", "1.2.840.10008.1.2.4.70"))
    sent = Sent(data_set_bytes(instance.path), instance.sop_instance_uid, syntax=instance.transfer_syntax_uid)
    theirs, ours = side_by_side(peer_tool, options, [sent], tmp_path)
    assert ours.contents() == theirs.contents()


@pytest.mark.parametrize(
    "options",
    [
        *("", "-uf", "+uf", "-tn", "-fe .dcm", "+uf -fe .dcm", "-tn -fe .x", "-tn -uf"),
        *("-ss P", "-ss ''", "-su P", "-su ''", "-sp", "-sp -su P", "-ss P -tn", "-su Q +uf -fe .d", "--ignore"),
    ],
)
def test_files_and_folders_have_the_same_names(peer_tool: PeerTool, tmp_path: Path, options: str) -> None:
    report = Sent(laid_out.of_study("1.2.2", "1.2.3.9", "A B", SR), "1.2.3.9", SR)
    side_by_side(peer_tool, options, [*OF_STUDIES, report], tmp_path)


def test_what_is_replaced_is_told_and_only_ours_keeps_it(peer_tool: PeerTool, tmp_path: Path) -> None:
    other = Sent(laid_out.of_study("1.2.9", laid_out.UID, "Other"))
    theirs, ours = side_by_side(peer_tool, "", [PLAIN, other], tmp_path)
    for outcome in (theirs, ours):
        assert "DICOM file already exists, overwriting: " in outcome.said
    assert not (theirs.folder / ".replaced").exists()
    assert [path.name for path in (ours.folder / ".replaced").iterdir()] == ["CT.1.2.3.4.5.6.1"]


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ("-su P", Sent(laid_out.of_study("", "1.2.3", "A"), "1.2.3")),
        ("-ss P", Sent(laid_out.of_study("", "1.2.3", "A"), "1.2.3")),
        ("-sp", Sent(laid_out.of_study("", "1.2.3", "A"), "1.2.3")),
        ("--abort-after", PLAIN),
        ("--abort-during", PLAIN),
        ("--refuse", PLAIN),
        ("--sleep-during 1 --sleep-after 1", PLAIN),
    ],
)
def test_what_is_wrong_is_answered_alike(peer_tool: PeerTool, tmp_path: Path, options: str, sent: Sent) -> None:
    side_by_side(peer_tool, options, [sent], tmp_path)


@pytest.mark.parametrize("sent", [Sent(laid_out.data_set("1.2.3"), "1.2.4"), Sent(laid_out.data_set(), sop_class=SR)])
def test_another_object_than_was_announced_is_refused_and_only_theirs_leaves_it(
    peer_tool: PeerTool, tmp_path: Path, sent: Sent
) -> None:
    theirs, ours = both(peer_tool, "storescp", [], sending((sent,)), tmp_path)
    assert ours.answers == theirs.answers == [0xA900]
    assert (len(theirs.paths), len(ours.paths)) == (1, 0)


def test_every_storage_class_has_the_same_prefix(peer_tool: PeerTool, tmp_path: Path) -> None:
    classes = storage_sop_classes()
    parts = [
        [Sent(laid_out.of_study("1.2", f"1.2.3.{number}", "A", uid), f"1.2.3.{number}", uid) for number, uid in part]
        for part in (list(enumerate(classes))[:100], list(enumerate(classes))[100:])
    ]
    theirs, ours = both(peer_tool, "storescp", ["-pm"], sending(*parts), tmp_path)
    assert set(ours.answers) == {0}
    names = {path.name.split(".", 1)[1]: path.name.split(".", 1)[0] for path in theirs.paths}
    differing = {
        uid: (names[f"1.2.3.{number}"], prefix(uid))
        for number, uid in enumerate(classes)
        if names.get(f"1.2.3.{number}", "UNKNOWN") not in ("UNKNOWN", prefix(uid))
    }
    assert differing == {}


# Answers to proposals


def answer_of(
    port: int, *proposed: tuple[str, tuple[str, ...]], implementation: bool = True
) -> AssociateAc | AssociateRj:
    """Asks for an association and gives the answer."""
    (contexts,) = number(proposed)
    request = request_association(called_ae_title="ANY-SCP", calling_ae_title="SENDER", contexts=contexts)
    if not implementation:
        items = [each for each in request.user_information if not isinstance(each, ImplementationClassUid)]
        request = type(request)(
            called_ae_title="ANY-SCP",
            calling_ae_title="SENDER",
            presentation_contexts=contexts,
            user_information=tuple(items),
        )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(encode_pdu(request))
        received = b""
        while len(received) < 6 or len(received) < 6 + int.from_bytes(received[2:6], "big"):
            received += sock.recv(65536)
    reply = decode_pdu(received)
    assert isinstance(reply, AssociateAc | AssociateRj)
    return reply


def results(port: int, *proposed: tuple[str, tuple[str, ...]], implementation: bool = True) -> list[int | str]:
    """Gives the transfer syntax of each context, or why it is refused."""
    reply = answer_of(port, *proposed, implementation=implementation)
    if isinstance(reply, AssociateRj):
        return [reply.result, reply.source, reply.reason]
    return [each.result or each.transfer_syntax for each in reply.presentation_contexts]


EVERY = (*(each.uid for each in COMPRESSIONS), DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, *LITTLE_FIRST)
PROPOSED = (
    (laid_out.CT, EVERY),
    (laid_out.CT, EVERY[::-1]),
    *((laid_out.CT, (uid,)) for uid in EVERY),
    (laid_out.CT, (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)),
    (laid_out.CT, ("1.2.3.4",)),
    (VERIFICATION, LITTLE_FIRST),
    ("1.2.840.10008.5.1.4.1.2.1.1", LITTLE_FIRST),
    ("1.2.3.4.5", LITTLE_FIRST),
    (SR, LITTLE_FIRST[::-1]),
)


@pytest.mark.parametrize(
    "options",
    ["", "+x=", "+xe", "+xb", "+xd", "+xi", "+xa", "-pm", "-pm +xi", *(f"+x{each.letter}" for each in COMPRESSIONS)],
)
def test_proposals_are_answered_alike(peer_tool: PeerTool, tmp_path: Path, options: str) -> None:
    theirs, ours = both(peer_tool, "storescp", options.split(), lambda port: results(port, *PROPOSED), tmp_path)
    assert ours.answers == theirs.answers


@pytest.mark.parametrize(("options", "implementation"), [("--reject", True), ("--reject", False), ("--refuse", True)])
def test_requestors_are_rejected_alike(peer_tool: PeerTool, tmp_path: Path, options: str, implementation: bool) -> None:
    proposed = (VERIFICATION, LITTLE_FIRST)
    theirs, ours = both(
        peer_tool,
        "storescp",
        options.split(),
        lambda port: results(port, proposed, implementation=implementation),
        tmp_path,
    )
    assert ours.answers == theirs.answers


# Commands


def hook(folder: Path) -> str:
    """Gives a command that writes its words down, with what differs left out."""
    script = folder / "hook.py"
    script.write_text(
        "import pathlib, sys\n"
        "words = [word.replace(str(pathlib.Path(word)), word) for word in sys.argv[1:]]\n"
        f"with open({str(folder / 'log')!r}, 'a') as log: log.write(repr(words) + chr(10))\n"
    )
    return f"{sys.executable} {script}"


def test_commands_are_told_the_same(peer_tool: PeerTool, tmp_path: Path) -> None:
    told = []
    command = hook(tmp_path)
    options = ["-xcr", f"{command} r #f #a x#c #r y#fz", "-dhl", "-xs", "-su", "P"]
    options += ["-xcs", f"{command} s #a #c '#f' #r", "-rns"]
    log = tmp_path / "log"
    for outcome in both(peer_tool, "storescp", options, sending(OF_STUDIES, calling="A-1"), tmp_path):
        assert outcome.answers == [0] * 4, outcome.said
        told.append(log.read_text().splitlines())
        log.unlink()
        assert outcome.names == ["P_1.2.1/CT.1.2.3.4", "P_1.2.1/CT000001", "P_1.2.1/CT000002", "P_1.2.2/CT000001"]
    theirs, ours = told
    assert len(ours) == 6
    assert ours == theirs


# Processes and exit codes


def test_an_inherited_connection_is_served_once(peer_tool: PeerTool, tmp_path: Path) -> None:
    theirs, ours = inherited(peer_tool, "storescp", sending((PLAIN,)), tmp_path)
    assert ours.answers == theirs.answers == [0]
    assert ours.names == theirs.names == ["CT.1.2.3.4.5.6"]
    assert ours.said == theirs.said == "[0]"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("PORT -od /nonexistent", 1),
        ("PORT --nonsense", 1),
        ("70000", 1),
        ("PORT -fe", 1),
        ("PORT -pdu 1", 1),
        ("PORT +cl 10 +td", 1),
        ("PORT +cl 5 +te", 1),
        ("PORT +p 10", 1),
        ("PORT +p 10 10 -F", 1),
        ("PORT +te +B", 1),
        ("PORT +te +xa", 1),
        ("PORT +te +xs", 1),
        ("PORT +g +B", 1),
        ("PORT -ss P +B", 1),
        ("PORT -su P +B", 1),
        ("PORT -sp +B", 1),
        ("PORT -tn +uf", 1),
        ("PORT -xcs true", 1),
        ("PORT -rns", 1),
        ("PORT -tos 5", 1),
        ("PORT -tos -1 -ss P", 1),
        ("PORT -xcs true -ss P --fork", 1),
        ("PORT -rns -ss P --fork", 1),
        ("--inetd --fork", 1),
        ("PORT -xf /nonexistent x", 1),
        ("PORT -xf x y +xs", 1),
        ("PORT -xf x y +xi", 1),
        ("PORT -xf x y +xa", 1),
        ("PORT -xf x y -pm", 1),
        ("PORT +v", 1),
        ("PORT -ta 0", 1),
        ("--help", 0),
        ("--version", 0),
    ],
)
def test_exit_codes_are_the_same(peer_tool: PeerTool, arguments: str, code: int) -> None:
    assert exit_codes(peer_tool, "storescp", arguments.split()) == [code, code]


def test_a_port_in_use_has_the_same_exit_code(peer_tool: PeerTool, tmp_path: Path) -> None:
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert exit_codes(peer_tool, "storescp", [port, "-od", str(tmp_path)]) == [1, 1]
