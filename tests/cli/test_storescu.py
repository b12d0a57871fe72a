"""dwb storescu."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.background import address, background
from tests.cli.events import events, failed_start, names
from tests.services.servers import ScriptedStore
from tests.services.storage.test_dicomdir import make_dicomdir
from tests.support.instances import data_set_bytes, make_instance, make_set
from workbench.acse.policy import Policy, storage_policy
from workbench.cli.storescu import main
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Four CT files in a folder of their own."""
    folder = tmp_path / "files"
    folder.mkdir()
    return [str(make_instance(folder / f"{number}.dcm", "CT")) for number in range(1, 5)]


def test_success_is_silent_and_bytes_arrive_as_they_are(files: list[str], capsys: Capture) -> None:
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), *files]) == 0
    assert script.received == [data_set_bytes(path) for path in files]
    assert capsys.readouterr() == ("", "")


def test_events_tell_each_file(files: list[str], capsys: Capture) -> None:
    with background(ScriptedStore([0, 0xB007]).handlers()) as node:
        assert main([*address(node), *files[:2], "--json"]) == 0
    out, err = capsys.readouterr()
    found = events(out)
    assert names(found) == ["associated", "sent", "response", "sent", "response", "released", "summary"]
    assert [event["file"] for event in found if event["event"] == "response"] == files[:2]
    assert [event["status"] for event in found if event["event"] == "response"] == [0, 0xB007]
    assert found[1]["sop_class"] == "1.2.840.10008.5.1.4.1.1.2"
    assert found[1]["sop_instance"].startswith("1.2.826.")
    assert {event["association"] for event in found[:-1]} == {1}
    assert (found[-1]["stored"], found[-1]["warnings"], found[-1]["failed"]) == (1, 1, 0)
    assert err == f"W: {files[1]}: B007H Warning: data set does not match SOP class\n"


def test_verbose_tells_the_steps(files: list[str], capsys: Capture) -> None:
    with background(ScriptedStore().handlers()) as node:
        assert main([*address(node), files[0], "-v"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert f"I: Sending file: {files[0]}" in said
    assert f"I: {files[0]}: 0000H Success" in said
    assert said[-1].startswith("I: 1 of 1 acknowledged (0 with a warning), 0 failed, 0 not sent;")


@pytest.mark.parametrize(
    ("status", "code"), [(0xA700, 0xA7), (0xA900, 0xA9), (0xC123, 0xC1), (0x0110, 1), (0x0001, 0), (0xB001, 0xB0)]
)
def test_status_is_the_exit_code_as_with_dcmtk(files: list[str], status: int, code: int) -> None:
    with background(ScriptedStore([status]).handlers()) as node:
        assert main([*address(node), *files]) == code


def test_first_failure_stops_and_what_was_not_sent_is_named(files: list[str], capsys: Capture) -> None:
    script = ScriptedStore([0, 0xA700])
    with background(script.handlers()) as node:
        assert main([*address(node), *files, "--json"]) == 0xA7
    out, err = capsys.readouterr()
    assert len(script.received) == 2
    assert f"E: {files[1]}: failed: A700H Refused: out of resources" in err
    for path in files[2:]:
        assert f"E: {path}: not sent: stopped after the failure of 2.dcm" in err
    found = events(out)
    assert [event["file"] for event in found if event["event"] == "error"] == files[2:]
    assert (found[-1]["stored"], found[-1]["failed"], found[-1]["not_sent"]) == (1, 1, 2)


@pytest.mark.parametrize("flag", ["-nh", "--no-halt"])
def test_no_halt_goes_on_and_still_tells_the_failure(files: list[str], flag: str) -> None:
    script = ScriptedStore([0, 0xA700])
    with background(script.handlers()) as node:
        assert main([*address(node), *files, flag]) == 0xA7
    assert len(script.received) == 4


def test_abort_of_the_peer_is_10_as_with_dcmtk(files: list[str], capsys: Capture) -> None:
    with background(ScriptedStore(["abort"]).handlers()) as node:
        assert main([*address(node), *files, "--json"]) == 10
    found = events(capsys.readouterr().out)
    (aborted,) = [event for event in found if event["event"] == "aborted"]
    assert (aborted["association"], aborted["by_peer"]) == (1, True)
    assert found[-1]["not_sent"] == 3


def test_rejection_names_every_file(files: list[str], capsys: Capture) -> None:
    with background(policy=Policy(ae_title="SOMEBODY")) as node:
        assert main([*address(node), *files, "--json"]) == 1
    out, err = capsys.readouterr()
    assert names(events(out)) == ["rejected", *["error"] * 4, "summary"]
    assert err.count("called AE title not recognized (1/1/7)") == 5


def test_nobody_there_names_every_file(files: list[str], capsys: Capture, unused_tcp_port: int) -> None:
    assert main(["127.0.0.1", str(unused_tcp_port), *files]) == 1
    err = capsys.readouterr().err
    assert all(f"E: {path}: not sent: no connection to 127.0.0.1" in err for path in files)


def test_class_that_is_not_accepted_is_named(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    mr = str(make_instance(tmp_path / "mr.dcm", "MR"))
    with background(ScriptedStore().handlers(), policy=storage_policy(["1.2.840.10008.5.1.4.1.1.2"])) as node:
        assert main([*address(node), files[0], mr, files[1]]) == 1
    err = capsys.readouterr().err
    assert f"E: {mr}: failed: no accepted presentation context for 1.2.840.10008.5.1.4.1.1.4" in err
    assert f"E: {files[1]}: not sent" in err


def test_file_that_cannot_be_sent_stops_before_the_start(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), files[0], str(tmp_path / "missing.dcm"), "--json"]) == 1
    out, err = capsys.readouterr()
    assert script.received == []
    assert f"E: {tmp_path / 'missing.dcm'}: cannot be read: No such file or directory" in err
    assert f"E: {files[0]}: not sent" in err
    assert names(events(out)) == ["error", "error", "summary"]
    assert [event["file"] for event in events(out)[:2]] == [str(tmp_path / "missing.dcm"), files[0]]


def test_file_that_cannot_be_sent_is_passed_over_with_no_halt(
    tmp_path: Path, files: list[str], capsys: Capture
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not an image at all")
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), str(text), *files, "-nh"]) == 1
    assert len(script.received) == 4
    assert f"E: {text}: this is no DICOM file" in capsys.readouterr().err


