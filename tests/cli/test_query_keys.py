"""What findscu, getscu and movescu share: keys, query files, models, dictionaries."""

import os
from pathlib import Path

import pytest

from tests.cli.events import failed_start
from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.query_keys import add_query_options, attribute_names, queries, show_identifier, tell_problems
from workbench.errors import ConfigError, StorageError
from workbench.services.query.identifiers import Element, encode_as_given
from workbench.services.query.models import MODALITY_WORKLIST, PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, Model
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

Capture = pytest.CaptureFixture[str]


def parsed(*words: str, worklist: bool = False) -> Options:
    parser = Parser("testscu", "Tests.")
    add_query_options(parser, worklist=worklist)
    return parser.parse(words)


def output(level: Level = Level.WARNING) -> Output:
    return Output(level=level, as_json=False)


@pytest.fixture
def query(tmp_path: Path) -> Path:
    path = tmp_path / "query"
    elements = (Element(0x00080052, "CS", b"STUDY "), Element(0x00100010, "PN", b"DOE "))
    path.write_bytes(encode_as_given(elements, EXPLICIT_VR_LITTLE_ENDIAN))
    return path


@pytest.mark.parametrize(
    ("words", "worklist", "model"),
    [
        ([], False, PATIENT_ROOT),
        ([], True, MODALITY_WORKLIST),
        (["-W"], True, MODALITY_WORKLIST),
        (["-P"], True, PATIENT_ROOT),
        (["-P", "-S"], False, STUDY_ROOT),
        (["--psonly"], False, PATIENT_STUDY_ONLY),
    ],
)
def test_models(words: list[str], worklist: bool, model: Model) -> None:
    assert parsed("-k", "PatientID", *words, worklist=worklist).model is model


def test_something_must_be_asked(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed()
    assert "a query file or -k/--key is needed" in failed_start(capsys, caught)


def test_a_missing_file_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("missing.dcm")
    assert "there is no file 'missing.dcm'" in failed_start(capsys, caught)


def test_keys_override_every_file(query: Path) -> None:
    options = parsed("-k", "PatientName", "-k", "PatientID=7", str(query), str(query))
    found = queries(options, output(), attribute_names())
    assert [each.source for each in found] == [str(query)] * 2
    assert [each.data_set.PatientID for each in found] == ["7", "7"]
    assert [each.data_set.PatientName for each in found] == ["", ""]


def test_keys_alone_are_a_query() -> None:
    (found,) = queries(parsed("-k", "PatientID=7"), output(), attribute_names(), deflate_level=3, old_vrs=True)
    assert (found.source, found.deflate_level, found.data_set.PatientID) == ("", 3, "7")


def test_what_is_wrong_is_raised(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("no query")
    with pytest.raises(ConfigError, match="there is no attribute 'Foo'"):
        queries(parsed("-k", "Foo=1"), output(), attribute_names())
    with pytest.raises(StorageError, match="this is no query"):
        queries(parsed(str(bad)), output(), attribute_names())


def test_what_was_added_is_told(capsys: Capture) -> None:
    queries(parsed("-k", "PatientName=Müller"), output(), attribute_names())
    assert "W: keys have characters beyond ASCII" in capsys.readouterr().err


def test_dictionary_files_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    path = tmp_path / "own.dic"
    path.write_text('(0011,"ACME",01)\tLO\tAcmeName\t1\tPrivateTag\n')
    monkeypatch.setenv("DCMDICTPATH", os.pathsep.join([str(tmp_path / "missing.dic"), str(path)]))
    names = attribute_names()
    (found,) = queries(parsed("-k", "AcmeName=x"), output(), names)
    assert [(each.tag, each.value) for each in found.elements] == [(0x00110010, "ACME"), (0x00111001, "x")]
    warning = f"W: DCMDICTPATH: {tmp_path / 'missing.dic'}: No such file or directory\n"
    assert capsys.readouterr().err == warning
    tell_problems(names, output())
    assert capsys.readouterr().err == ""  # once is enough


def test_what_is_asked_is_shown_at_v_only(capsys: Capture) -> None:
    (found,) = queries(parsed("-k", "PatientID=7"), output(), attribute_names())
    show_identifier(found, output(), attribute_names())
    assert capsys.readouterr().err == ""
    show_identifier(found, output(Level.INFO), attribute_names())
    assert capsys.readouterr().err.splitlines() == [
        "I: Request Identifiers:",
        "I: ",
        "I: # Dicom-Data-Set",
        "I: # Used TransferSyntax: Little Endian Explicit",
        "I: (0010,0020) LO [7]                                      #   2, 1 PatientID",
        "I: ",
    ]
