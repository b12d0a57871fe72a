"""Answers queries from data sets in memory: worklists, protocols, templates, palettes and whatever is not many."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

from pydicom.dataset import Dataset

from workbench.services.query.find_scp import FindRequest, Provider
from workbench.services.query.identifiers import Element, encode
from workbench.services.query.projection import project, whole
from workbench.storage.matching import QUERY_RETRIEVE_LEVEL, matches

Source = Iterable[Dataset] | Callable[[FindRequest], Iterable[Dataset]]
"""The data sets, or what gives them for each query."""

_AT_ONCE: Final = 32  # data sets that are looked at before the event loop gets its turn


def data_set_provider(source: Source, *, is_projected: bool = True) -> Provider:
    """Gives a provider that answers from data sets, in their order.

    Dates and times are told as they stand there: do not grant timezone query adjustment with it.

    Args:
        source: what is searched; a collection is looked at anew in each query, so that it may change in between.
        is_projected: answer with the keys of the request only, not with all that a data set has.
    """
    return _DataSets(source, is_projected)


class _DataSets:
    def __init__(self, source: Source, is_projected: bool) -> None:
        self._source = source
        self._is_projected = is_projected

    async def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the matches, encoded."""
        identifier = request.identifier
        level = (Element(QUERY_RETRIEVE_LEVEL, "CS", identifier.level),) if request.model.levels else ()
        data_sets = self._source(request) if callable(self._source) else self._source
        for number, data_set in enumerate(tuple(data_sets), 1):
            if matches(data_set, identifier.conditions):
                if self._is_projected:
                    elements = project(data_set, identifier.return_keys, identifier.conditions)
                else:
                    elements = whole(data_set)
                yield encode((*elements, *level), request.transfer_syntax_uid, identifier.charset)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
