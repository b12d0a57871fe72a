"""Values of command elements on the wire, by value representation (PS3.5 6.2; PS3.7 6.3.1).

A writer gives the whole element, in implicit VR little endian, and nothing for a value that is None. A reader gives
the value that lies between two offsets of a command set, at least one byte, or None where all of it is padding.
"""

from collections.abc import Callable, Mapping
from struct import Struct
from types import MappingProxyType
from typing import Any, Final

from workbench.dimse.elements import BY_NUMBER
from workbench.errors import CommandSetError, LocalProtocolError

Value = int | str | tuple[int, ...]

HEADER: Final = Struct("<HHL")
"""Group, element number and length of the value."""

_US_ELEMENT: Final = Struct("<HHLH")
_UL_ELEMENT: Final = Struct("<HHLL")
_AT_VALUE: Final = Struct("<HH")
_ERROR_COMMENT_LIMIT: Final = 64  # PS3.5 Table 6.2-1, LO
_AE_TITLE_LIMIT: Final = 16  # PS3.5 Table 6.2-1, AE


def _write_us(number: int, value: int | None) -> bytes:
    return b"" if value is None else _US_ELEMENT.pack(0, number, 2, value)


def _write_ui(number: int, value: str | None) -> bytes:
    if value is None:
        return b""
    encoded = value.encode("latin-1")
    if len(encoded) & 1:
        encoded += b"\0"
    return HEADER.pack(0, number, len(encoded)) + encoded


def _write_ae(number: int, value: str | None) -> bytes:
    if value is None:
        return b""
    if len(value) > _AE_TITLE_LIMIT:
        raise LocalProtocolError(f"{BY_NUMBER[number].name}: {value!r} has more than {_AE_TITLE_LIMIT} characters")
    encoded = value.encode("latin-1")
    if len(encoded) & 1:
        encoded += b" "
    return HEADER.pack(0, number, len(encoded)) + encoded


def _write_lo(number: int, value: str | None) -> bytes:
    if value is None:
        return b""
    # PS3.5 6.1.2.1: the default repertoire; a backslash would begin a second value.
    printable = "".join(mark if " " <= mark <= "~" and mark != "\\" else "?" for mark in value[:_ERROR_COMMENT_LIMIT])
    encoded = printable.encode("ascii")
    if len(encoded) & 1:
        encoded += b" "
    return HEADER.pack(0, number, len(encoded)) + encoded


def _write_at(number: int, value: tuple[int, ...] | None) -> bytes:
    if value is None:
        return b""
    encoded = b"".join(_AT_VALUE.pack(tag >> 16, tag & 0xFFFF) for tag in value)
    return HEADER.pack(0, number, len(encoded)) + encoded


def _write_ul(number: int, value: int | None) -> bytes:
    return b"" if value is None else _UL_ELEMENT.pack(0, number, 4, value)


def _read_us(raw: bytes, start: int, end: int) -> int:
    if end - start != 2:
        raise _wrong_size(raw, start, end, "2")
    return raw[start] | raw[start + 1] << 8


def _read_ul(raw: bytes, start: int, end: int) -> int:
    if end - start != 4:
        raise _wrong_size(raw, start, end, "4")
    return int.from_bytes(raw[start:end], "little")


def _read_ui(raw: bytes, start: int, end: int) -> str | None:
    return raw[start:end].rstrip(b"\0 ").decode("latin-1") or None


def _read_ae(raw: bytes, start: int, end: int) -> str | None:
    return raw[start:end].strip(b"\0 ").decode("latin-1") or None


def _read_at(raw: bytes, start: int, end: int) -> tuple[int, ...]:
    if (end - start) % _AT_VALUE.size:
        raise _wrong_size(raw, start, end, "a multiple of 4")
    return tuple(group << 16 | element for group, element in _AT_VALUE.iter_unpack(raw[start:end]))


def _wrong_size(raw: bytes, start: int, end: int, right: str) -> CommandSetError:
    row = BY_NUMBER[HEADER.unpack_from(raw, start - HEADER.size)[1]]
    return CommandSetError(row.name, start - 4, f"length {end - start} is not {right}")


WRITERS: Final[Mapping[str, Callable[[int, Any], bytes]]] = MappingProxyType(
    {"UL": _write_ul, "US": _write_us, "UI": _write_ui, "AE": _write_ae, "LO": _write_lo, "AT": _write_at}
)
READERS: Final[Mapping[str, Callable[[bytes, int, int], Value | None]]] = MappingProxyType(
    {"UL": _read_ul, "US": _read_us, "UI": _read_ui, "AE": _read_ae, "LO": _read_ae, "AT": _read_at}
)
