"""Answers queries from the index of an archive (PS3.4 C.4.1.3, C.6.1, C.6.2, C.6.4).

The search runs in threads, a portion at a time, and the next portion is asked for when the last one was sent: the event
loop never waits for the disk, the first match goes out at once, and memory does not grow with the number of matches.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from pydicom.dataset import Dataset

from workbench.acse.extended import QueryOptions
from workbench.dimse.status import PENDING_WITH_WARNING
from workbench.errors import StatusError, StorageError
from workbench.services.query.find_scp import UNABLE_TO_PROCESS, FindRequest
from workbench.services.query.identifiers import Element, RowEncoder, encode
from workbench.services.query.levels import refusal
from workbench.services.query.models import PATIENT_ID
from workbench.services.query.repository import (
    RECORD_KEY,
    REPOSITORY_KEYS,
    RESPONSE_LIMIT_REACHED,
    Continuation,
)
from workbench.services.query.zones import mover
from workbench.storage.attributes import item_attributes
from workbench.storage.index import InstanceIndex, Level, Row
from workbench.storage.matching import (
    QUERY_RETRIEVE_LEVEL,
    TIMEZONE_OFFSET,
    Condition,
    ReturnKey,
    value_matches,
)

ARCHIVE_OPTIONS: Final = QueryOptions(
    relational=True, date_time=True, fuzzy=True, timezone=True, empty_value=True, multiple_value=True
)
"""What may be granted of extended negotiation where an archive answers."""

RETRIEVE_AE_TITLE: Final = 0x00080054
INSTANCE_AVAILABILITY: Final = 0x00080056

_ONLINE: Final = "ONLINE"  # PS3.4 C.4.1.1.3.2: what is in the archive can be had at once
_FIRST_PORTION: Final = 16
_PORTION: Final = 256


class ArchiveProvider:
    """Searches the index of an archive for an SCP. See `archive_provider`."""

    def __init__(self, index: InstanceIndex, *, retrieve_ae_title: str = "") -> None:
        self._index = index
        self._retrieve_ae_title = retrieve_ae_title

    async def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the matches, encoded."""
        plan = _Plan(request, self._index, self._retrieve_ae_title)
        rows = plan.continuation.cut(self._index.search(plan.level, plan.conditions, plan.searched))
        size = _FIRST_PORTION
        try:
            while not request.is_cancelled:
                portion = await _unless_cancelled(request, partial(_take, rows, size, plan.encode))
                for match in portion:
                    yield match
                if len(portion) < size:
                    break
                size = _PORTION
        except StorageError as error:
            raise StatusError(UNABLE_TO_PROCESS, str(error)) from error
        if plan.continuation.is_cut:
            request.final_status = RESPONSE_LIMIT_REACHED


def archive_provider(index: InstanceIndex, *, retrieve_ae_title: str = "") -> ArchiveProvider:
    """Gives a provider that answers from the index of an archive.

    Args:
        retrieve_ae_title: told in each match as where to retrieve from, if not empty (PS3.4 C.4.1.1.3.2).
    """
    return ArchiveProvider(index, retrieve_ae_title=retrieve_ae_title)


class _Column(NamedTuple):
    """What is returned of a row: at which place it is, and for a sequence, what of its items."""

    key: ReturnKey
    place: int
    conditions: tuple[Condition, ...] = ()