def test_folder_is_sent_on_request_only(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    folder = tmp_path / "files"
    (folder / "README").write_text("about these files")
    (folder / "more").mkdir()
    shutil.copy(files[0], folder / "more" / "5.dcm")
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), str(folder)]) == 1
        said = capsys.readouterr().err
        assert f"W: {folder}: ignored, for this is a folder; +sd/--scan-directories sends what is in it" in said
        assert "F: no input files to be sent" in said
        assert main([*address(node), "+sd", str(folder)]) == 0
        assert f"W: {folder / 'README'}: this is no DICOM file" in capsys.readouterr().err
        assert len(script.received) == 4
        assert main([*address(node), "--scan-directories", "--recurse", str(folder)]) == 0
    assert len(script.received) == 9


def test_broken_file_in_a_folder_is_a_failure(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    broken = tmp_path / "files" / "broken.dcm"
    broken.write_bytes(bytes(128) + b"DICM")
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), "+sd", str(tmp_path / "files")]) == 1
        assert script.received == []
        assert main([*address(node), "+sd", "-nh", str(tmp_path / "files")]) == 1
    assert len(script.received) == 4
    assert capsys.readouterr().err.count(f"E: {broken}: ") == 2


def test_recursion_without_scanning_is_refused(files: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["127.0.0.1", "104", "+r", *files])
    assert "--recurse needs --scan-directories" in failed_start(capsys, caught)


def test_no_files_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["127.0.0.1", "104"])
    assert "dcmfile-in" in failed_start(capsys, caught)


def test_every_kind_of_file_goes_out_over_several_associations(tmp_path: Path, capsys: Capture) -> None:
    make_set(tmp_path)
    script = ScriptedStore()
    with background(script.handlers()) as node:
        assert main([*address(node), "+sd", str(tmp_path), "--jobs", "3", "--repeat", "2"]) == 0
    assert len(script.associations) == 3
    assert sorted(script.received) == sorted(2 * [data_set_bytes(path) for path in tmp_path.iterdir()])
    assert capsys.readouterr() == ("", "")


def test_control_characters_in_names_are_escaped(tmp_path: Path, capsys: Capture) -> None:
    path = make_instance(tmp_path / "a\x1b[31m\n.dcm", "CT")
    with background(ScriptedStore([0xC000], comment="bad").handlers()) as node:
        assert main([*address(node), str(path)]) == 0xC0
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert r"a\x1b[31m\n.dcm: failed: C000H Error: cannot understand (bad)" in err


