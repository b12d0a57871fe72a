"""C-FIND with DCMTK and Orthanc as SCU and as SCP."""

from pathlib import Path

import pydicom
import pytest

from tests.interop.conftest import MANY, Proves
from tests.interop.dcmqrscp import dcmqrscp
from tests.interop.held_back import CANCEL, held_back
from tests.interop.peers import PeerTool, orthanc, run
from tests.interop.querying import ALL_IMAGES, archive, ask, service, serving
from tests.services.query.archives import ROOT, Scripted, made, make_object, until_cancelled
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.services.query.find import query_for
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import (
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    STUDY_ROOT,
    Model,
)

pytestmark = [pytest.mark.interop, pytest.mark.slow]

# DCMTK


@pytest.mark.parametrize(
    ("option", "model", "keys", "names"),
    [
        ("-S", STUDY_ROOT, ["QueryRetrieveLevel=STUDY"], ["Müller^Anna", "Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ("-S", STUDY_ROOT, ["QueryRetrieveLevel=STUDY", "PatientName=müller*"], ["Müller^Anna"]),
        (
            "-S",
            STUDY_ROOT,
            ["QueryRetrieveLevel=STUDY", "StudyDate=20230101-20231231"],
            ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
        ),
        (
            "-S",
            STUDY_ROOT,
            ["QueryRetrieveLevel=STUDY", "PatientName==山田*"],
            ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
        ),
        ("-S", STUDY_ROOT, [f"StudyInstanceUID={ROOT}.1.1\\1.2", "QueryRetrieveLevel=STUDY"], ["Müller^Anna"]),
        ("-S", STUDY_ROOT, ["(0008,1032)[0].CodeValue=121", "QueryRetrieveLevel=STUDY"], ["Müller^Anna"]),
        ("-P", PATIENT_ROOT, ["QueryRetrieveLevel=PATIENT", "PatientID=ID1"], ["Müller^Anna"]),
        ("-O", PATIENT_STUDY_ONLY, ["QueryRetrieveLevel=STUDY", "PatientID=ID1"], ["Müller^Anna"]),
    ],
)
def test_findscu_gets_our_matches(
    tmp_path: Path,
    filled: Path,
    peer_tool: PeerTool,
    proves: Proves,
    option: str,
    model: Model,
    keys: list[str],
    names: list[str],
) -> None:
    found = tmp_path / "found"
    found.mkdir()
    requested = [a for key in ["SpecificCharacterSet=ISO_IR 192", "PatientName", *keys] for a in ("-k", key)]
    with archive(filled) as (node, callers):
        run(peer_tool("findscu"), option, "-X", "-od", found, *requested, node.host, str(node.port))
    answers = [pydicom.dcmread(path, force=True) for path in sorted(found.glob("rsp*.dcm"))]
    assert sorted(str(answer.PatientName) for answer in answers) == names
    (implementation,) = callers
    proves(service(model), "SCP", "DCMTK", implementation)


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
        # Not ISO 2022 IR 58: pydicom 3.0 neither writes nor removes its escape sequence.
        (["ISO 2022 IR 100", "ISO 2022 IR 144"], "Müller^Люк"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("GBK", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 100", "Müller^Anna"),
        ("ISO_IR 101", "Wałęsa"),
        ("ISO_IR 126", "Διονυσιος"),
        ("ISO_IR 127", "قباني^لنزار"),
        ("ISO_IR 138", "שרון^דבורה"),
        ("ISO_IR 144", "Люксембург"),
        ("ISO_IR 148", "Çavuşoğlu"),
        ("ISO_IR 166", "นามสกุล"),
        ("ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    ],
)
def test_a_name_is_asked_for_and_told_in_any_character_set(
    tmp_path: Path, peer_tool: PeerTool, charset: str | list[str], name: str
) -> None:
    stored, found = tmp_path / "stored", tmp_path / "found"
    stored.mkdir()
    found.mkdir()
    make_object(stored, 1, SpecificCharacterSet="ISO_IR 192", PatientName=name)
    make_object(stored, 2, PatientName="Doe^Jane")
    asked = made(SpecificCharacterSet=charset, QueryRetrieveLevel="STUDY", PatientName=name)
    query = tmp_path / "query.dcm"
    asked.save_as(query, implicit_vr=False, little_endian=True)  # encoded by pydicom
    with archive(stored) as (node, _):
        run(peer_tool("findscu"), "-S", "-X", "-od", found, node.host, str(node.port), query)
    (path,) = found.iterdir()
    answer = pydicom.dcmread(path, force=True)
    assert str(answer.PatientName) == name
    assert answer.SpecificCharacterSet == charset


def test_findscu_cancels_our_search(peer_tool: PeerTool) -> None:
    key = "QueryRetrieveLevel=STUDY"
    with serving(FindScp([STUDY_ROOT], Scripted(until_cancelled))) as (node, _):
        said = run(peer_tool("findscu"), "-d", "-S", "--cancel", "3", "-k", key, node.host, str(node.port))
    assert said.count("0xff00") == 10
    assert said.count("0xfe00") == 1


def test_findscu_is_told_what_is_wrong(filled: Path, peer_tool: PeerTool) -> None:
    with archive(filled) as (node, _):
        said = run(peer_tool("findscu"), "-d", "-S", "-k", "QueryRetrieveLevel=SERIES", node.host, str(node.port))
    assert "0xa900" in said
    assert "(0020,000D) is missing or empty, at SERIES level" in said.replace("000d", "000D")


@pytest.mark.parametrize(
    ("model", "keys", "expected"),
    [
        (STUDY_ROOT, {}, ["ID1", "ID4"]),
        (STUDY_ROOT, {"PatientName": "Y*"}, ["ID4"]),
        (STUDY_ROOT, {"StudyDate": "20230101-20231231"}, ["ID4"]),
        (STUDY_ROOT, {"StudyInstanceUID": f"{ROOT}.1.1"}, ["ID1"]),
        (PATIENT_ROOT, {"PatientID": "ID4"}, ["ID4"]),
        (PATIENT_STUDY_ONLY, {"PatientID": "ID1"}, ["ID1"]),
    ],
)
def test_dcmqrscp_answers_us(
    tmp_path: Path,
    filled: Path,
    peer_tool: PeerTool,
    proves: Proves,
    model: Model,
    keys: dict[str, str],
    expected: list[str],
) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", filled.glob("*.dcm")) as node:
        matches, result, implementation = ask(node, model, query_for("STUDY", **keys))
    assert result.is_done
    assert sorted(match.data_set.PatientID for match in matches) == expected
    proves(service(model), "SCU", "DCMTK", implementation)


def test_dcmqrscp_refuses_and_our_sentence_tells_why(tmp_path: Path, filled: Path, peer_tool: PeerTool) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", filled.glob("*.dcm")) as node:
        _, result, _ = ask(node, STUDY_ROOT, made(QueryRetrieveLevel="SERIES", SeriesInstanceUID=""))
    assert not result.is_done
    assert result.reason == "C000H Error: unable to process; the log of the SCP may tell why"


def test_dcmqrscp_is_cancelled(tmp_path: Path, large: Path, peer_tool: PeerTool) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", large.glob("*.dcm"), buffer=4096) as node:
        asked = query_for("IMAGE", **ALL_IMAGES)
        with held_back(node, 4096, until=CANCEL) as gate:
            matches, result, _ = ask(gate, STUDY_ROOT, asked, cancel_after=2)
        assert (result.status, result.was_cancelled) == (0xFE00, True)
        assert len(matches) < MANY
        assert len(ask(node, STUDY_ROOT, asked)[0]) == MANY


# Orthanc


def test_orthanc_answers_us_and_is_cancelled(
    tmp_path: Path, filled: Path, large: Path, peer_tool: PeerTool, proves: Proves
) -> None:
    settings = {"DicomModalities": {"us": [LOCAL.ae_title, "127.0.0.1", 104]}}  # whom it lets ask
    with orthanc(peer_tool("Orthanc"), tmp_path, settings) as peer:
        for path in [*filled.glob("*.dcm"), *large.glob("*.dcm")]:
            peer.import_file(path)
        node = Node(name="Orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")
        matches, result, implementation = ask(node, STUDY_ROOT, query_for("STUDY", PatientName="MÜLLER*"))
        assert result.is_done
        assert [str(match.data_set.PatientName) for match in matches] == ["Müller^Anna"]
        patients, _, _ = ask(node, PATIENT_ROOT, query_for("PATIENT"))
        assert sorted(match.data_set.PatientID for match in patients) == ["ID", "ID1", "ID4"]
        _, result, _ = ask(node, STUDY_ROOT, query_for("IMAGE", **ALL_IMAGES), cancel_after=2)
        assert result.is_done
    proves(service(STUDY_ROOT), "SCU", "Orthanc", implementation)
    proves(service(PATIENT_ROOT), "SCU", "Orthanc", implementation)


def test_orthanc_asks_us(tmp_path: Path, filled: Path, peer_tool: PeerTool, proves: Proves) -> None:
    with archive(filled) as (node, callers):
        settings = {"DicomModalities": {"archive": [node.ae_title, node.host, node.port]}, "DefaultEncoding": "Utf8"}
        with orthanc(peer_tool("Orthanc"), tmp_path, settings) as peer:
            query = {"Level": "Study", "Query": {"PatientName": "Yamada*", "StudyInstanceUID": ""}}
            answered = peer.ask("/modalities/archive/query", query)
            answer = peer.ask(f"{answered['Path']}/answers/0/content?simplify", None, "GET")
    assert answer["StudyInstanceUID"] == f"{ROOT}.1.4"
    assert answer["PatientName"].startswith("Yamada^Tarou=山田^太郎")
    (implementation,) = callers
    proves(service(STUDY_ROOT), "SCP", "Orthanc", implementation)
