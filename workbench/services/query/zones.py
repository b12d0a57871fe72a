"""Dates and times of matches told in the timezone of the request (PS3.4 C.4.1.1.3, C.5.1.1)."""

from collections.abc import Callable, Sequence

from pydicom.datadict import keyword_for_tag, tag_for_keyword

from workbench.storage.matching import time_of
from workbench.storage.ranges import local_offset, moved, normal_form, offset_minutes

Move = Callable[[Sequence[str | None]], Sequence[str | None]]
"""Gives a row with its dates and times moved."""


def mover(
    zone: str, columns: Sequence[tuple[int, str]], place_of: Callable[[int], int], *, archive_offset: str = ""
) -> Move:
    """Gives what moves the rows of a search to a zone.

    A date moves together with its time only: alone, neither tells by how much the other would change.

    Args:
        columns: tag and VR of what is returned.
        place_of: gives the place of a tag in a row; asked for a date or time that is not returned, adds it.
        archive_offset: the offset from UTC of stored dates and times, empty for that of this system.
    """
    minutes = offset_minutes(zone) - offset_minutes(archive_offset or local_offset())
    dates = {tag if vr == "DA" else _date_of(tag) for tag, vr in columns if vr in ("DA", "TM")}
    pairs = [(place_of(date), place_of(time_of(date))) for date in sorted(dates) if date and time_of(date)]
    moments = [place_of(tag) for tag, vr in columns if vr == "DT"]

    def move(row: Sequence[str | None]) -> Sequence[str | None]:
        values = list(row)
        for date_place, time_place in pairs:
            date, time = normal_form("DA", row[date_place] or ""), normal_form("TM", row[time_place] or "")
            if date and time:
                moment = moved(date + time, minutes)
                values[date_place], values[time_place] = moment[:8], moment[8:]
        for place in moments:
            moment = normal_form("DT", row[place] or "") or ""
            if len(moment) >= 10 and not set(moment) & set("+-"):
                values[place] = moved(moment, minutes)
        return values

    return move if minutes else list


def _date_of(tag: int) -> int:
    keyword = keyword_for_tag(tag)
    return (tag_for_keyword(keyword[:-4] + "Date") or 0) if keyword.endswith("Time") else 0