class Interrupting:
    """Sends signals to this process while the first object is under way."""

    def __init__(self, *signals: signal.Signals) -> None:
        self._signals = list(signals)
        self._script = ScriptedStore()
        self._loop_passed = threading.Event()

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        assert request.data_set is not None
        await request.data_set.discard()
        for number in self._signals:
            os.kill(os.getpid(), number)
        if len(self._signals) > 1:
            await request.association.wait_closed()
        self._signals.clear()
        async for reply in self._script.handler(request):
            yield reply


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_lets_the_object_under_way_end(files: list[str], number: signal.Signals, capsys: Capture) -> None:
    with background({CStoreRq.COMMAND_FIELD: Interrupting(number).handler}) as node:
        assert main([*address(node), *files, "--json"]) == 1
    out, err = capsys.readouterr()
    assert events(out)[-1]["stored"] + events(out)[-1]["not_sent"] == 4
    assert events(out)[-1]["not_sent"] > 0
    assert "released" in names(events(out))
    assert "not sent: released on request" in err


def test_second_signal_aborts(files: list[str], capsys: Capture) -> None:
    with background({CStoreRq.COMMAND_FIELD: Interrupting(signal.SIGINT, signal.SIGTERM).handler}) as node:
        assert main([*address(node), *files, "--json"]) == 1
    found = events(capsys.readouterr().out)
    assert (found[-1]["stored"], found[-1]["failed"], found[-1]["not_sent"]) == (0, 1, 3)


def test_sent_is_told_when_all_of_it_is_on_its_way_and_not_before(files: list[str], capsys: Capture) -> None:
    with background(ScriptedStore(["abort"]).handlers()) as node:
        assert main([*address(node), files[0], "--json"]) == 10
    assert "sent" in names(events(capsys.readouterr().out))
    assert main(["127.0.0.1", "1", files[0], "--json"]) == 1
    assert "sent" not in names(events(capsys.readouterr().out))


def test_what_cannot_be_read_is_counted(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no DICOM here", encoding="utf-8")
    with background(ScriptedStore().handlers()) as node:
        assert main([*address(node), "-nh", str(text), files[0], "--json"]) == 1
    out, err = capsys.readouterr()
    summary = events(out)[-1]
    assert (summary["stored"], summary["unreadable"]) == (1, 1)
    assert "1 of 2 acknowledged" in err


def test_conversion_is_done_unless_forbidden_and_told(files: list[str], capsys: Capture) -> None:
    script = ScriptedStore()
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
    with background(script.handlers(), policy=policy) as node:
        assert main([*address(node), files[0], "--convert", "never"]) != 0
        capsys.readouterr()
        assert main([*address(node), files[0], "--json"]) == 0
    (response,) = (event for event in events(capsys.readouterr().out) if event["event"] == "response")
    assert (response["transfer_syntax"], response["converted"]) == (IMPLICIT_VR_LITTLE_ENDIAN, True)
    assert response["reason"] == "0000H Success, converted from Explicit VR LE to Implicit VR LE"
    assert script.received[0] != data_set_bytes(files[0])


def test_window_is_proposed_and_a_report_is_written(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    report = tmp_path / "report.txt"
    with background(ScriptedStore().handlers()) as node:
        assert main([*address(node), *files, "--window", "4", "+crf", str(report)]) == 0
        assert "       4  0000H Success" in report.read_text(encoding="utf-8")
        assert main([*address(node), *files, "+crf", str(tmp_path / "none" / "report")]) == 1
    assert "the report cannot be written" in capsys.readouterr().err


def test_files_of_a_dicomdir_are_sent(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    script = ScriptedStore()
    directory = make_dicomdir(tmp_path, [(["FILES", Path(path).name.upper()], "") for path in files[:2]])
    with background(script.handlers()) as node:
        assert main([*address(node), "+rd", str(directory)]) == 0
        assert main([*address(node), "+rd", files[0]]) == 1
    assert script.received == [data_set_bytes(path) for path in files[:2]]
    assert "this is no DICOMDIR" in capsys.readouterr().err


def test_a_send_without_conversion_does_without_pydicom() -> None:
    code = "import sys, workbench.cli.storescu, workbench.cli.storescp; sys.exit('pydicom' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
