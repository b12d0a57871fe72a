"""Renames the files of a transfer by what became of them, so that the next one takes only those that are left."""

import os
from collections.abc import Iterable
from typing import Final, NamedTuple

from workbench.services.storage.outcomes import Outcome

DONE: Final = ".done"
BAD: Final = ".bad"


class Renamed(NamedTuple):
    """A file that was renamed, or why it could not be; `problem` is empty when it was."""

    before: str
    after: str
    problem: str = ""


def rename_sent(outcomes: Iterable[Outcome | None], unreadable: Iterable[str] = ()) -> list[Renamed]:
    """Appends `.done` to the names of files that the peer has, and `.bad` to those that failed. Blocks.

    A file that was sent several times is done when it was acknowledged each time. Those that were not sent keep their
    names.

    Args:
        unreadable: files that failed before they could be sent.
    """
    is_done: dict[str, bool] = dict.fromkeys(unreadable, False)
    unsent = set()
    for outcome in outcomes:
        if outcome is None or not outcome.instance.path:
            continue
        path = outcome.instance.path
        if outcome.state == "not sent":
            unsent.add(path)
        is_done[path] = is_done.get(path, True) and outcome.is_acknowledged
    return [_rename(path, DONE if done else BAD) for path, done in is_done.items() if path not in unsent]


def _rename(path: str, ending: str) -> Renamed:
    try:
        os.rename(path, path + ending)
    except OSError as error:
        return Renamed(path, path + ending, error.strerror or str(error))
    return Renamed(path, path + ending)
