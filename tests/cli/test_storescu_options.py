"""dwb storescu: options that change what is proposed and what is sent."""

import shutil
from pathlib import Path

import pydicom
import pytest

from tests.cli.events import failed_start
from tests.cli.noting_peer import peer
from tests.support.instances import data_set_bytes, make_instance, make_raw
from workbench.cli.storescu import main
from workbench.services.storage.usual_classes import USUAL_CLASSES
from workbench.services.transcoding.conversion import NATIVE
from workbench.storage.part10 import file_meta, scan
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation, UserIdentityRq

Capture = pytest.CaptureFixture[str]
EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
JPEG_LOSSLESS, JPEG_2000, RLE = "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"


@pytest.fixture
def ct(tmp_path: Path) -> str:
    return str(make_instance(tmp_path / "ct.dcm", "CT"))


# Proposals

GROUPS: dict[tuple[str, ...], list[tuple[str, ...]]] = {
    ("-R",): [(EXPLICIT,), (BIG, IMPLICIT)],
    ("-R", "+C"): [(EXPLICIT, BIG, IMPLICIT)],
    ("-R", "-x="): [(EXPLICIT,), (BIG, IMPLICIT)],
    ("-R", "-xe"): [(EXPLICIT,), (BIG, IMPLICIT)],
    ("-R", "-xb"): [(BIG,), (EXPLICIT, IMPLICIT)],
    ("-R", "-xi"): [(IMPLICIT,)],
    ("-R", "-xs"): [(JPEG_LOSSLESS,), (EXPLICIT, BIG, IMPLICIT)],
    ("-R", "-xs", "+C"): [(JPEG_LOSSLESS, EXPLICIT, BIG, IMPLICIT)],
    ("-R", "-xv"): [(JPEG_2000,), (EXPLICIT, BIG, IMPLICIT)],
    ("-R", "-xd"): [(DEFLATED,), (EXPLICIT, BIG, IMPLICIT)],
    ("-R", "-xr", "-xi"): [(IMPLICIT,)],
}


@pytest.mark.parametrize("flags", list(GROUPS), ids=lambda flags: " ".join(flags))
def test_proposed_syntaxes(flags: tuple[str, ...], ct: str) -> None:
    with peer() as node:
        main([*node.address, *flags, ct])  # which fails where the node takes a compression instead
        assert node.contexts() == [(CT, group) for group in GROUPS[flags]]


def test_without_options_files_propose_what_they_have(tmp_path: Path, ct: str) -> None:
    rle = str(make_instance(tmp_path / "rle.dcm", "CT", RLE))
    with peer() as node:
        assert main([*node.address, ct, rle]) == 0
        assert node.contexts() == [(CT, (EXPLICIT,)), (CT, NATIVE), (CT, (RLE,))]
        assert node.request().max_length == 131072
        assert main([*node.address, "--convert", "never", ct, rle]) == 0
        assert node.contexts() == [(CT, (EXPLICIT,)), (CT, (RLE,))]


@pytest.mark.parametrize("own", NATIVE)
@pytest.mark.parametrize("wanted", NATIVE)
def test_without_options_files_are_converted_only_where_they_must(
    own: str, wanted: str, tmp_path: Path, capsys: Capture
) -> None:
    path = str(make_instance(tmp_path / "file.dcm", "CT", own))
    with peer(None, wanted) as node:
        assert main([*node.address, "-v", path]) == 0
        assert main([*node.address, "--convert", "never", path]) == (0 if own == wanted else 1)
    assert ("Converting transfer syntax" in capsys.readouterr().err) == (own != wanted)
    assert (node.script.received[0] == data_set_bytes(path)) == (own == wanted)
    assert (node.received(wanted)[0].pixel_array == pydicom.dcmread(path).pixel_array).all()


def test_usual_classes_are_proposed_unless_only_the_required_are_wanted(tmp_path: Path, ct: str) -> None:
    with peer() as node:
        assert main([*node.address, "-xe", ct]) == 0
        assert [uid for uid, _ in node.contexts()] == [uid for uid in USUAL_CLASSES for _ in range(2)]
        assert main([*node.address, "-xi", ct]) == 0
        assert node.contexts() == [(uid, (IMPLICIT,)) for uid in USUAL_CLASSES]


def test_unusual_class_gets_an_association_when_there_is_no_room(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "a.dcm", "CT")
    unusual = b"1.2.840.10008.5.1.4.1.1.2.2"  # Legacy Converted Enhanced CT
    data = data_set_bytes(path).replace(b"\x1a\0" + CT.encode() + b"\0", b"\x1c\0" + unusual + b"\0")
    path.write_bytes(
        file_meta(sop_class_uid=unusual.decode(), sop_instance_uid=scan(path).sop_instance_uid,
                  transfer_syntax_uid=EXPLICIT) + data
    )  # fmt: skip
    with peer() as node:
        assert main([*node.address, "-x=", str(path)]) == 0
        assert node.contexts() == [(unusual.decode(), (EXPLICIT,)), (unusual.decode(), (BIG, IMPLICIT))]


