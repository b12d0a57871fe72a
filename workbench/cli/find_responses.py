"""What findscu says and keeps of the responses to its queries, and what its exit code is."""

import asyncio
from dataclasses import dataclass
from typing import Final

from workbench.cli.exit_codes import EXIT_CANNOT_WRITE_OUTPUT, EXIT_OK, EXIT_QUERY_FAILED
from workbench.cli.output import Output, printable
from workbench.cli.query_keys import show_identifier
from workbench.dimse.status import PENDING_WITH_WARNING
from workbench.errors import DataSetError, NoAcceptedContext, StorageError, WorkbenchError
from workbench.net.association import Association
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.elements import corrected, read_elements
from workbench.services.query.extraction import Extraction
from workbench.services.query.find import FindResult, Match
from workbench.services.query.identifiers import Element
from workbench.services.query.json_model import json_model
from workbench.services.query.listing import heading, listing
from workbench.services.query.request import RequestIdentifier

_RULER: Final = "-" * 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is printed of a response.

    Attributes:
        as_lines: its data set, at any level but that of -q.
        as_events: for programs.
        correct: without spaces that mean nothing.
    """

    as_lines: bool
    as_events: bool
    correct: bool


class FindResponses:
    """Listens to queries. Numbers count the responses of a run, the final ones, too, as DCMTK's files are named.

    Args:
        extraction: takes the responses; None writes none.
    """

    def __init__(
        self, output: Output, names: AttributeNames, shown: Shown, extraction: Extraction | None = None
    ) -> None:
        self._output = output
        self._names = names
        self._shown = shown
        self._extraction = extraction
        self._number = 0
        self._matches = 0
        self._queries = 0
        self._failures = 0
        self._was_associated = False
        self._cannot_write = False

    def associated(self, association: Association) -> None:
        """Tells of a new association."""
        self._was_associated = True
        self._output.event(
            "associated",
            association=association.number,
            called=association.called_ae_title,
            peer=association.peer,
            max_pdu=association.agreement.peer_max_length,
        )

    def asked(self, association: Association, query: RequestIdentifier, transfer_syntax_uid: str) -> None:
        """Tells what is asked for."""
        del association, transfer_syntax_uid
        self._queries += 1
        show_identifier(query, self._output, self._names)

    async def matched(self, association: Association, query: RequestIdentifier, match: Match) -> None:
        """Shows a response and writes it."""
        self._number += 1
        self._matches += 1
        number = self._number
        if self._shown.as_lines or self._shown.as_events:
            self._show(association, query, match, number)
        if self._extraction is None or self._cannot_write:
            return
        try:
            path = await asyncio.to_thread(self._extraction.take, match, number)
        except StorageError as error:
            self._cannot_write = True
            self._output.error(f"{error.path}: {error}")
        except DataSetError as error:
            self._failures += 1
            self._output.error(f"response {number} is broken and not written: {error}")
        else:
            if path:
                self._output.info(f"Writing response dataset to file: {path}")

    def ended(self, association: Association, query: RequestIdentifier, result: FindResult) -> None:
        """Tells how a query ended."""
        self._number += 1
        self._failures += not result.is_done
        if not result.is_done:
            self._output.error(f"Find Failed: {result.reason}")
        self._output.event(
            "result",
            association=association.number,
            file=query.source or None,
            status=result.status,
            reason=result.reason,
            matches=result.matches,
        )

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        """Tells the end of an association."""
        reason = "asked for by --abort" if is_aborted else None
        self._output.event("aborted" if is_aborted else "released", association=association.number, reason=reason)

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        """Tells that an association could not be had, or was lost."""
        self._failures += 1
        if isinstance(error, NoAcceptedContext):
            self._was_associated = False  # DCMTK's findscu ends with 2 here, too
            self._output.fatal("No Acceptable Presentation Contexts")
        what = "Association Request" if association is None else "Find"
        self._output.failed(what, error, association=None if association is None else association.number)

    def complete(self, extraction: Extraction) -> None:
        """Completes what was written."""
        try:
            extraction.close()
        except StorageError as error:
            self._cannot_write = True
            self._output.error(f"{error.path}: {error}")

    def summarise(self, seconds: float) -> None:
        """Tells how much was asked and found."""
        self._output.event(
            "summary", queries=self._queries, matches=self._matches, failed=self._failures, seconds=seconds
        )

    def exit_code(self, *, compat: bool) -> int:
        """Gives what the tool ends with."""
        if compat:
            return EXIT_OK if self._was_associated or not self._failures else EXIT_QUERY_FAILED
        if self._failures:
            return EXIT_QUERY_FAILED
        return EXIT_CANNOT_WRITE_OUTPUT if self._cannot_write else EXIT_OK

    def _show(self, association: Association, query: RequestIdentifier, match: Match, number: int) -> None:
        try:
            elements = read_elements(match.data, match.transfer_syntax_uid)
        except DataSetError as error:
            self._output.warning(f"response {number} is broken: {error}")
            elements = ()
        if self._shown.correct:
            elements = corrected(elements)
        if self._shown.as_lines:
            self._print(elements, match, number)
        self._output.event(
            "match",
            association=association.number,
            file=query.source or None,
            number=number,
            status=match.status,
            data_set=json_model(elements) if self._shown.as_events else None,
        )

    def _print(self, elements: tuple[Element, ...], match: Match, number: int) -> None:
        """Prints a response even where -v is not given, as DCMTK's findscu does."""
        words = "Pending: WarningUnsupportedOptionalKeys" if match.status == PENDING_WITH_WARNING else "Pending"
        data_set = (*heading(match.transfer_syntax_uid), *listing(elements, self._names))
        for line in (_RULER, f"Find Response: {number} ({words})", "", *data_set, ""):
            self._output.write(f"I: {printable(line)}")
