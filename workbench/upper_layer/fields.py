"""Reading and writing the fields of a PDU: each is named as it is read, and what was read where can be noted.

The decoder and the display of a PDU are the same code: given a Span to fill, a Reader notes each field with its name,
its bytes and its value. Lengths are checked against the rest of the parent before anything is read, so no length on the
wire can make us allocate or look beyond the frame. All offsets count from the PDU's first byte.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from workbench.errors import LocalProtocolError, PduError

Buffer = bytes | bytearray | memoryview
SpanValue = int | str | bytes | None


@dataclass(slots=True)
class Span:
    """A named range of bytes, `start` included and `end` excluded; its children tile it without gap or overlap.

    Built by a decoder while it reads, hence not frozen. `value` is None where the children say it all.
    """

    name: str
    start: int
    end: int
    value: SpanValue = None
    children: list["Span"] = field(default_factory=list)


class Reader:
    """Reads the fields of one PDU, item or sub-item from its start to its end.

    Args (of the constructor):
        data: the whole PDU, so that offsets are the same at every depth. name: what is being read, for messages.
        start, end: the part of `data` to read. `end` may lie behind the last byte of `data`, when only the start of a
        PDU
            was kept: numbers beyond what is there raise, text and bytes come out cut short.
        span: the node whose children are to be noted, or None.
    """

    __slots__ = ("_data", "at", "end", "name", "span", "version")

    def __init__(
        self, data: Buffer, name: str, *, start: int = 0, end: int | None = None, span: Span | None = None
    ) -> None:
        self._data = data
        self.span = span
        self.name = name
        self.at = start
        self.end = len(data) if end is None else end
        self.version = 0  # the second byte of the item being read

    @property
    def remaining(self) -> int:
        """Bytes not read yet."""
        return self.end - self.at

    def uint(self, size: int, name: str) -> int:
        """The next `size` bytes as an unsigned big-endian number (PS3.8 9.3.1)."""
        chunk = self._take(size, name)
        if len(chunk) < size:
            raise PduError(name, self.at - size, "the PDU was cut off here")
        value = int.from_bytes(chunk, "big")
        self._note(name, size, value)
        return value

    def text(self, size: int, name: str) -> str:
        """The next `size` bytes as Latin-1, which never fails: titles and UIDs are judged by their users."""
        value = bytes(self._take(size, name)).decode("latin-1")
        self._note(name, size, value)
        return value

    def uid(self, size: int, name: str) -> str:
        """The next `size` bytes as a UID: sent unpadded (PS3.8 Annex F), yet padding with NUL or space is forgiven."""
        return self.text(size, name).rstrip("\0 ")

    def raw(self, size: int, name: str) -> bytes:
        """The next `size` bytes as they are."""
        value = bytes(self._take(size, name))
        self._note(name, size, value)
        return value

    def reserved(self, size: int) -> None:
        """Skips bytes that are sent as 00H and not tested (PS3.8 9.3.1)."""
        self.raw(size, "Reserved")

    def sub(self, size: int, name: str) -> "Reader":
        """A reader of the next `size` bytes, as a child; this reader goes on behind them."""
        self._check(size, name)
        reader = Reader(self._data, name, start=self.at, end=self.at + size, span=self._open(name, self.at + size))
        self.at += size
        return reader

    def child(self, name: str) -> "Reader":
        """A reader from here on, as a child whose end is not known yet: `limit` sets it."""
        return Reader(self._data, name, start=self.at, end=self.end, span=self._open(name, self.end))

    def limit(self, child: "Reader", length: int, size: int) -> None:
        """Ends `child` after `length` more bytes, as its length field of `size` bytes said; goes on behind it.

        Raises:
            PduError: the child does not fit into what is left of its parent.
        """
        if length > child.remaining:
            problem = f"{length} bytes announced for {child.name}, {child.remaining} left in {self.name}"
            raise PduError("Item-length", child.at - size, problem)
        self.at = child.end = child.at + length
        if child.span is not None:
            child.span.end = child.end

    def item(self, names: Mapping[int, str], *, versioned: Container[int] = ()) -> tuple[int, "Reader"]:
        """The type of the next item and a reader of its content (PS3.8 9.3.2.1 to 9.3.2.3).

        Args:
            names: item type -> name; an item of any other type is called unknown and read all the same.
            versioned: the types whose second byte is a version; in all others it is reserved.
        """
        item = self.child("Item")
        item_type = item.uint(1, "Item-type")
        item.name = names.get(item_type, f"Unknown item {item_type:02X}H")
        if item.span is not None:
            item.span.name = item.name
        item.version = item.uint(1, "Sub-item-version" if item_type in versioned else "Reserved")
        self.limit(item, item.uint(2, "Item-length"), 2)
        return item_type, item

    def finish(self) -> None:
        """Raises PduError when bytes are left over."""
        if self.remaining:
            raise PduError(self.name, self.at, f"{self.remaining} bytes left over")

    def _check(self, size: int, name: str) -> None:
        if size > self.end - self.at:
            raise PduError(name, self.at, f"needs {size} bytes, {self.end - self.at} left in {self.name}")

    def _take(self, size: int, name: str) -> Buffer:
        self._check(size, name)
        start = self.at
        self.at += size
        return self._data[start : self.at]

    def _open(self, name: str, end: int) -> Span | None:
        if self.span is None:
            return None
        span = Span(name, self.at, end)
        self.span.children.append(span)
        return span

    def _note(self, name: str, size: int, value: SpanValue) -> None:
        if self.span is not None:
            self.span.children.append(Span(name, self.at - size, self.at, value))


def put_uint(value: int, size: int, name: str) -> bytes:
    """`value` as an unsigned big-endian number; LocalProtocolError when it does not fit."""
    try:
        return value.to_bytes(size, "big")
    except OverflowError:
        raise LocalProtocolError(f"{name}: {value} does not fit into {size} bytes") from None


def put_text(value: str, name: str) -> bytes:
    """`value` as Latin-1, the counterpart of Reader.text; LocalProtocolError for any other character."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise LocalProtocolError(f"{name}: {value!r} holds a character outside ISO 8859-1") from None


def put_item(item_type: int, content: bytes, name: str, *, second_byte: int = 0) -> bytes:
    """One item: its type, a reserved byte (a version in 57H), its length and its content."""
    return bytes((item_type, second_byte)) + put_uint(len(content), 2, f"{name} Item-length") + content
