"""Renames the files of a study that has ended: two letters for the kind of each object and its number, "CT000001"."""

import os
from collections.abc import Callable

from workbench.services.storage.studies import EndedStudy
from workbench.storage.naming import prefix
from workbench.storage.replacing import sync_file


def rename_study(study: EndedStudy, *, on_failed: Callable[[str, str], None]) -> dict[str, str]:
    """Renames the files and gives the new paths by the old ones. Blocks.

    Numbers count the objects as they came. A file that has such a name already is never replaced: the next number is
    taken.

    Args:
        on_failed: told a path and what went wrong with it.
    """
    renamed: dict[str, str] = {}
    number = 0
    for received in study.received:
        number += 1
        path = received.path
        if path in renamed:
            continue  # it was replaced, and has its name
        kind = prefix(received.sop_class_uid)[:2]
        while os.path.lexists(new := os.path.join(os.path.dirname(path), f"{kind}{number:06d}")):
            number += 1
        try:
            os.rename(path, new)
        except OSError as error:
            on_failed(path, error.strerror or str(error))
        else:
            renamed[path] = new
    for folder in {os.path.dirname(path) for path in renamed}:
        try:
            sync_file(folder)
        except OSError as error:
            on_failed(folder, error.strerror or str(error))
    return renamed