class _Plan:
    """How one query is searched and how its rows are encoded.

    Attributes:
        conditions: what the index is asked for.
        searched: the tags that it is asked to give.
        encode: makes a response of a row.
    """

    def __init__(self, request: FindRequest, index: InstanceIndex, retrieve_ae_title: str) -> None:
        identifier = request.identifier
        self.level = Level[identifier.level]
        self.searched: list[int] = []
        self.continuation = Continuation.of(request)
        own = REPOSITORY_KEYS if self.continuation.is_repository else frozenset()
        self.conditions = [each for each in identifier.conditions if each.tag not in own]
        self._request = request
        self._supported = index.supported(self.level) | own
        self._check_conditions(index.supported(Level.IMAGE))
        self._fixed = self._fixed_elements(retrieve_ae_title)
        self._columns = self._choose_columns()
        self.encode = self._encoder()

    def _check_conditions(self, known: frozenset[int]) -> None:
        """Refuses what only a relational query may ask: keys of levels below (PS3.4 C.4.1.2.1, C.4.1.3.1)."""
        for condition in self.conditions:
            if condition.tag in self._supported:
                continue
            if condition.tag not in known:
                self._request.pending_status = PENDING_WITH_WARNING
            elif not self._request.options.relational:
                raise refusal(condition.tag, f"is of a level below {self._request.identifier.level}")

    def _fixed_elements(self, retrieve_ae_title: str) -> list[Element]:
        identifier = self._request.identifier
        fixed = [Element(QUERY_RETRIEVE_LEVEL, "CS", identifier.level)]
        if retrieve_ae_title:
            fixed.append(Element(RETRIEVE_AE_TITLE, "AE", retrieve_ae_title))
        if any(key.tag == INSTANCE_AVAILABILITY for key in identifier.return_keys):
            fixed.append(Element(INSTANCE_AVAILABILITY, "CS", _ONLINE))
        if identifier.timezone:
            fixed.append(Element(TIMEZONE_OFFSET, "SH", identifier.timezone))
        return fixed

    def _choose_columns(self) -> list[_Column]:
        identifier = self._request.identifier
        unique = self._request.model.unique_keys[identifier.level]
        self.continuation.place = self._place(unique)
        columns = {unique: _Column(ReturnKey(unique, "LO" if unique == PATIENT_ID else "UI"), self._place(unique))}
        fixed = {element.tag for element in self._fixed}
        for key in identifier.return_keys:
            if key.tag in fixed or key.tag in columns:
                continue
            if key.tag not in self._supported:
                self._request.pending_status = PENDING_WITH_WARNING
            elif key.tag == RECORD_KEY:
                columns[key.tag] = _Column(key, self.continuation.place)
            elif key.tag not in REPOSITORY_KEYS:
                condition = identifier.condition(key.tag)
                items = condition.items if condition is not None else ()
                columns[key.tag] = _Column(key, self._place(key.tag), items)
        return list(columns.values())

    def _place(self, tag: int) -> int:
        if tag not in self.searched:
            self.searched.append(tag)
        return self.searched.index(tag)

    def _encoder(self) -> Callable[[Row], bytes]:
        columns, fixed = self._columns, self._fixed
        syntax, charset = self._request.transfer_syntax_uid, self._request.identifier.charset
        zone = self._request.identifier.timezone
        move = mover(zone, [column.key[:2] for column in columns], self._place) if zone else None
        places = [column.place for column in columns]
        encoder = RowEncoder([column.key[:2] for column in columns], syntax, fixed=fixed, charset=charset)
        if any(column.key.vr == "SQ" for column in columns):
            return lambda row: encode((*_elements(columns, move(row) if move else row), *fixed), syntax, charset)
        if move is None and places == list(range(len(self.searched))):
            return encoder.encode
        return lambda row: encoder.encode([(move(row) if move else row)[place] for place in places])


async def _unless_cancelled(request: FindRequest, search: Callable[[], list[bytes]]) -> list[bytes]:
    """Gives what a search in a thread finds; nothing when the request is cancelled before, whatever the thread does."""
    loop = asyncio.get_running_loop()
    cancelled: asyncio.Future[list[bytes]] = loop.create_future()
    request.incoming.on_cancel = lambda: None if cancelled.done() else cancelled.set_result([])
    work = loop.run_in_executor(None, search)
    try:
        await asyncio.wait((work, cancelled), return_when=asyncio.FIRST_COMPLETED)
    finally:
        request.incoming.on_cancel = None
        if not work.done():
            work.add_done_callback(lambda late: late.cancelled() or late.exception())  # nobody waits for it any more
    return work.result() if work.done() else []


def _take(rows: Iterator[Row], size: int, encode_row: Callable[[Row], bytes]) -> list[bytes]:
    return [encode_row(row) for row in islice(rows, size)]


def _elements(columns: Sequence[_Column], row: Sequence[str | None]) -> Iterator[Element]:
    for key, place, conditions in columns:
        value = row[place] or ""
        if key.vr != "SQ":
            yield Element(key.tag, key.vr, value)
        else:
            items: list[dict[str, str]] = json.loads(value or "[]")
            met = (item for item in items if all(_item_meets(each, item) for each in conditions))
            yield Element(key.tag, "SQ", tuple(_item(key, item) for item in met))


def _item_meets(condition: Condition, item: dict[str, str]) -> bool:
    """Whether an item is one that was looked for (PS3.4 C.2.2.2.6); of items within, the index keeps nothing."""
    text = item.get(f"{condition.tag:08X}", "")
    return bool(condition.items) or value_matches(condition, text.split("\\"))


def _item(key: ReturnKey, item: dict[str, str]) -> tuple[Element, ...]:
    keys = key.items or tuple(ReturnKey(tag, vr) for tag, vr in item_attributes(key.tag).items())
    values = ((each, item.get(f"{each.tag:08X}")) for each in keys)
    present = ((each, value) for each, value in values if key.items or value is not None)
    return tuple(Element(each.tag, each.vr, () if each.vr == "SQ" else value or "") for each, value in present)
