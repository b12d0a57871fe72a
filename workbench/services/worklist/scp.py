"""The Modality Worklist as SCP: C-FIND answered from tables and folders (PS3.4 K.4)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol

from pydicom.dataset import Dataset

from workbench.acse.extended import QueryOptions
from workbench.dimse.status import PENDING, PENDING_WITH_WARNING
from workbench.errors import ConfigError, StatusError, StorageError
from workbench.services.offers import Offer
from workbench.services.query.find_scp import OUT_OF_RESOURCES, FindRequest, FindScp
from workbench.services.query.identifiers import encode
from workbench.services.query.models import MODALITY_WORKLIST
from workbench.services.query.projection import project
from workbench.services.worklist.keys import supported_conditions, supports
from workbench.storage.matching import matches

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 32  # items that are looked at before the event loop gets its turn

_OPTIONS: Final = QueryOptions(date_time=True, fuzzy=True)


class WorklistSource(Protocol):
    """Something that has worklist items: a `WorklistTable`, a `WorklistFolder`."""

    def data_sets(self) -> Sequence[Dataset]:
        """Gives the items as they are now; called in threads.

        Raises:
            ConfigError, StorageError: it cannot tell.
        """


class WorklistScp:
    """Answers C-FIND of the Modality Worklist; give `offer` to a server.

    The items of all sources are served, in their order. Each query sees them as they are when it comes. A source that
    cannot be read is logged, and the query answered with A700H: half a worklist looks like a whole one.

    Args:
        options: what is granted of extended negotiation (PS3.4 K.5).
    """

    def __init__(self, *sources: WorklistSource, options: QueryOptions = _OPTIONS) -> None:
        self._sources = sources
        self._options = options

    @property
    def offer(self) -> Offer:
        """What a server needs to serve the worklist."""
        return FindScp((MODALITY_WORKLIST,), self, options=self._options).offer

    async def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the matching items with the keys that are asked for; the provider of `FindScp`."""
        wanted = request.identifier
        for number, item in enumerate(await self._items(), 1):
            conditions = supported_conditions(item, wanted.conditions)
            if matches(item, conditions):
                is_supported = supports(item, wanted.return_keys)
                request.pending_status = PENDING if is_supported else PENDING_WITH_WARNING
                elements = project(item, wanted.return_keys, conditions)
                yield encode(elements, request.transfer_syntax_uid, wanted.charset)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _items(self) -> Sequence[Dataset]:
        try:
            return await asyncio.to_thread(lambda: [item for each in self._sources for item in each.data_sets()])
        except (ConfigError, StorageError) as error:
            _log.warning("! the worklist cannot be read: %s", error)
            raise StatusError(OUT_OF_RESOURCES, "the worklist cannot be read") from error
