"""What Repository Query adds to a query: an inventory in several parts, each going on after the last (PS3.4 C.6.4).

The Record Key of a study, series or instance is its UID, and records come in the order in which the archive took them
in: a further part begins after the record whose key is Prior Record Key, wherever that is by now.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final, Self

from workbench.errors import StatusError
from workbench.services.query.find_scp import FindRequest
from workbench.services.query.models import REPOSITORY_QUERY
from workbench.storage.element_texts import texts_of
from workbench.storage.index import Row

RECORD_KEY: Final = 0x0008041B
PRIOR_RECORD_KEY: Final = 0x0008041C
MAXIMUM_NUMBER_OF_RECORDS: Final = 0x00080429
REPOSITORY_KEYS: Final = frozenset({RECORD_KEY, PRIOR_RECORD_KEY, MAXIMUM_NUMBER_OF_RECORDS})

RESPONSE_LIMIT_REACHED: Final = 0xB001
INVALID_PRIOR_RECORD_KEY: Final = 0xA710


class Continuation:
    """Which part of the records a request wants.

    Attributes:
        is_repository: whether the request is a Repository Query; of any other, all is wanted.
        place: where in a row the record key is.
        is_cut: whether records were left for a further request.
    """

    def __init__(self, *, is_repository: bool = False, prior: str = "", most: int = 0) -> None:
        self.is_repository = is_repository
        self.place = 0
        self.is_cut = False
        self._prior = prior
        self._most = most

    @classmethod
    def of(cls, request: FindRequest) -> Self:
        """Reads Prior Record Key and Maximum Number of Records of a request."""
        if request.model is not REPOSITORY_QUERY:
            return cls()
        most = "".join(texts_of(request.data_set, MAXIMUM_NUMBER_OF_RECORDS)[:1])
        prior = ""
        if PRIOR_RECORD_KEY in request.data_set:
            value = request.data_set.get_item(PRIOR_RECORD_KEY, keep_deferred=True).value
            prior = value.decode("latin-1").rstrip("\0") if isinstance(value, bytes) else ""
        return cls(is_repository=True, prior=prior, most=int(most) if most.isdecimal() else 0)

    def cut(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Gives the part of the rows that is wanted.

        Raises:
            StatusError: no record has the Prior Record Key: A710H.
        """
        if self._prior:
            self._skip(rows)
        if not self._most:
            yield from rows
            return
        yield from islice(rows, self._most)
        self.is_cut = next(rows, None) is not None

    def _skip(self, rows: Iterator[Row]) -> None:
        for row in rows:
            if row[self.place] == self._prior:
                return
        comment = "(0008,041C) no record has this key"
        raise StatusError(INVALID_PRIOR_RECORD_KEY, comment, offending_element=(PRIOR_RECORD_KEY,))
