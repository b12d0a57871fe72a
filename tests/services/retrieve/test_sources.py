"""Data sets of archived instances, made ready to be sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.retrieve.archives import Archive, cts
from tests.support.instances import data_set_bytes, make_instance
from workbench.services.encoding import decode_data_set
from workbench.services.retrieve.sources import converted, make_ready
from workbench.services.storage.datasets import ConvertedDataSet
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan
from workbench.storage.reading import SMALL
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


def test_small_ones_are_read_and_large_ones_are_not(tmp_path: Path) -> None:
    large = make_instance(tmp_path, "CT", size_bytes=SMALL + 1)
    small = make_instance(tmp_path, "CT")
    first, second = make_ready(Archive([large, small]).held)
    assert first.instance is not None
    assert first.data is None
    assert second.data is not None
    assert bytes(second.data) == data_set_bytes(small)
    assert second.source is second.data


def test_a_file_that_is_gone_or_another_one_is_a_problem_of_its_own(tmp_path: Path) -> None:
    held = cts(tmp_path, 3).held
    Path(held[0].path).unlink()
    moved = replace(held[1], path=held[2].path)
    gone, other, good = make_ready([held[0], moved, held[2]])
    assert gone.problem.startswith("the file cannot be read")
    assert other.problem == "the file holds another instance than the index says"
    assert (good.problem, good.instance) == ("", scan(held[2].path))


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
async def test_large_and_small_are_converted(tmp_path: Path, syntax: str) -> None:
    paths = [make_instance(tmp_path, "CT", size_bytes=size) for size in (1000, SMALL + 1)]
    small, large = (converted(ready, syntax) for ready in make_ready(Archive(paths).held))
    assert isinstance(small, memoryview)
    assert isinstance(large, ConvertedDataSet)
    chunks = [bytes(chunk) async for chunk in large.chunks(100_000)]
    assert sum(map(len, chunks)) == large.length
    assert {len(chunk) for chunk in chunks[:-1]} == {100_000}
    for path, data in zip(paths, (bytes(small), b"".join(chunks)), strict=True):
        assert decode_data_set(data, syntax).SOPInstanceUID == scan(path).sop_instance_uid
    large.close()


def test_a_file_that_was_cut_since_it_was_indexed_is_a_problem(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=10_000)
    with InstanceIndex.open(tmp_path) as index:
        held = list(index.instances())
        data = path.read_bytes()
        path.write_bytes(data[: data.index(b"\xe0\x7f\x10\x00")])  # where an element ends: its structure is sound
        (cut,) = make_ready(held)
    assert cut.instance is None
    assert "when it was indexed" in cut.problem
