"""Data sets of files as sources for an association."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.instances import data_set_bytes, make_instance
from workbench.errors import DataSetError, StorageError
from workbench.services.storage.alterations import Alteration
from workbench.services.storage.datasets import ConvertedDataSet, FileDataSet, Loading, close
from workbench.services.storage.instances import MemoryInstance
from workbench.services.transcoding.conversion import convert_bytes
from workbench.storage.part10 import Instance, scan
from workbench.storage.reading import SMALL
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@pytest.fixture
def large(tmp_path: Path) -> Instance:
    return scan(make_instance(tmp_path, "CT", size_bytes=2 * SMALL))


@pytest.mark.parametrize("size", [10_000, 1 << 20, 1 << 30])
async def test_chunks_are_the_data_set_and_progress_is_told(large: Instance, size: int) -> None:
    told: list[int] = []
    source = FileDataSet(large, progress=told.append)
    chunks = [bytes(chunk) async for chunk in source.chunks(size)]
    assert {len(chunk) for chunk in chunks[:-1]} <= {size}
    assert b"".join(chunks) == data_set_bytes(large.path)
    assert source.length == told[-1] == large.length


async def test_chunk_is_valid_until_the_next_is_asked_for(large: Instance) -> None:
    chunks = FileDataSet(large).chunks(4096)
    first = await anext(chunks)
    kept = bytes(first)
    for _ in range(20):
        await asyncio.sleep(0)
    assert first == kept
    assert bytes(await anext(chunks)) == data_set_bytes(large.path)[4096:8192]
    async for _ in chunks:
        pass


async def test_file_cut_while_it_streams_is_told(large: Instance) -> None:
    chunks = FileDataSet(large).chunks(4096)
    await anext(chunks)
    os.truncate(large.path, large.offset + 20_000)
    with pytest.raises(StorageError, match="bytes too early"):
        async for _ in chunks:
            pass


async def test_small_data_sets_are_in_memory_when_their_turn_comes(tmp_path: Path) -> None:
    paths = [make_instance(tmp_path, modality) for modality in ("MR", "CT", "SR")]
    data_sets = await Loading([scan(path) for path in paths], bytearray(SMALL)).data_sets()
    assert data_sets == [data_set_bytes(path) for path in paths]


async def test_small_data_set_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    instances = [scan(make_instance(tmp_path, modality)) for modality in ("MR", "CT")]
    os.unlink(instances[0].path)
    error, data_set = await Loading(instances, bytearray(SMALL)).data_sets()
    assert isinstance(error, StorageError)
    assert "No such file" in str(error)
    assert data_set == data_set_bytes(instances[1].path)


async def test_large_data_set_is_not_held(large: Instance) -> None:
    (data_set,) = await Loading([large], bytearray()).data_sets()
    assert isinstance(data_set, FileDataSet)


async def test_discarded_loading_complains_about_nothing(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "MR"))
    loading = Loading([instance], bytearray(SMALL))
    await asyncio.to_thread(lambda: None)
    loading.discard()
    Loading([instance], bytearray(SMALL)).discard()
    Loading([], bytearray()).discard()


async def test_what_is_to_be_converted_comes_as_a_source_of_its_own(large: Instance) -> None:
    told: list[int] = []
    loading = Loading(
        [large], bytearray(), progress=told.append, alteration=Alteration(transfer_syntax_uid=EXPLICIT_VR_BIG_ENDIAN)
    )
    (data_set,) = await loading.data_sets()
    assert isinstance(data_set, ConvertedDataSet)
    chunks = [bytes(chunk) async for chunk in data_set.chunks(100_000)]
    assert sum(map(len, chunks)) == data_set.length
    assert told[-1] == large.length  # in proportion to what is known before the conversion
    close(data_set)
    close(data_set)  # again is no harm
    expected = convert_bytes(data_set_bytes(large.path), EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
    assert b"".join(chunks) == expected


async def test_what_cannot_be_converted_is_told(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    lying = replace(instance, transfer_syntax_uid=EXPLICIT_VR_BIG_ENDIAN)
    gone = replace(instance, path=str(tmp_path / "gone"))
    (error,) = await Loading(
        [lying], bytearray(), alteration=Alteration(transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN)
    ).data_sets()
    assert isinstance(error, DataSetError)
    (error,) = await Loading(
        [gone], bytearray(), alteration=Alteration(transfer_syntax_uid=IMPLICIT_VR_LITTLE_ENDIAN)
    ).data_sets()
    assert isinstance(error, StorageError)


async def test_discarded_conversion_closes_its_file_whenever_it_is_done(large: Instance) -> None:
    loading = Loading([large], bytearray(), alteration=Alteration(transfer_syntax_uid=EXPLICIT_VR_BIG_ENDIAN))
    (data_set,) = await loading.data_sets()
    loading.discard()
    await asyncio.sleep(0)
    assert isinstance(data_set, ConvertedDataSet)
    with pytest.raises(ValueError, match="closed"):
        await anext(data_set.chunks(10))
    Loading([large], bytearray(), alteration=Alteration(transfer_syntax_uid=EXPLICIT_VR_BIG_ENDIAN)).discard()
    await asyncio.get_running_loop().shutdown_default_executor()


async def test_instances_in_memory_are_handed_on_as_they_are(tmp_path: Path) -> None:
    instance = scan(make_instance(tmp_path, "CT"))
    held = [
        MemoryInstance(
            sop_class_uid=instance.sop_class_uid,
            sop_instance_uid=instance.sop_instance_uid,
            transfer_syntax_uid=instance.transfer_syntax_uid,
            data=data,
        )
        for data in (b"12", bytes(2 * SMALL))
    ]
    small, from_file = await Loading([held[0], instance], bytearray(SMALL)).data_sets()
    assert small is held[0].data
    assert from_file == data_set_bytes(instance.path)
    (large_one,) = await Loading(held[1:], bytearray()).data_sets()
    assert large_one is held[1].data


async def test_converted_file_that_ends_too_early_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(b"1234")
    with path.open("rb") as file:
        source = ConvertedDataSet(file, 6)
        with pytest.raises(StorageError, match="ends too early"):
            _ = [chunk async for chunk in source.chunks(4)]
