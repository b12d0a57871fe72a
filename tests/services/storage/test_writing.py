"""How received objects are written."""

import zlib

import pytest

from tests.services.storage import laid_out
from workbench.errors import DataSetError, StorageError
from workbench.services.storage.writing import Rewriting, mapped
from workbench.services.transcoding.layout import Layout
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

PRIVATE = "1.2.3.4.99"


def written(rewriting: Rewriting, data: bytes, transfer_syntax_uid: str = EXPLICIT_VR_LITTLE_ENDIAN) -> bytes:
    pieces = bytearray()

    def write(buffers: object) -> None:
        for each in buffers:  # type: ignore[attr-defined]
            pieces.extend(each)

    rewriting.rewrite(data, transfer_syntax_uid, write, before=0)
    return bytes(pieces)


def test_nothing_is_encoded_anew_unless_asked_for() -> None:
    assert not Rewriting().is_needed(EXPLICIT_VR_LITTLE_ENDIAN)
    assert not Rewriting(bare=True).is_needed(PRIVATE)
    assert not Rewriting(transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN).is_needed(EXPLICIT_VR_LITTLE_ENDIAN)
    assert Rewriting(transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN).is_needed(IMPLICIT_VR_LITTLE_ENDIAN)
    assert Rewriting(layout=Layout()).is_needed(EXPLICIT_VR_LITTLE_ENDIAN)
    assert Rewriting(convert_un=True).is_needed(EXPLICIT_VR_LITTLE_ENDIAN)


def test_deflated_and_back() -> None:
    plain = written(Rewriting(layout=Layout()), laid_out.data_set())
    sizes = []
    for level in (0, 9):
        deflating = Rewriting(transfer_syntax_uid=DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, deflate_level=level)
        deflated = written(deflating, laid_out.data_set())
        assert len(deflated) % 2 == 0
        sizes.append(len(deflated))
        assert zlib.decompress(deflated, -zlib.MAX_WBITS) == plain
        inflating = Rewriting(transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN)
        assert written(inflating, deflated, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN) == plain
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(
    ("data", "syntax", "problem"),
    [
        (b"\xff" * 9, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "is broken"),
        (zlib.compress(b"x" * 90, wbits=-15)[:-2], DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "cut short"),
        (laid_out.data_set(), PRIVATE, "unknown encoding"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, syntax: str, problem: str) -> None:
    with pytest.raises(DataSetError, match=problem):
        written(Rewriting(layout=Layout()), data, syntax)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.services.storage.writing.INFLATED", 2**20)
    bomb = zlib.compress(bytes(2**24), 9, wbits=-15)
    with pytest.raises(DataSetError, match="inflates to over"):
        written(Rewriting(layout=Layout()), bomb, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)


def test_a_file_that_is_gone_cannot_be_mapped() -> None:
    with pytest.raises(StorageError, match="cannot be read again"):
        mapped("/nonexistent/file", 0)
