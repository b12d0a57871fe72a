"""A data set that is cut short is told from a whole one, wherever it was cut."""

from collections.abc import Callable
from functools import cache
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.instances import MIB, make_instance, make_large, make_set
from workbench.errors import StorageError
from workbench.storage.completeness import check_complete
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import read_into

SAMPLES = sorted((Path(__file__).parents[2] / "resources" / "samples").glob("*.dcm"))


def check_file(instance: Instance) -> None:
    check_complete(instance)


def check_buffer(instance: Instance) -> None:
    view = memoryview(bytearray(instance.length))
    read_into(instance, view)
    check_complete(instance, view)


both_ways = pytest.mark.parametrize("check", [check_file, check_buffer], ids=["file", "buffer"])


@both_ways
def test_every_kind_of_object_is_whole(check: Callable[[Instance], None], tmp_path: Path) -> None:
    for path in (*SAMPLES, *make_set(tmp_path), make_large(tmp_path / "large", 5 * MIB)):
        check(scan(path))


@cache
def element_ends(path: Path) -> frozenset[int]:
    """Gives where the elements of the data set itself end, in bytes from the start of the file."""
    data_set = pydicom.dcmread(path)
    start = scan(path).offset
    lengths = []
    for element in data_set:
        alone = pydicom.Dataset()
        alone.add(element)
        stream = pydicom.filebase.DicomBytesIO()
        stream.is_little_endian, stream.is_implicit_VR = True, path.name == "mr_implicit.dcm"
        pydicom.filewriter.write_dataset(stream, alone, parent_encoding=data_set.get("SpecificCharacterSet", "ascii"))
        lengths.append(len(stream.getvalue()))
    assert start + sum(lengths) == path.stat().st_size
    return frozenset(start + end for end in accumulate(lengths))


@given(st.sampled_from(SAMPLES), st.data())
def test_any_cut_within_an_element_is_noticed(path: Path, data: st.DataObject) -> None:
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content) - 1), label="cut")
    with TemporaryDirectory() as folder:
        short = Path(folder, "short.dcm")
        short.write_bytes(content[:cut])
        try:
            check_complete(scan(short))
        except StorageError:
            return
    if "deflated" in path.name:  # the stream ends where it says, and may have a byte of padding (PS3.5 A.5)
        assert cut == len(content) - 1
    else:
        assert cut in element_ends(path)


@pytest.mark.parametrize("path", [path for path in SAMPLES if "explicit_1" in path.name], ids=lambda path: path.name)
def test_no_cut_is_taken_for_another_one(path: Path, tmp_path: Path) -> None:
    content, whole = path.read_bytes(), scan(path)
    short = tmp_path / "short.dcm"
    for cut in range(whole.offset + 1, min(len(content), whole.offset + 2000)):
        short.write_bytes(content[:cut])
        if cut not in element_ends(path):
            with pytest.raises(StorageError, match="within"):
                check_complete(scan(short))


@both_ways
def test_place_of_the_cut_is_named(check: Callable[[Instance], None], tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=3 * MIB)
    path.write_bytes(path.read_bytes()[: -2 * MIB])
    short = scan(path)
    with pytest.raises(StorageError, match=rf"^the data set ends at byte {short.length}, within \(7FE0,0010\)$"):
        check(short)


def test_cut_of_a_header_names_where_its_element_begins(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    content = path.read_bytes()
    start = content.rindex(b"\xe0\x7f\x10\0OW")
    for length in (1, 8, 11):
        path.write_bytes(content[: start + length])
        short = scan(path)
        with pytest.raises(StorageError, match=f"the element that begins at byte {start - short.offset}$"):
            check_complete(short)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_place_is_named_in_other_encodings(syntax: str, tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", syntax)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StorageError, match=r"within \(7FE0,0010\)"):
        check_complete(scan(path))


@both_ways
def test_deflated_stream_has_to_end(check: Callable[[Instance], None], tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", DeflatedExplicitVRLittleEndian, size_bytes=200_000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StorageError, match="broken: it is cut short"):
        check(scan(path))


def test_file_that_is_gone_or_got_shorter_is_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    instance = scan(path)
    path.write_bytes(path.read_bytes()[: instance.offset])
    with pytest.raises(StorageError, match=f"ends at byte {instance.offset}"):
        check_complete(instance)
    path.unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        check_complete(instance)
