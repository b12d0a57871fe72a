"""Finding the files that a command line names."""

from pathlib import Path

import pytest

from tests.support.instances import make_instance
from workbench.cli.input_files import Inputs, add_input_options, find_inputs
from workbench.cli.output import Level, Output
from workbench.cli.parser import Parser
from workbench.storage.part10 import FileForm


def inputs_of(*words: str) -> Inputs:
    parser = Parser("tool", "Does nothing.")
    add_input_options(parser, form=FileForm.ANY, halts="a failure", title="others")
    return find_inputs(parser.parse(words))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Gives a folder with a file, a text, a broken file and a folder with another file."""
    (tmp_path / "more").mkdir()
    make_instance(tmp_path / "a.dcm")
    make_instance(tmp_path / "more" / "b.dcm")
    (tmp_path / "text").write_text("no DICOM")
    (tmp_path / "broken").write_bytes(bytes(128) + b"DICM")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "found", "bad"),
    [
        (["."], [], []),
        (["a.dcm", "."], ["a.dcm"], []),
        (["a.dcm", "text", "missing"], ["a.dcm"], ["text", "missing"]),
        (["+sd", "."], ["a.dcm"], ["broken"]),
        (["+sd", "+r", "."], ["a.dcm", "b.dcm"], ["broken"]),
        (["+sd", "+r", "-r", "."], ["a.dcm"], ["broken"]),
        (["+sd", "+r", "+sp", "b*", "."], ["b.dcm"], ["broken"]),
        (["+rd", "a.dcm"], [], ["a.dcm"]),
    ],
    ids=lambda value: " ".join(value) or "none",
)
def test_files_are_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], found: list[str], bad: list[str]
) -> None:
    monkeypatch.chdir(folder)
    inputs = inputs_of(*words)
    assert [each.name for each in inputs.instances] == found
    assert [Path(each.path).name for each in inputs.bad] == bad
    assert inputs.is_empty == (not found and not bad)


def test_what_is_passed_over_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs_of(str(folder), "+sd", str(folder), str(folder / "missing")).tell(Output(level=Level.WARNING, as_json=False))
    said = capsys.readouterr().err.splitlines()
    assert [line[:2] for line in said] == ["E:", "W:"] * 2 + ["E:"]
    assert said[-1] == f"E: {folder / 'missing'}: cannot be read: No such file or directory"
