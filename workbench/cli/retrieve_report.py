"""What getscu and movescu say of their retrieves, and what became of them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from workbench.cli.exit_codes import EXIT_FINAL_STATUS_ERROR, EXIT_FINAL_STATUS_WARNING, EXIT_OK
from workbench.cli.output import Level, Output
from workbench.cli.query_keys import show_identifier
from workbench.dimse.status import CANCEL, Category, category
from workbench.errors import NoAcceptedContext, WorkbenchError
from workbench.net.association import Association
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.progress import Progress, RetrieveResult
from workbench.services.storage.scp import ReceivedObject

_COUNTS: Final = ("remaining", "completed", "failed", "warning")
_REQUESTS: Final = {"Get": "Get", "Move": "Move Request"}  # what fails, in the words of DCMTK


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An association that could not be had, or was lost."""

    error: WorkbenchError
    was_associated: bool


class RetrieveReport:
    """Listens to retrieves.

    Args:
        service: "Get" or "Move", as it is called in lines.

    Attributes:
        show: takes how many sub-operations have ended of how many; replaced by who draws it.
        failure: what kept or ended the association; None when nothing did.
        final_code: what the final statuses tell: success, a warning, an error; the worst one counts.
    """

    def __init__(
        self, output: Output, names: AttributeNames, service: Literal["Get", "Move"], *, is_cancelled: bool = False
    ) -> None:
        self.failure: Failure | None = None
        self.show: Callable[[int, int | None], None] | None = None
        self.final_code = EXIT_OK
        self.compat_code = EXIT_OK
        self._output = output
        self._names = names
        self._service = service
        self._is_cancelled = is_cancelled
        self._results: list[RetrieveResult] = []
        self._received = 0
        self._refused = 0

    def arrived(self) -> int:
        """Gives how many objects were stored so far."""
        return self._received

    def associated(self, association: Association) -> None:
        """Tells of the association."""
        self._output.event(
            "associated",
            association=association.number,
            called=association.called_ae_title,
            peer=association.peer,
            max_pdu=association.agreement.peer_max_length,
        )

    def asked(self, association: Association, query: RequestIdentifier) -> None:
        """Tells what is asked for."""
        del association
        show_identifier(query, self._output, self._names)

    def progressed(self, association: Association, query: RequestIdentifier, progress: Progress) -> None:
        """Tells the counts of a pending response."""
        if self.show is not None:
            self.show(progress.performed, progress.total)
        self._output.event("progress", association=association.number, file=query.source or None, **_counts(progress))

    def received(self, received: ReceivedObject) -> None:
        """Tells what became of an object that was sent to us."""
        is_stored = not received.status or category(received.status) is Category.WARNING
        self._received += is_stored
        self._refused += not is_stored
        if not is_stored:
            self._output.error(f"refused an object of {received.calling_ae_title}: {received.reason}")
        elif not received.is_not_kept:
            self._output.info(f"storing DICOM file: {received.path}")
        if received.replaced:
            self._output.warning(f"{received.path} replaced another object, kept as {received.replaced}")
        self._output.event(
            "received",
            association=received.association,
            file=received.path or None,
            sop_class=received.sop_class_uid,
            sop_instance=received.sop_instance_uid,
            transfer_syntax=received.transfer_syntax_uid,
            status=received.status,
            reason=received.reason or None,
            kept=is_stored and not received.is_not_kept,
        )

    def ended(self, association: Association, query: RequestIdentifier, result: RetrieveResult) -> None:
        """Tells how a retrieve ended."""
        self._results.append(result)
        kind = category(result.status)
        is_wanted = result.status == CANCEL and self._is_cancelled
        if kind is Category.FAILURE or (kind is Category.CANCEL and not is_wanted):
            self.final_code = self.compat_code = EXIT_FINAL_STATUS_ERROR
            level = Level.ERROR
        elif kind is Category.WARNING or (result.failed and not is_wanted):
            self.final_code = max(self.final_code, EXIT_FINAL_STATUS_WARNING)
            if kind is Category.WARNING:
                self.compat_code = max(self.compat_code, EXIT_FINAL_STATUS_WARNING)
            level = Level.ERROR if result.failed else Level.WARNING
        else:
            level = Level.INFO
        if self._service == "Get":
            self._print_counts(result)
        elif kind in (Category.FAILURE, Category.WARNING):
            what = "error" if kind is Category.FAILURE else "warning"
            self._output.warning(f"Move response with {what} status (0x{result.status:04x}: {result.words})")
        if level > Level.INFO or result.reason != result.words:
            self._output.line(max(level, Level.INFO), f"{self._service} ended: {result.reason}")
        for uid in result.failed_uids:
            self._output.error(f"not retrieved: {uid}")
        self._output.event(
            "result",
            association=association.number,
            file=query.source or None,
            status=result.status,
            reason=result.reason,
            failed_instances=list(result.failed_uids) or None,
            **_counts(result),
        )

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        """Tells the end of the association."""
        reason = "asked for by --abort" if is_aborted else None
        self._output.event("aborted" if is_aborted else "released", association=association.number, reason=reason)

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        """Tells that the association could not be had, or was lost."""
        self.failure = Failure(error=error, was_associated=association is not None)
        if isinstance(error, NoAcceptedContext):
            self._output.fatal("No Acceptable Presentation Contexts")
        what = "Association Request" if association is None else _REQUESTS[self._service]
        self._output.failed(what, error, association=None if association is None else association.number)

    def summarise(self, seconds: float) -> None:
        """Tells how much was retrieved in all."""
        self._output.event(
            "summary",
            retrieves=len(self._results),
            completed=sum(result.completed for result in self._results),
            warnings=sum(result.warning for result in self._results),
            failed=sum(result.failed for result in self._results),
            received=self._received,
            refused=self._refused,
            seconds=seconds,
        )

    def _print_counts(self, result: RetrieveResult) -> None:
        self._output.info("Final status report from last C-GET message:")
        for name, count in zip(_COUNTS, _counts(result).values(), strict=True):
            self._output.info(f"  {f'Number of {name.capitalize()} Suboperations':<34}: {count or 0}")


def _counts(progress: Progress) -> dict[str, int | None]:
    return {name: getattr(progress, name) for name in _COUNTS}
