"""What follows when an object has come or a study has ended, with storescp as the process that it is."""

import ast
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.listening import Tool, on_loopback
from tests.interop.receivers import Sent, sending
from tests.services.storage import laid_out
from workbench.cli.storescp import main

pytestmark = pytest.mark.slow


def of_study(study: str, number: int) -> Sent:
    uid = f"1.2.3.{number}"
    return Sent(laid_out.of_study(study, uid, "A"), uid)


def store(tool: Tool, *objects: Sent, calling: str = "SENDER") -> list[int | str]:
    return sending(objects, calling=calling)(int(tool.port))


@pytest.fixture
def command(tmp_path: Path) -> str:
    """Gives a command that writes its words into the file `told`."""
    script = tmp_path / "hook.py"
    script.write_text(
        f"import sys\nwith open({str(tmp_path / 'told')!r}, 'a') as told: told.write(repr(sys.argv[1:]) + '\\n')\n"
    )
    return f"{sys.executable} {script}"


def told(tmp_path: Path) -> list[list[str]]:
    return [ast.literal_eval(line) for line in (tmp_path / "told").read_text().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    return tmp_path / "archive"


def test_a_hostile_title_adds_no_words_and_means_nothing_to_a_shell(tmp_path: Path, folder: Path, command: str) -> None:
    with on_loopback("-od", str(folder), "-dhl", "-xs", "-xcr", f"{command} #a 'x #a y' #f #r") as tool:
        for title in ("$(touch x);a b", "-rf", "`id`|'\"<>&"):
            assert store(tool, of_study("1.2", 1), calling=title) == [0]
        _, said = tool.stop()
    names = ["__touch x__a b", "_rf", "_id_______"]
    assert told(tmp_path) == [[name, f"x {name} y", "CT.1.2.3.1", "127.0.0.1"] for name in names]
    assert said.count("which could mean more to a shell") == 3


def test_a_study_that_ends_is_renamed_and_told(tmp_path: Path, folder: Path, command: str) -> None:
    options = ("-od", str(folder), "-ss", "P", "-rns", "-xcs", f"{command} #p #f", "-xs", "-v")
    with on_loopback(*options) as tool:
        assert store(tool, *(of_study("1.1", number) for number in (1, 2)), of_study("1.2", 3)) == [0, 0, 0]
        found, said = tool.stop()
    ((path, kept_as_it_is),) = told(tmp_path)
    assert (kept_as_it_is, Path(path).parent) == ("#f", folder)
    assert sorted(each.name for each in Path(path).iterdir()) == ["CT000001", "CT000002"]
    assert [(each["study"], each["folder"]) for each in found if each["event"] == "study_ended"] == [("1.1", path)]
    assert [Path(each["to"]).name for each in found if each["event"] == "renamed"] == ["CT000001", "CT000002"]
    assert f"I: study 1.1 has ended: {path}" in said
    assert "W: the end of 1 studies was not seen: nothing follows on them" in said


def test_a_study_ends_when_nothing_more_comes(folder: Path) -> None:
    with on_loopback("-od", str(folder), "-su", "", "-tos", "0") as tool:
        assert store(tool, of_study("1.1", 1)) == [0]
        assert tool.wait_for("study_ended")["study"] == "1.1"
        tool.stop()


def test_a_command_that_fails_is_told(folder: Path) -> None:
    failing = f"{sys.executable} -c 'raise SystemExit(5)'"
    with on_loopback("-od", str(folder), "-xcr", failing) as tool:
        assert store(tool, of_study("1.1", 1)) == [0]
        assert tool.wait_for("command_failed")["reason"] == "ended with 5"
        _, said = tool.stop()
    assert "E: the command " in said


def test_what_commands_print_is_not_among_the_events(folder: Path) -> None:
    printing = f"{sys.executable} -c 'print(\"#f\")'"
    with on_loopback("-od", str(folder), "-xcr", printing, "-xs") as tool:
        assert store(tool, of_study("1.1", 1)) == [0]
        _, said = tool.stop()  # which reads each line of standard output as an event
    assert "CT.1.2.3.1\n" in said


def test_an_object_without_a_study_is_refused_where_studies_are_sorted(folder: Path) -> None:
    with on_loopback("-od", str(folder), "-sp") as tool:
        assert store(tool, of_study("", 1)) == [0xC000]
        _, said = tool.stop()
    assert "there is no Study Instance UID to sort by" in said
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("options", [("-su", "P"), ("-su", ""), ("-sp",), ("-ss", "")])
def test_nothing_that_comes_leads_out_of_the_folder(tmp_path: Path, folder: Path, options: tuple[str, ...]) -> None:
    hostile = ("..", "../x", "/x", "1.2/../..", ".hidden", "1..2", "CON")
    objects = [
        Sent(laid_out.of_study(study, f"1.2.3.{number}", study), f"1.2.3.{number}")
        for number, study in enumerate(hostile)
    ]
    before = set(tmp_path.iterdir())
    with on_loopback("-od", str(folder), *options) as tool:
        answers = store(tool, *objects)
        tool.stop()
    assert answers == [0xC000 if options[0] == "-su" else 0] * len(objects)
    assert set(tmp_path.iterdir()) == before
    assert all(path.is_dir() and not path.name.startswith(".") for path in folder.iterdir())
    assert len(list(folder.rglob("CT.*"))) == answers.count(0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups are POSIX")
@pytest.mark.parametrize("options", [("-xs",), ()])
def test_a_command_that_hangs_does_not_keep_the_tool_alive(folder: Path, options: tuple[str, ...]) -> None:
    hanging = f"{sys.executable} -c 'import os, signal, sys; os.fork(); print(\"<#a>\", flush=True); signal.pause()'"
    with on_loopback("-od", str(folder), "-v", "-xcr", hanging, *options) as tool, ThreadPoolExecutor() as pool:
        assert tool.process.stderr is not None
        sender = pool.submit(store, tool, of_study("1.1", 1), calling="MY SCU")
        said = ""
        while said.count("<MY SCU>") < 2:  # of both processes, perhaps in the middle of a line of the tool
            said += tool.process.stderr.readline()
        tool.process.send_signal(signal.SIGTERM)
        while "stopping; once more to abort" not in said:
            said += tool.process.stderr.readline()
        found, rest = tool.stop()  # which reads until nobody is left who could print
        assert sender.result() == [0]
    killed = [each for each in found if each["event"] == "command_failed"]
    assert [each["reason"] for each in killed] == ["for object 1.2.3.1 was killed, because everything stops"]
    assert "W: the command " in rest


@pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups are POSIX")
def test_after_one_signal_a_command_is_not_waited_for_long(folder: Path) -> None:
    hanging = f"{sys.executable} -c 'import signal; signal.pause()'"
    with on_loopback("-od", str(folder), "-xcr", hanging) as tool:
        assert store(tool, of_study("1.1", 1)) == [0]
        _, said = tool.stop()
    assert "for object 1.2.3.1 was killed" in said


def test_what_is_not_kept_has_no_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--ignore", "-xcr", "true", "104"])
    assert "--exec-on-reception and --ignore exclude each other: there is no file" in capsys.readouterr().err
