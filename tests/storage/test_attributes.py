"""What the index keeps of an object, from every encoding and in any split."""

import struct
import zlib
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.storage.indexed import tag
from tests.support.instances import data_set_bytes, make_instance, make_raw, make_set
from workbench.errors import StorageError
from workbench.services.encoding import encode_data_set
from workbench.storage.attributes import (
    SERIES_INSTANCE_UID,
    SOP_INSTANCE_UID,
    AttributeReader,
    Attributes,
    Level,
    attributes,
    data_set_pieces,
    item_attributes,
    read_attributes,
)
from workbench.storage.part10 import scan

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


def read(data: bytes, syntax: str, step: int = 0) -> Attributes:
    reader = AttributeReader(syntax)
    step = step or max(1, len(data))
    for start in range(0, len(data), step):
        reader.feed(memoryview(data)[start : start + step])
    return reader.attributes(sop_class_uid="1.2", sop_instance_uid="1.2.3")


def sample(**values: object) -> Dataset:
    data_set = Dataset()
    data_set.SOPClassUID, data_set.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"
    for keyword, value in values.items():
        setattr(data_set, keyword, value)
    return data_set


def request() -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepID, item.RequestedProcedureID = "SPS1", "RP1"
    item.ScheduledProtocolCodeSequence = [Dataset()]
    return item


def test_every_key_of_the_standard_has_its_column() -> None:
    assert {attribute.vr for attribute in attributes().values() if attribute.vr == "SQ"} == {"SQ"}
    columns = [attribute.column for attribute in attributes().values()]
    assert len(columns) == len(set(columns))
    for number, attribute in attributes().items():
        known = pydicom.datadict.dictionary_VR(number)
        assert attribute.vr == known, attribute.column
        multiple = pydicom.datadict.dictionary_VM(number) != "1"
        assert attribute.is_multiple == (multiple and attribute.vr != "SQ"), attribute.column
        for key, vr in item_attributes(number).items() if attribute.vr == "SQ" else ():
            assert pydicom.datadict.dictionary_VR(key) == vr
    # PS3.4 Tables C.6-1 to C.6-5: the required and unique keys
    for keyword, level in (
        *(("PatientName", Level.PATIENT), ("PatientID", Level.PATIENT)),
        *((keyword, Level.STUDY) for keyword in ("StudyDate", "StudyTime", "AccessionNumber", "StudyID")),
        *((keyword, Level.SERIES) for keyword in ("Modality", "SeriesNumber", "SeriesInstanceUID")),
        *((keyword, Level.IMAGE) for keyword in ("InstanceNumber", "SOPInstanceUID")),
        ("StudyInstanceUID", Level.STUDY),
    ):
        assert attributes()[tag(keyword)].level is level


def test_values_of_every_kind_of_object_are_those_that_pydicom_reads(tmp_path: Path) -> None:
    for path in make_set(tmp_path):
        got, instance = read_attributes(str(path))
        expected = pydicom.dcmread(path)
        assert (got.sop_class_uid, got.sop_instance_uid) == (instance.sop_class_uid, instance.sop_instance_uid)
        assert got.transfer_syntax_uid == expected.file_meta.TransferSyntaxUID
        for number, attribute in attributes().items():
            if number == SOP_INSTANCE_UID:
                continue
            if attribute.vr == "SQ":
                items = got.items(number)
                assert (items is None) == (number not in expected)
                assert len(items or []) == len(expected[number].value if number in expected else ())
            elif number in expected:
                value = expected[number].value
                values = value if expected[number].VM > 1 else [value]
                assert got.text(number) == "\\".join("" if each is None else str(each) for each in values), path
            else:
                assert got.text(number) is None


@pytest.mark.parametrize("syntax", NATIVE)
def test_items_of_a_sequence_are_kept(syntax: str) -> None:
    data_set = sample(RequestAttributesSequence=[request(), request()], SeriesInstanceUID="1.2.9")
    got = read(encode_data_set(data_set, syntax), syntax)
    item = {tag("ScheduledProcedureStepID"): "SPS1", tag("RequestedProcedureID"): "RP1"}
    assert got.items(tag("RequestAttributesSequence")) == [item, item]
    assert got.text(tag("RequestAttributesSequence")) is None
    assert got.items(tag("ProcedureCodeSequence")) is None
    assert got.text(SERIES_INSTANCE_UID) == "1.2.9"


@pytest.mark.parametrize("syntax", NATIVE)
def test_any_split_gives_the_same(syntax: str) -> None:
    data_set = sample(
        PatientName="Prüf^Körper", SpecificCharacterSet="ISO_IR 192", PatientComments="c" * 3000, Rows=512,
        RequestAttributesSequence=[request()], ProcedureCodeSequence=[],
    )  # fmt: skip
    data = encode_data_set(data_set, syntax)
    whole = read(data, syntax)
    assert whole.text(tag("PatientName")) == "Prüf^Körper"
    assert whole.text(tag("Rows")) == "512"
    assert whole.items(tag("ProcedureCodeSequence")) == []
    for step in (1, 7, 100, 2999):
        assert read(data, syntax, step).found == whole.found


