"""The option -xf: profiles of a file, its warnings, and what does not fit."""

from pathlib import Path

import pytest

from tests.acse.asconfig_texts import BASE
from workbench.cli.output import Level, Output
from workbench.cli.parser import Parser
from workbench.cli.profiles import add_profile_option, load_profile
from workbench.errors import ConfigError


@pytest.fixture
def output() -> Output:
    return Output(level=Level.WARNING, as_json=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.cfg"
    path.write_text(BASE)
    return path


def test_the_option_takes_a_file_and_a_profile() -> None:
    parser = Parser("storescu", "sends")
    add_profile_option(parser.group("profile"))
    assert parser.parse([]).config is None
    assert parser.parse(["-xf", "a.cfg", "B"]).config == ("a.cfg", "B")


def test_a_profile_is_loaded_and_warnings_are_printed(
    file: Path, output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(BASE.replace("[U]", "[U]\nfoo = \u00fc").encode("latin-1"))
    assert load_profile(str(file), "p ", side="SCU", output=output).name == "P"
    assert f"{file}:3: 'foo' is not TransferSyntax with a number" in capsys.readouterr().err


def test_a_profile_that_is_not_there_is_named_with_those_that_are(file: Path, output: Output) -> None:
    with pytest.raises(ConfigError) as caught:
        load_profile(str(file), "Q", side="SCU", output=output)
    assert str(caught.value) == f"0006:0426 {file}: there is no profile 'Q'; there are: P"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, output: Output) -> None:
    with pytest.raises(ConfigError) as caught:
        load_profile(str(tmp_path / "none.cfg"), "P", side="SCU", output=output)
    assert str(caught.value).startswith(f"{tmp_path / 'none.cfg'}: ")


def test_warnings_are_printed_before_what_is_wrong(
    file: Path, output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(BASE.replace("[U]", "[U]\nhello = world").replace("Contexts = C", "Contexts = X"))
    with pytest.raises(ConfigError, match="19: there is no list of presentation contexts 'X'; there are: C"):
        load_profile(str(file), "P", side="SCU", output=output)
    assert f"W: {file}:3: 'hello' is not TransferSyntax with a number" in capsys.readouterr().err


def test_an_scp_takes_no_class_twice(file: Path, output: Output) -> None:
    file.write_text(BASE.replace("[[SCPSCU", "PresentationContext3 = CTImageStorage\\U\n[[SCPSCU"))
    assert len(load_profile(str(file), "P", side="SCU", output=output).contexts) == 3
    with pytest.raises(ConfigError) as caught:
        load_profile(str(file), "P", side="SCP", output=output)
    assert str(caught.value) == (
        f"0006:0436 {file}: the profile 'P' fits no SCP:"
        " 1.2.840.10008.5.1.4.1.1.2 is there 2 times, and an SCP takes one context of a class"
    )
