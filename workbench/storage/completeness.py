"""Tells of a file that is about to be sent whether its data set is all there, so that no half of one is.

The walk of `structure` needs the headers of elements alone: of a file only the pieces that hold them are read, and of a
deflated one all. A data set that ends where one of its elements ends is whole as far as its structure can tell.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import Final, TypeAlias

from workbench.errors import StorageError
from workbench.storage.part10 import Instance, open_to_read
from workbench.storage.rereading import Inflater
from workbench.storage.structure import DEFLATED, Container, StructureCheck
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.fields import Buffer

_PIECE: Final = 64 * 1024

_Read: TypeAlias = Callable[[int], memoryview]  # gives bytes of the data set from an offset on; at least one


def check_complete(instance: Instance, data: Buffer | None = None) -> None:
    """Reads through the structure of a data set. Blocks.

    Of a private transfer syntax nothing is known, and nothing is said.

    Args:
        data: the data set, where it has been read already; otherwise the file is read.

    Raises:
        StorageError: it is cut short or broken, which the text says with the place; or the file cannot be read.
    """
    try:
        if data is None:
            with _opened(instance) as read:
                problem = _problem(instance, read)
        else:
            view = memoryview(data)
            problem = _problem(instance, lambda offset: view[offset:])
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=instance.path) from error
    if problem:
        raise StorageError(problem, path=instance.path)


@contextmanager
def _opened(instance: Instance) -> Iterator[_Read]:
    buffer = memoryview(bytearray(min(_PIECE, instance.length)))
    with FileIO(open_to_read(instance.path)) as file:

        def read(offset: int) -> memoryview:
            file.seek(instance.offset + offset)
            count = file.readinto(buffer[: instance.length - offset])
            if not count:
                raise StorageError(f"ends at byte {instance.offset + offset}", path=instance.path)
            return buffer[:count]

        yield read


def _problem(instance: Instance, read: _Read) -> str:
    """Gives what is wrong, empty for nothing."""
    if instance.transfer_syntax_uid in DEFLATED:
        return _problem_of_deflated(instance, read)
    walk = _walk(_SkippingWalk, instance, read)
    if walk.problem is None and (place := walk.place):
        if walk.is_in_value:  # walked again, to name its element, which is not worth the time for all the others
            place = _walk(_NamingWalk, instance, read).place
        return f"the data set ends at byte {instance.length}, within {place}"
    return _verdict(walk)


def _verdict(walk: StructureCheck) -> str:
    """Gives what is wrong when all was fed: a data set that ends before its UIDs is none, whole or not."""
    problem = walk.finish()
    if problem is not None or walk.is_opaque:
        return "" if problem is None else problem.comment
    return "" if walk.sop_class_uid and walk.sop_instance_uid else "the data set lacks its SOP Class or Instance UID"


def _problem_of_deflated(instance: Instance, read: _Read) -> str:
    check = StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN)
    inflater = Inflater(check)
    offset = 0
    try:
        while offset < instance.length:
            piece = read(offset)
            offset += len(piece)
            inflater.feed(piece)
        inflater.finish()
    except zlib.error as error:
        return f"the deflated data set of {instance.length} bytes is broken: {error}"
    return _verdict(check)


class _SkippingWalk(StructureCheck):
    """The walk that passes over values without their bytes."""

    def pass_value(self, most: int) -> int:
        """Passes over what is still to come of a value, up to so many bytes, and gives how many they were."""
        count = max(0, min(self._next - self._received, most))
        self._received += count
        return count

    @property
    def is_in_value(self) -> bool:
        """Whether what was passed so far ends within a value."""
        return self._next > self._received

    @property
    def place(self) -> str:
        """Gives within what it ends, empty when it may end here."""
        if self.is_opaque or self._received == 0:
            return ""
        if self._next < self._received:
            return f"the element that begins at byte {self._next}"
        open_ones = [each for each in self._stack if each.end != self._next]
        return f"a {open_ones[-1].kind.value}" if len(open_ones) > 1 or self.is_in_value else ""


class _NamingWalk(_SkippingWalk):
    """The same, slower, with the name of the element that it is in."""

    _tag = 0

    @property
    def place(self) -> str:
        """Gives the element within which it ends."""
        return f"({self._tag >> 16:04X},{self._tag & 0xFFFF:04X})"

    def _pass_plain(self, view: memoryview, position: int, base: int, container: Container) -> int:
        return position

    def _read_header(
        self, view: memoryview, position: int, offset: int, container: Container
    ) -> tuple[int, bytes, int, int] | None:
        read = super()._read_header(view, position, offset, container)
        if read is not None:
            self._tag = read[0]
        return read


def _walk(kind: type[_SkippingWalk], instance: Instance, read: _Read) -> _SkippingWalk:
    walk = kind(instance.transfer_syntax_uid)
    offset = 0
    while offset < instance.length and walk.problem is None and not walk.is_opaque:
        offset += walk.pass_value(instance.length - offset)
        if offset < instance.length:
            piece = read(offset)
            offset += len(piece)
            walk.feed(piece)
    return walk