def test_required_files_that_are_compressed_are_sent_as_they_are(tmp_path: Path) -> None:
    path = str(make_instance(tmp_path / "rle.dcm", "CT", RLE))
    with peer() as node:
        assert main([*node.address, "-R", path]) == 0
        assert node.contexts()[-1] == (CT, (RLE,))
        assert node.script.received == [data_set_bytes(path)]
        assert main([*node.address, "-R", "-x=", path]) == 1


def test_conversion_is_done_where_the_node_wants_it_and_told(ct: str, capsys: Capture) -> None:
    with peer(None, IMPLICIT) as node:
        assert main([*node.address, "-R", "-v", ct]) == 0
        said = capsys.readouterr()
        assert "I: Converting transfer syntax: Explicit VR Little Endian -> Implicit VR Little Endian" in said.err
        assert said.out == "XMIT: .\n"
        assert main([*node.address, "-R", "--convert", "never", ct]) == 1
    (received,) = node.received(IMPLICIT)
    assert received.PixelData == pydicom.dcmread(ct).PixelData


def test_lossless_compression_is_undone_when_told(tmp_path: Path, capsys: Capture) -> None:
    path = str(make_instance(tmp_path / "rle.dcm", "MR", RLE))
    with peer(None, EXPLICIT) as node:
        assert main([*node.address, "-R", "-x=", path]) == 1
        assert f"E: No presentation context for: (MR) {MR}" in capsys.readouterr().err
        assert main([*node.address, "-R", "-x=", "--convert", "lossless", path]) == 0
    assert len(node.script.received) == 1


PROFILE = """
[[TransferSyntaxes]]
[Some]
TransferSyntax1 = LocalEndianExplicit
[More]
TransferSyntax1 = BigEndianExplicit
TransferSyntax2 = LittleEndianImplicit
[[PresentationContexts]]
[Images]
PresentationContext1 = MRImageStorage\\More
PresentationContext2 = CTImageStorage\\Some
PresentationContext3 = CTImageStorage\\More
[[SCPSCURoleSelection]]
[Roles]
Role1 = MRImageStorage\\BOTH
[[ExtendedNegotiation]]
[Extended]
ExtendedNegotiation1 = CTImageStorage\\02 01
[[Profiles]]
[Mine]
PresentationContexts = Images
SCPSCURoleSelection = Roles
ExtendedNegotiation = Extended
"""


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "profile.cfg"
    path.write_text(PROFILE)
    return str(path)


def test_profile_is_proposed_as_it_stands(ct: str, profile: str) -> None:
    with peer() as node:
        assert main([*node.address, "-xf", profile, "mine", ct]) == 0
        assert node.contexts() == [(MR, (BIG, IMPLICIT)), (CT, (EXPLICIT,)), (CT, (BIG, IMPLICIT))]
        items = node.request().user_information
    assert RoleSelection(sop_class_uid=MR, scu_role=True, scp_role=True) in items
    assert SopClassExtendedNegotiation(sop_class_uid=CT, application_information=b"\2\1") in items


def test_files_are_converted_to_what_the_profile_has(ct: str, profile: str) -> None:
    with peer(None, IMPLICIT) as node:
        assert main([*node.address, "-xf", profile, "Mine", ct]) == 0
    assert node.received(IMPLICIT)[0].PatientID == pydicom.dcmread(ct).PatientID


def test_class_that_the_profile_lacks_fails(tmp_path: Path, profile: str, capsys: Capture) -> None:
    pdf = str(make_instance(tmp_path / "pdf.dcm", "PDF"))
    with peer() as node:
        assert main([*node.address, "-xf", profile, "Mine", pdf]) == 1
    assert "No presentation context for:" in capsys.readouterr().err


