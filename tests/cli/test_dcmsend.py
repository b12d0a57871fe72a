"""dwb dcmsend."""

import subprocess
import sys
from pathlib import Path

import pydicom
import pytest

from tests.cli.events import events, failed_start, names
from tests.cli.noting_peer import peer
from tests.services.servers import ScriptedStore
from tests.services.storage.test_dicomdir import make_dicomdir
from tests.support.instances import data_set_bytes, make_instance, make_raw
from workbench.acse.policy import storage_policy
from workbench.cli.dcmsend import main
from workbench.services.transcoding.conversion import NATIVE
from workbench.storage.part10 import scan

Capture = pytest.CaptureFixture[str]
EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE
PLAIN = (EXPLICIT, BIG, IMPLICIT)
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
RLE, BASELINE = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Four CT files."""
    return [str(make_instance(tmp_path / f"{number}.dcm", "CT")) for number in range(4)]


def test_success_is_silent_and_bytes_arrive_as_they_are(files: list[str], capsys: Capture) -> None:
    with peer() as node:
        assert main([*node.address, *files]) == 0
        assert node.contexts() == [(CT, PLAIN)]
        assert node.request().calling_ae_title == "DCMSEND"
    assert node.script.received == [data_set_bytes(path) for path in files]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("syntax", "flags", "expected"),
    [
        (EXPLICIT, [], PLAIN),
        (EXPLICIT, ["-dn", "-nip"], PLAIN),
        (DEFLATED, [], (DEFLATED, *PLAIN)),
        (DEFLATED, ["-dn"], (DEFLATED,)),
        (RLE, [], (RLE, *PLAIN)),
        (RLE, ["-dn", "+dls"], (RLE, *PLAIN)),
        (RLE, ["-dn"], (RLE,)),
        (BASELINE, [], (BASELINE,)),
        (BASELINE, ["+dly"], (BASELINE, *PLAIN)),
    ],
)
def test_proposed_syntaxes(tmp_path: Path, syntax: str, flags: list[str], expected: tuple[str, ...]) -> None:
    path = str(make_instance(tmp_path / "a.dcm", "US", syntax))
    with peer() as node:
        assert main([*node.address, *flags, path]) == 0
        assert [syntaxes for _, syntaxes in node.contexts()] == [expected]
    assert node.script.received == [data_set_bytes(path)]


def test_files_are_decompressed_where_the_node_takes_them_only_so(tmp_path: Path, capsys: Capture) -> None:
    path = str(make_instance(tmp_path / "rle.dcm", "CT", RLE))
    with peer(None, EXPLICIT) as node:
        assert main([*node.address, "-v", path]) == 0
        assert "I: Converting transfer syntax: RLE Lossless -> Explicit VR Little Endian" in capsys.readouterr().err
        assert main([*node.address, "-dn", path]) == 61
        assert main([*node.address, "-dn", "--compat-exit-codes", path]) == 0
    (received,) = node.received()
    assert received.pixel_array.tolist() == pydicom.dcmread(path).pixel_array.tolist()


def test_deflated_files_are_never_inflated_when_told(tmp_path: Path, files: list[str]) -> None:
    deflated = str(make_instance(tmp_path / "deflated.dcm", "CT", DEFLATED))
    with peer(None, EXPLICIT) as node:
        assert main([*node.address, "-dn", files[0], deflated]) == 62
        assert main([*node.address, files[0], deflated]) == 0


def test_level_of_deflating(tmp_path: Path) -> None:
    both = [str(make_instance(tmp_path / f"{name}.dcm", "SR", name)) for name in (EXPLICIT, DEFLATED)]
    lengths = []
    for level in ("0", "9"):
        with peer(None, DEFLATED) as node:
            assert main([*node.address, "+cl", level, *both]) == 0
        lengths.append(len(node.script.received[0]))
    assert lengths[0] > lengths[1]


def test_what_may_not_be_proposed_is_not(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    path = str(make_instance(tmp_path / "us.dcm", "US", BASELINE))
    with peer() as node:
        assert main([*node.address, "-nip", path, files[0]]) == 65
        assert "nothing is to be proposed for it" in capsys.readouterr().err
        assert node.script.received == []
        assert main([*node.address, "-nip", "-nh", path, files[0]]) == 65
    assert len(node.script.received) == 1


@pytest.mark.parametrize(
    ("script", "flags", "stored", "truth", "compatible"),
    [
        ([0, 0xA700, 0xB000, 0], [], 4, 0xA7, 0),
        ([0, 0xC000], ["-nh"], 4, 0xC0, 0),
        ([0xB000], [], 4, 0, 0),
        ([0, "abort"], [], 2, 62, 62),
        ([0, "abort"], ["-nh"], 4, 62, 0),
    ],
)
def test_exit_codes_of_what_the_node_does(
    files: list[str], script: list[int | str], flags: list[str], stored: int, truth: int, compatible: int
) -> None:
    with peer(ScriptedStore([*script])) as node:
        assert main([*node.address, *flags, *files]) == truth
    assert len(node.script.received) == stored
    with peer(ScriptedStore([*script])) as node:
        assert main([*node.address, *flags, "--compat-exit-codes", *files]) == compatible


def test_nobody_there(files: list[str], unused_tcp_port: int, capsys: Capture) -> None:
    for flags in ([], ["--compat-exit-codes"], ["-nh"]):
        assert main(["127.0.0.1", str(unused_tcp_port), *flags, *files]) == 61
    assert "F: Association Request Failed: 0006:031c" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [[], ["--compat-exit-codes"]])
def test_exit_codes_of_input_files(tmp_path: Path, files: list[str], flags: list[str]) -> None:
    missing = str(tmp_path / "missing")
    with peer() as node:
        assert main([*node.address, *flags, missing, files[0]]) == 22
        assert main([*node.address, *flags, str(tmp_path)]) == 21
        assert main([*node.address, *flags, "-nh", missing]) == 23
        assert main([*node.address, *flags, "+sd", "+sp", "*.none", str(tmp_path)]) == 21
        assert node.script.received == []
        assert main([*node.address, *flags, "-nh", missing, files[0]]) == (0 if flags else 22)
        assert main([*node.address, *flags, "+crf", f"{missing}/report", files[0]]) == 43
    assert len(node.script.received) == 2


def test_bare_data_sets_are_sent_when_told(tmp_path: Path) -> None:
    bare = str(make_raw(tmp_path / "bare", "CT", EXPLICIT))
    with peer() as node:
        assert main([*node.address, bare]) == 22
        assert main([*node.address, "+fo", bare]) == 22
        assert main([*node.address, "+f", bare]) == 0
        assert main([*node.address, "-f", bare]) == 0
    assert node.script.received == [Path(bare).read_bytes()] * 2


def test_wrong_uids_are_sent_when_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "a.dcm")
    uid = scan(path).sop_instance_uid
    path.write_bytes(path.read_bytes().replace(uid.encode(), b"x" + uid[1:].encode()))
    with peer() as node:
        assert main([*node.address, str(path)]) == 22
        assert main([*node.address, "-nuc", str(path)]) == 0
    assert node.script.instances == ["x" + uid[1:]]


def test_files_of_a_dicomdir_are_sent(tmp_path: Path, files: list[str]) -> None:
    directory = make_dicomdir(tmp_path, [([Path(path).name.upper()], "") for path in files[:2]])
    with peer() as node:
        assert main([*node.address, "+rd", str(directory)]) == 0
    assert node.script.received == [data_set_bytes(path) for path in files[:2]]


def many_classes(folder: Path) -> list[str]:
    """Gives files of more SOP classes and transfer syntaxes than an association has contexts."""
    base = data_set_bytes(make_instance(folder / "base.dcm", "CT"))
    paths = []
    for number in range(130):
        uid = f"1.2.840.10008.5.1.4.1.1.{1000 + number}".encode()
        uid += b"\0" * (len(uid) % 2)
        start = base.index(b"\x08\0\x16\0UI") + 6
        data = base[:start] + len(uid).to_bytes(2, "little") + uid + base[start + 2 + 26 :]
        path = folder / f"{number}"
        path.write_bytes(data)
        paths.append(str(path))
    return paths


def test_further_associations_follow_unless_one_has_to_do(tmp_path: Path, capsys: Capture) -> None:
    paths = many_classes(tmp_path)
    policy = storage_policy([f"1.2.840.10008.5.1.4.1.1.{1000 + number}" for number in range(130)])
    with peer(policy=policy) as node:
        assert main([*node.address, "+f", *paths]) == 0
        assert (len(node.script.received), len(node.script.associations)) == (130, 2)
        assert main([*node.address, "+f", "-ma", *paths]) == 62
        assert len(node.script.received) == 130 + 128
        assert main([*node.address, "+f", "-ma", "+ma", *paths]) == 0
    assert f"E: {paths[129]}: not sent: stopped after the association" in capsys.readouterr().err


def test_report_is_written_and_summed_up(tmp_path: Path, files: list[str], capsys: Capture) -> None:
    report = tmp_path / "report"
    with peer(ScriptedStore([0, 0xA700])) as node:
        assert main([*node.address, "-v", "+crf", str(report), *files[:2]]) == 0xA7
    text = report.read_text(encoding="utf-8")
    assert text.startswith("Detailed Report on the Transfer of Instances\n====")
    assert f"Filename      : {files[1]}\n" in text
    assert "DIMSE Status  : 0xa700 (Refused: out of resources)" in text
    assert text.endswith("  * with status SUCCESS  : 1\n  * with status REFUSED  : 1\n")
    assert "I:   * with status REFUSED  : 1" in capsys.readouterr().err


def test_events_tell_each_file(files: list[str], capsys: Capture) -> None:
    with peer(ScriptedStore([0, 0xA700])) as node:
        assert main([*node.address, "--json", "-v", *files[:2]]) == 0xA7
    found = events(capsys.readouterr().out)
    assert names(found) == ["associated", "sent", "response", "sent", "response", "released", "summary"]


def test_decoders_are_listed(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--list-decoders"])
    assert caught.value.code == 0
    assert "  RLE Lossless (1.2.840.10008.1.2.5)" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("+r",), "--recurse needs --scan-directories"),
        (("+sp", "*"), "--scan-pattern needs --scan-directories"),
        (("-ma", "--jobs", "2"), "--single-association and --jobs exclude each other"),
        (("+cl", "11"), "0 to 9"),
        (("+II",), "there is no option '+II'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_go_together_is_refused(flags: tuple[str, ...], said: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["127.0.0.1", "104", *flags, "file"])
    assert said in failed_start(capsys, caught)


def test_a_send_of_plain_files_does_without_pydicom(files: list[str]) -> None:
    code = (
        "import sys; from workbench.cli.dcmsend import main; code = main(sys.argv[1:]);"
        "sys.exit(code or 'pydicom' in sys.modules)"
    )
    with peer() as node:
        finished = subprocess.run([sys.executable, "-c", code, *node.address, *files], check=False)
    assert finished.returncode == 0
