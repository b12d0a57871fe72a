"""What crossed the wire or lies in a file, as lines that show how it is encoded and hide what is always new."""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from workbench.dimse.messages import Message
from workbench.upper_layer.pdu import AssociateRq

ROOT = "1.2.826.0.1.3680043.10.777"
"""The UIDs of the objects of these tests begin with it."""

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"

_LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
_SEQUENCES = {(0x0008, 0x1140), (0x0040, 0xA730), (0x0040, 0x0100)}  # in implicit VR nothing else tells them
_UIDS = {(0x0008, 0x0016), (0x0008, 0x0018), (0x0020, 0x000D), (0x0020, 0x000E)}
_SHOWN = 40  # bytes of a value
_FRESH_UID = re.compile(
    rf"(?<=_PN_)\d+|(?<=\b[PS]ID_)\d+|(?<!\d)(?<!\d\.)(?!1\.2\.840\.10008\.|{re.escape(ROOT)}\.)(?:2\.25\.\d{{20,}}|[0-2](?:\.\d+){{4,}})(?![\d.])"
)
_FRESH = (
    (re.compile(r"(?<!\d)(?:\d{8}_\d{9}|\d{14}\.\d{6}|\d{17}(?:_\d{4})?)(?!\d)"), "<time>"),
    (re.compile(r"\b\d{4}[-/]\d{2}[-/]\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?"), "<time>"),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4}\b"), "<time>"),
    (re.compile(r"undef/\d{8}"), "undef/<date>"),
    (re.compile(r"_[0-9a-f]{16}\b"), "_<hex>"),
    (re.compile(r"\b\d+(?:\.\d+)? (ms|s|MB/s|MB|seconds)\b"), r"<number> \1"),
    (re.compile(r"(?<![\w.])(?:127\.0\.0\.1|\[?::1\]?|\[::ffff:127\.0\.0\.1\]|localhost):\d+"), "<address>"),
    (re.compile(r"\bport \d+"), "port <port>"),
    (re.compile(r"\blistening on \S+"), "listening on <address>"),
)


class Names:
    """Gives what is fresh each time the same name each time: folders, ports, times, UIDs in the order they appear."""

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        self._places = sorted(places, key=lambda place: -len(place[0]))
        self._uids: dict[str, str] = {}

    def fixed(self, text: str) -> str:
        """Gives the text with such names."""
        for place, name in self._places:
            text = text.replace(place, name)
        text = _FRESH_UID.sub(lambda found: self._uids.setdefault(found[0], f"<uid {len(self._uids) + 1}>"), text)
        for pattern, name in _FRESH:
            text = pattern.sub(name, text)
        return text


def request_lines(request: AssociateRq) -> list[str]:
    """Gives the parts of an A-ASSOCIATE-RQ."""
    return [
        f"  called {request.called_ae_title} calling {request.calling_ae_title}",
        *(
            f"  {each.context_id}: {each.abstract_syntax} {each.transfer_syntaxes}"
            for each in request.presentation_contexts
        ),
        *(f"  {item}" for item in request.user_information),
    ]


def message_line(message: Message) -> str:
    """Gives the elements of a command that are there."""
    values = ((field.name, getattr(message, field.name)) for field in fields(message))
    return f"{message.NAME} " + " ".join(f"{name}={value!r}" for name, value in values if value is not None)


def file_lines(path: Path) -> list[str]:
    """Gives what a file holds: a Part 10 file element by element, text as it is, anything else as its beginning."""
    data = path.read_bytes()
    if data[128:132] == b"DICM":
        meta_end = 144 + int.from_bytes(data[140:144], "little")
        meta = list(_Elements(data[:meta_end], EXPLICIT).lines(132, meta_end))
        (syntax,) = re.findall(r"0002,0010 UI b'([0-9.]+)", "\n".join(meta))
        return [*meta, *data_set_lines(data[meta_end:], syntax)]
    try:
        return data.decode().splitlines()
    except UnicodeDecodeError:
        return [f"{len(data)} bytes: {data[:16].hex()}", *data_set_lines(data, _guess(data))]


def data_set_lines(data: bytes, syntax: str) -> list[str]:
    """Gives the elements of a data set as they are encoded: tag, VR, length, beginning of the value."""
    lines = [f"{syntax}"]
    if syntax == DEFLATED:
        lines.append(f"deflated: {len(data)} bytes")
        try:
            data = zlib.decompress(data, -15)
        except zlib.error as error:
            return [*lines, f"cannot be inflated: {error}"]
    try:
        return lines + list(_Elements(data, syntax).lines(0, len(data)))
    except (struct.error, UnicodeDecodeError):
        return [*lines, f"no data set: {data[:_SHOWN].hex()}"]


def _value(tag: tuple[int, int], vr: str, value: bytes) -> str:
    if vr == "UI" or tag in _UIDS:  # a fresh one is not always as long
        return repr(value.rstrip(b"\0"))
    if tag == (0x0002, 0x0000):  # so is what holds it
        return str(len(value))
    return f"{len(value)} {value[:_SHOWN]!r}"


def _guess(data: bytes) -> str:
    if not re.fullmatch(rb"[A-Z]{2}", data[4:6]):
        return IMPLICIT
    return EXPLICIT if data[1] == 0 else BIG_ENDIAN


class _Elements:
    def __init__(self, data: bytes, syntax: str) -> None:
        self._data = data
        self._order = ">" if syntax == BIG_ENDIAN else "<"
        self._is_explicit = syntax != IMPLICIT

    def lines(self, at: int, end: int) -> Iterator[str]:
        """Gives a line for each element between two places."""
        for text, _ in self._elements(at, end, 0):
            yield text

    def _elements(self, at: int, end: int, depth: int) -> Iterator[tuple[str, int]]:
        while at < end:
            tag, vr, length, at = self._header(at)
            text = f"{' ' * depth}{tag[0]:04X},{tag[1]:04X} {vr}"
            if tag in (_ITEM_END, _SEQUENCE_END):
                yield text, at
                return
            is_nested = vr == "SQ" or tag == _ITEM or tag in _SEQUENCES or length == _UNDEFINED
            if is_nested and not (vr in ("OB", "OW", "UN") or (tag == _ITEM and length == 0)):
                yield f"{text} {'undefined' if length == _UNDEFINED else length}", at
                for line, after in self._elements(at, end if length == _UNDEFINED else at + length, depth + 1):
                    at = after
                    yield line, after
            elif length == _UNDEFINED:
                yield f"{text} undefined {self._data[at : at + _SHOWN]!r}", end
                return
            else:
                yield f"{text} {_value(tag, vr, self._data[at : at + length])}", at + length
                at += length

    def _header(self, at: int) -> tuple[tuple[int, int], str, int, int]:
        tag = struct.unpack_from(f"{self._order}HH", self._data, at)
        if self._is_explicit and tag[0] != 0xFFFE:
            vr = self._data[at + 4 : at + 6].decode("ascii")
            if vr in _LONG_VRS:
                return tag, vr, struct.unpack_from(f"{self._order}L", self._data, at + 8)[0], at + 12
            return tag, vr, struct.unpack_from(f"{self._order}H", self._data, at + 6)[0], at + 8
        return tag, "--", struct.unpack_from(f"{self._order}L", self._data, at + 4)[0], at + 8