def test_profile_that_is_not_there_is_named(ct: str, profile: str, capsys: Capture) -> None:
    assert main(["127.0.0.1", "1", "-xf", profile, "yours", ct]) == 1
    assert "there is no profile 'yours'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("-xf", "f", "p", "-R"), "--config-file and --required exclude each other"),
        (("-xf", "f", "p", "-xi"), "--config-file and --propose-implicit exclude each other"),
        (("-xf", "f", "p", "+C"), "--config-file and --combine exclude each other"),
        (("+cl", "3"), "--compression-level needs --propose-deflated or --config-file"),
        (("+cl", "10", "-xd"), "0 to 9"),
        (("+sp", "*"), "--scan-pattern needs --scan-directories"),
        (("+IR", "0"), "1 or more"),
        (("+v",), "+v/--verbose-pc needs -v"),
        (("--pos-response",), "--pos-response needs --user"),
        (("--convert", "all"), "is none of never, plain"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_does_not_go_together_is_refused(flags: tuple[str, ...], said: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["127.0.0.1", "104", *flags, "file"])
    assert said in failed_start(capsys, caught)


# What is sent


def test_form_of_files_can_be_demanded(tmp_path: Path, ct: str) -> None:
    bare = str(make_raw(tmp_path / "bare", "CT", EXPLICIT))
    with peer() as node:
        assert main([*node.address, ct, bare]) == 0
        assert main([*node.address, "+f", ct, bare]) == 0
        assert main([*node.address, "+fo", ct]) == 0
        assert main([*node.address, "-f", bare]) == 0
        assert len(node.script.received) == 6
        assert main([*node.address, "+fo", bare]) == 1
        assert main([*node.address, "-f", ct]) == 1
        assert main([*node.address, "-f", "+f", ct]) == 0
    assert node.script.received[-2] == Path(bare).read_bytes()


def test_wrong_uids_are_sent_when_told(ct: str) -> None:
    uid = scan(ct).sop_instance_uid
    Path(ct).write_bytes(Path(ct).read_bytes().replace(uid.encode(), b"x" + uid[1:].encode()))
    with peer() as node:
        assert main([*node.address, ct]) == 1
        assert main([*node.address, "-nuc", ct]) == 0
    assert node.script.instances == ["x" + uid[1:]]


def test_pattern_chooses_files_of_folders(tmp_path: Path, ct: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.dcm", "b.img"):
        shutil.copy(ct, folder / name)
    with peer() as node:
        assert main([*node.address, "+sd", "+sp", "*.img", str(folder)]) == 0
        assert len(node.script.received) == 1
        assert main([*node.address, "+sd", "+sp", "*.none", str(folder)]) == 1


def test_folder_among_files_is_passed_over(tmp_path: Path, ct: str) -> None:
    with peer() as node:
        assert main([*node.address, str(tmp_path), ct]) == 0
    assert len(node.script.received) == 1


def test_inventing_leaves_the_files_alone(ct: str, capsys: Capture) -> None:
    content = Path(ct).read_bytes()
    with peer() as node:
        assert main([*node.address, "-v", "+IR", "2", "+IS", "1", "--repeat", "5", ct]) == 0
    received = node.received()
    assert len({each.SOPInstanceUID for each in received}) == 5
    assert len({each.SeriesInstanceUID for each in received}) == 3
    assert len({each.StudyInstanceUID for each in received}) == 3
    assert len({each.PatientID for each in received}) == 1
    assert str(received[0].PatientName).startswith("OFFIS^TEST_PN_")
    assert [each.SOPInstanceUID for each in received] == node.script.instances
    assert Path(ct).read_bytes() == content
    said = capsys.readouterr().err
    assert "I: Inventing Identifying Information (pa0, st2, se0, im0):" in said
    assert f"I:   SOPInstanceUID={node.script.instances[0]}" in said


@pytest.mark.parametrize("flag", ["+II", "+IR 3", "+IS 3", "+IP 3"])
def test_every_invent_option_invents(flag: str, ct: str) -> None:
    with peer() as node:
        assert main([*node.address, *flag.split(), ct]) == 0
    assert node.script.instances != [scan(ct).sop_instance_uid]


@pytest.mark.parametrize(("flag", "vr"), [("-u", b"OB"), ("+u", b"UN")])
def test_new_vrs_can_be_avoided(ct: str, flag: str, vr: bytes) -> None:
    with open(ct, "ab") as file:
        file.write(b"\xfc\xff\xfc\xffUN\0\0\2\0\0\0\1\2")
    with peer() as node:
        assert main([*node.address, flag, ct]) == 0
    assert node.script.received[0].endswith(b"\xfc\xff\xfc\xff" + vr + b"\0\0\2\0\0\0\1\2")


def test_level_of_deflating(tmp_path: Path) -> None:
    path = str(make_instance(tmp_path / "sr.dcm", "SR"))
    lengths = []
    for level in ("0", "9"):
        with peer(None, DEFLATED) as node:
            assert main([*node.address, "-xd", "+cl", level, path]) == 0
        lengths.append(len(node.script.received[0]))
    assert lengths[0] > lengths[1]


def test_padded_uids_are_told_unless_they_are_tolerated(ct: str, capsys: Capture) -> None:
    content = Path(ct).read_bytes()
    Path(ct).write_bytes(content.replace(CT.encode() + b"\0", CT.encode() + b" "))
    with peer() as node:
        assert main([*node.address, ct]) == 0
        assert f"W: {ct}: a UID is padded with a space" in capsys.readouterr().err
        assert main([*node.address, "-up", ct]) == 0
    assert capsys.readouterr().err == ""


def test_identity_is_told_and_its_confirmation_required(ct: str, capsys: Capture) -> None:
    with peer() as node:
        assert main([*node.address, "-usr", "anna", "-pwd", "secret", ct]) == 0
        assert node.request().user_identity == UserIdentityRq(
            identity_type=2, positive_response_requested=False, primary_field=b"anna", secondary_field=b"secret"
        )
        assert main([*node.address, "-usr", "anna", "-rsp", ct]) == 1
    assert "0006:0108" in capsys.readouterr().err
