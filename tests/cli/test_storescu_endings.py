"""dwb storescu: what becomes of the files, how it ends, and what it ends with."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.background import address, background
from tests.cli.noting_peer import peer
from tests.services.servers import ScriptedStore
from tests.support import certificates
from tests.support.instances import data_set_bytes, make_instance
from workbench.acse.policy import storage_policy
from workbench.cli import dcmsend
from workbench.cli.storescu import main

Capture = pytest.CaptureFixture[str]
MR = "1.2.840.10008.5.1.4.1.1.4"


@pytest.fixture
def ct(tmp_path: Path) -> str:
    return str(make_instance(tmp_path / "ct.dcm", "CT"))


def test_files_are_renamed_by_what_became_of_them(tmp_path: Path, ct: str) -> None:
    files = [str(make_instance(tmp_path / f"{number}.dcm")) for number in range(3)]
    text = tmp_path / "text"
    text.write_text("no DICOM")
    with peer(ScriptedStore([0, 0xA700, 0x0107])) as node:
        assert main([*node.address, "+rn", "-nh", *files, str(text)]) == 0xA7
        assert main([*node.address, "+rn", "-rn", ct]) == 0
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["0.dcm.done", "1.dcm.bad", "2.dcm.done", "ct.dcm", "text.bad"]


def test_association_can_be_aborted_in_the_end(ct: str, capsys: Capture) -> None:
    with peer() as node:
        assert main([*node.address, "--abort", "-v", ct]) == 0
    assert "I: Aborting Association" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "flags", "truth", "compatible"),
    [
        ([0xA700], [], 0xA7, 0xA7),
        ([0xA700], ["-nh"], 0xA7, 0),
        ([0x0001], [], 0, 0),
        ([0x0107], [], 0, 0),
        ([0x0116], [], 0, 0),
        ([0xB001], [], 0xB0, 0),
        ([0xB000], [], 0, 0),
        (["abort"], [], 10, 10),
        (["abort"], ["-nh"], 10, 1),
    ],
)
def test_exit_codes(script: list[int | str], flags: list[str], truth: int, compatible: int, ct: str) -> None:
    with peer(ScriptedStore([*script])) as node:
        assert main([*node.address, *flags, ct]) == truth
    with peer(ScriptedStore([*script])) as node:
        assert main([*node.address, *flags, "--compat-exit-codes", ct]) == compatible


def test_bad_file_that_is_passed_over_is_told_by_the_exit_code(tmp_path: Path, ct: str) -> None:
    with peer() as node:
        assert main([*node.address, "-nh", str(tmp_path / "missing"), ct]) == 1
        assert main([*node.address, "-nh", "--compat-exit-codes", str(tmp_path / "missing"), ct]) == 0


def test_nothing_but_bad_files_is_passed_over_when_dcmtk_does(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no DICOM")
    words = ["127.0.0.1", "104", "-nh", str(text)]
    assert (main(words), main([*words, "--compat-exit-codes"])) == (1, 0)
    assert main([*words, "--compat-exit-codes", "-R"]) == 1
    assert main(["127.0.0.1", "104", "-nh", "--compat-exit-codes", str(tmp_path / "missing")]) == 1


def test_abort_after_another_failure_is_not_the_exit_code(tmp_path: Path, ct: str) -> None:
    changed = str(make_instance(tmp_path / "changed.dcm", "MR"))
    with peer(ScriptedStore(["abort"])) as node:
        assert main([*node.address, "-nh", "--convert", "never", ct]) == 10
    policy = storage_policy(["1.2.840.10008.5.1.4.1.1.2"])
    with background(ScriptedStore(["abort"]).handlers(), policy=policy) as other:
        assert main([*address(other), "-nh", changed, ct]) == 1  # for its class was not accepted


def test_node_without_contexts_is_told(ct: str, capsys: Capture) -> None:
    with peer(policy=storage_policy([MR])) as node:
        for flags in ([], ["--compat-exit-codes"]):
            assert main([*node.address, *flags, ct]) == 1
            assert "E: No Acceptable Presentation Contexts" in capsys.readouterr().err


def test_failures_stand_with_their_conditions(ct: str, capsys: Capture) -> None:
    with peer(ScriptedStore(["abort"])) as node:
        main([*node.address, ct])
    said = capsys.readouterr().err
    assert f"E: Store Failed, file: {ct}: 0006:0317" in said
    assert "E: Store SCU Failed: 0006:0317" in said


def test_several_associations_draw_whole_lines(tmp_path: Path, capsys: Capture) -> None:
    files = [str(make_instance(tmp_path / f"{number}.dcm")) for number in range(6)]
    with peer() as node:
        assert main([*node.address, "-v", "--jobs", "2", *files]) == 0
    assert capsys.readouterr().out == "XMIT: .\n" * 6
    assert len(node.script.associations) == 2


@pytest.mark.parametrize("tool", [main, dcmsend.main], ids=["storescu", "dcmsend"])
def test_connection_can_be_secured(tool: Callable[[list[str]], int], tmp_path: Path, ct: str) -> None:
    key, certificate, trusted = map(str, certificates.files(tmp_path))
    script = ScriptedStore()
    with background(script.handlers(), tls=certificates.server_context(asks_client=True)) as node:
        assert tool([*address(node), "+tls", key, certificate, "+cf", trusted, ct]) == 0
        assert tool([*address(node), ct]) != 0
    assert len(script.received) == 1


def test_file_that_is_cut_short_is_not_sent_unless_told(tmp_path: Path, ct: str, capsys: Capture) -> None:
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(Path(ct).read_bytes()[:-100])
    words = [str(cut), ct]
    with peer() as node:
        assert main([*node.address, *words]) == 1
        said = capsys.readouterr().err
        assert f"E: Bad DICOM file: {cut}: the data set ends at byte " in said
        assert ", within (7FE0,0010)" in said
        assert f"E: {ct}: not sent: stopped after the failure of cut.dcm" in said
        assert dcmsend.main([*node.address, *words]) == 62
        assert node.script.received == []
        assert main([*node.address, "-nh", *words]) == 1
        assert main([*node.address, "-nh", "--compat-exit-codes", *words]) == 0
        assert dcmsend.main([*node.address, "-nh", *words]) == 62
        assert len(node.script.received) == 3
        for tool in (main, dcmsend.main):
            assert tool([*node.address, "--no-structure-check", *words]) == 0
    assert node.script.received[-2] == data_set_bytes(cut)


def run_program(*words: str, **environment: str) -> tuple[int, list[str]]:
    """Gives the exit code of the tool as a program of its own, and its two streams as one, by the line."""
    command = [sys.executable, "-m", "workbench", *words]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environment}, check=False
    )
    return done.returncode, done.stdout.decode().splitlines()


@pytest.mark.slow
def test_dots_begin_their_line_in_a_merged_log(tmp_path: Path, ct: str) -> None:
    large = str(make_instance(tmp_path / "large.dcm", "MR", size_bytes=3 << 20))
    with peer() as node:
        code, lines = run_program("storescu", *node.address, "-v", ct, large)
    assert code == 0
    requests = [place for place, line in enumerate(lines) if line.startswith("I: Sending Store Request")]
    assert len(requests) == 2
    for place in requests:
        assert re.fullmatch(r"XMIT: \.+", lines[place + 1])
        assert lines[place + 2].startswith("I: Received Store Response")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are always Unicode there")
@pytest.mark.parametrize("tool", ["storescu", "dcmsend"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_report_names_files_by_their_bytes(locale: str, tool: str, tmp_path: Path, ct: str) -> None:
    name = os.path.join(os.fsencode(tmp_path), b"caf\xe9.dcm")
    os.rename(ct, name)
    with peer() as node:
        words = [tool, *node.address, "-v", "+crf", str(tmp_path / "report"), os.fsdecode(name)]
        code, lines = run_program(*words, LC_ALL=locale)
    assert (code, any("caf\\udce9.dcm" in line for line in lines)) == (0, True)
    assert name in (tmp_path / "report").read_bytes()