@pytest.mark.parametrize(
    ("charset", "encoded", "text"),
    [
        ("ISO_IR 100", b"M\xfcller^J\xf6rg", "Müller^Jörg"),
        ("ISO_IR 192", "Мария".encode(), "Мария"),
        ("GB18030", "王^小东".encode("gb18030"), "王^小东"),
        ("GBK", "王^小东".encode("gbk"), "王^小东"),
        # PS3.5 H.3.1: \x1b$B and \x1b(B switch to JIS X 0208 and back
        (
            "\\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        # PS3.5 I.2: \x1b$)C designates KS X 1001
        ("\\ISO 2022 IR 149", b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong^Gildong=洪^吉洞"),
    ],
)
def test_names_in_every_character_set(charset: str, encoded: bytes, text: str) -> None:
    encoded += b" " * (len(encoded) % 2)
    charset_value = charset.encode() + b" " * (len(charset) % 2)
    data = (
        struct.pack("<HH2sH", 0x0008, 0x0005, b"CS", len(charset_value)) + charset_value
        + struct.pack("<HH2sH", 0x0010, 0x0010, b"PN", len(encoded)) + encoded
    )  # fmt: skip
    assert read(data, ExplicitVRLittleEndian).text(tag("PatientName")) == text


def test_padding_does_not_count() -> None:
    data_set = sample(ImageType=["ORIGINAL ", " PRIMARY"], PatientID=" P1 ", PatientComments=" text ")
    got = read(encode_data_set(data_set, ImplicitVRLittleEndian), ImplicitVRLittleEndian)
    assert got.text(tag("ImageType")) == "ORIGINAL\\PRIMARY"
    assert got.text(tag("PatientID")) == "P1"
    assert got.text(tag("PatientComments")) == " text"


@pytest.mark.slow
def test_memory_is_bounded_whatever_is_sent() -> None:
    items = [Dataset() for _ in range(5000)]
    for item in items:
        item.ScheduledProcedureStepID = "S" * 16
    data_set = sample(RequestAttributesSequence=items, SeriesInstanceUID="1.2.9", PatientComments="c" * 9000)
    data = encode_data_set(data_set, ExplicitVRLittleEndian)
    # (0010,4000) LT: its length 9000 becomes 60,000
    data = data.replace(b"LT" + struct.pack("<H", 9000), b"LT" + struct.pack("<H", 60_000) + b"c" * 51_000)
    got = read(data, ExplicitVRLittleEndian)
    assert got.text(tag("PatientComments")) is None  # longer than an LT may be
    assert len(got.items(tag("RequestAttributesSequence")) or []) == 1024
    bomb = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    head = encode_data_set(sample(PatientID="P1"), ExplicitVRLittleEndian)
    pixels = struct.pack("<HH2s2xL", 0x0009, 0x1010, b"OB", 64 << 20) + bytes(64 << 20)
    deflated = bomb.compress(head + pixels) + bomb.flush()
    reader = AttributeReader(DeflatedExplicitVRLittleEndian)
    reader.feed(deflated)
    assert reader.is_done
    assert reader.attributes(sop_class_uid="", sop_instance_uid="").sop_instance_uid == "1.2.3.4"


def test_broken_object_tells_what_was_found_before() -> None:
    data = encode_data_set(sample(PatientID="P1"), ExplicitVRLittleEndian)
    assert read(data + b"\x10\x00\x30\x00??", ExplicitVRLittleEndian).text(tag("PatientID")) == "P1"
    got = read(b"this is not deflated", DeflatedExplicitVRLittleEndian)
    assert (got.sop_class_uid, got.sop_instance_uid, got.found) == ("1.2", "1.2.3", {})
    assert read(b"anything", "1.2.3.4.5").found == {}


@given(st.binary(max_size=300), st.sampled_from([*NATIVE, "1.2.840.113619.5.2"]), st.integers(1, 50))
def test_garbage_raises_nothing(data: bytes, syntax: str, step: int) -> None:
    got = read(data, syntax, step)
    for number, attribute in attributes().items():
        assert isinstance(got.items(number) if attribute.vr == "SQ" else got.text(number), str | list | None)


def test_pixels_of_a_file_are_not_read(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=2 << 20)
    reader = AttributeReader(ExplicitVRLittleEndian)
    pieces = 0
    for piece in data_set_pieces(scan(path)):
        reader.feed(piece)
        pieces += 1
        if reader.is_done:
            break
    assert pieces == 1


def test_data_set_without_meta_information_is_read(tmp_path: Path) -> None:
    got, instance = read_attributes(str(make_raw(tmp_path / "raw")))
    assert got.text(tag("PatientID")) == "PHANTOM-1"
    assert instance.offset == 0
    assert got.transfer_syntax_uid == ImplicitVRLittleEndian


def test_file_that_is_no_object_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(StorageError, match="no DICOM file"):
        read_attributes(str(tmp_path / "text"))
    path = make_instance(tmp_path, "CT")
    instance = scan(path)
    path.unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        list(data_set_pieces(instance))


def test_checks_of_the_structure_hold_while_values_are_kept(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "MR")
    data = data_set_bytes(path)
    reader = AttributeReader(ExplicitVRLittleEndian, sop_instance_uid="1.2.3")
    reader.feed(data)
    problem = reader.finish()
    assert problem is not None
    assert problem.status == 0xA900
    reader = AttributeReader(ExplicitVRLittleEndian)
    reader.feed(data[:-2])
    problem = reader.finish()
    assert problem is not None
    assert problem.status == 0xC000
