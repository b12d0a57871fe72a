"""The Modality Worklist as SCU: what is scheduled for a station and a day (PS3.4 K.4.1.2)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from workbench.net.association import Association
from workbench.services.query.find import FindResult, find, find_contexts
from workbench.services.query.models import MODALITY_WORKLIST
from workbench.services.worklist.entries import WorklistEntry
from workbench.services.worklist.items import entry_of, identifier

WORKLIST_CONTEXTS: Final = find_contexts((MODALITY_WORKLIST,))
"""The contexts of an association that asks for worklists."""

Days = date | tuple[date | None, date | None]
"""A day, or the first and the last one of a range, of which either may be open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """What an SCP answered.

    Attributes:
        entries: what it sent, as far as it is understood; `entries.problems` tells what is wrong with one.
        is_complete: the SCP supports all keys that were asked for (no FF01H).
        result: how the query ended.
    """

    entries: tuple[WorklistEntry, ...]
    is_complete: bool
    result: FindResult

    @property
    def reason(self) -> str:
        """How it ended, a sentence."""
        return self.result.reason


async def query_worklist(
    association: Association,
    *,
    station: str = "",
    days: Days | None = None,
    modality: str = "",
    limit: int | None = None,
    **conditions: str,
) -> Worklist:
    """Asks for the entries of a worklist.

    Args:
        station: Scheduled Station AE Title; empty for every station.
        days: when the steps start; None for any day.
        modality: such as CT; empty for all.
        limit: entries after which the query is cancelled.
        conditions: further keys to match, by the names of the fields of `WorklistEntry`, such as patient_name="DOE*".

    Raises:
        NoAcceptedContext: the peer has no worklist.
        DataSetError: the answer, or what is asked for, cannot be read.
        AssociationError, TransportError: the association ended first.
    """
    keys = {"scheduled_station_ae_titles": station, "start_date": _range(days), "modality": modality, **conditions}
    entries: list[WorklistEntry] = []
    is_complete = True
    async with find(association, MODALITY_WORKLIST, identifier(keys), limit=limit) as query:
        async for match in query:
            entries.append(entry_of(match.data_set))
            is_complete = is_complete and match.is_complete
    assert query.result is not None
    return Worklist(entries=tuple(entries), is_complete=is_complete, result=query.result)


def _range(days: Days | None) -> str:
    if days is None:
        return ""
    if isinstance(days, date):
        return days.strftime("%Y%m%d")
    first, last = ("" if day is None else day.strftime("%Y%m%d") for day in days)
    return f"{first}-{last}" if first or last else ""
