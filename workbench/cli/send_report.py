"""What is said while files are sent, and what the exit code is made of: for the tools that send."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from workbench.acse.agreement import Agreement
from workbench.cli.conditions import condition
from workbench.cli.output import Level, Output
from workbench.config import Node
from workbench.dictionary import uid_name
from workbench.errors import AssociationAborted, DataSetError, NoAcceptedContext, StorageError, WorkbenchError
from workbench.services.storage.instances import Sendable
from workbench.services.storage.outcomes import Outcome, Summary
from workbench.storage.naming import prefix

if TYPE_CHECKING:
    from workbench.services.storage.sending import Sending

Show = Callable[[int, int, int], None]
"""Draws bytes sent, objects done and their number."""

NO_CONTEXTS: Final = "No Acceptable Presentation Contexts"


class SendReport:
    """Observes a sending and reports it as lines and events.

    Args:
        unreadable: how many files could not be sent from the start.
        dots: print what DCMTK's tools print of each file on standard output: a dot for each part of it.

    Attributes:
        sending: what is observed, set before it runs.
        show: draws the progress; set by who has something to draw on.
        failures: the outcomes of what failed.
        was_aborted: whether the peer aborted an association.
        was_refused: whether an association could not be had at all.
        had_no_contexts: whether one had no presentation context to send on.
    """

    def __init__(
        self, output: Output, instances: Sequence[Sendable], *, unreadable: int, dots: "Dots | None" = None
    ) -> None:
        self.instances = instances
        self.sending: Sending | None = None
        self.show: Show | None = None
        self.failures: list[Outcome] = []
        self.was_aborted = self.was_refused = self.had_no_contexts = False
        self._unreadable = unreadable
        self._output = output
        self._dots = dots
        self._done = 0
        self._done_bytes = 0
        self._under_way: dict[int, int] = {}
        if dots is not None:
            output.write = dots.before(output.write)

    # What a sending tells

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        """Reports whom it is with, and that it is good for nothing when it is."""
        self._output.event(
            "associated",
            association=number,
            called=node.ae_title,
            peer=f"{node.host}:{node.port}",
            max_pdu=agreement.peer_max_length,
        )
        if not agreement.contexts:
            self.had_no_contexts = True
            self._output.error(NO_CONTEXTS)

    def association_ended(self, number: int, how: str) -> None:
        """Reports the release; other ends are reported as trouble."""
        if how == "released":
            self._output.event("released", association=number)

    def trouble(self, error: WorkbenchError, association: int | None) -> None:
        """Reports an error that ended an association, or kept it from being opened."""
        self.was_aborted |= isinstance(error, AssociationAborted) and error.by_peer
        if association is None:
            self.was_refused = True
            self._output.failed("Association Request", error)
            return
        code = condition(error)
        self._output.error(f"Store SCU Failed: {code}: {error}" if code else f"Store SCU Failed: {error}")
        self._output.failure(error, association=association)

    def started(self, index: int, association: int) -> None:
        """Says which file is sent, and what is done to its data set on the way."""
        instance = self.instances[index]
        self._output.info(f"Sending file: {instance.path}")
        assert self.sending is not None
        if invented := self.sending.invented.get(index):
            place = "pa{}, st{}, se{}, im{}".format(*invented.place)
            self._output.info(f"Inventing Identifying Information ({place}):")
            for keyword, text in invented.texts.items():
                self._output.info(f"  {keyword}={text}")
        altered = self.sending.alteration.get(index)
        if altered is not None and altered.transfer_syntax_uid != instance.transfer_syntax_uid:
            before, after = uid_name(instance.transfer_syntax_uid), uid_name(altered.transfer_syntax_uid)
            self._output.info(f"Converting transfer syntax: {before} -> {after}")
        if self._dots is not None:
            self._dots.begin()

    def progress(self, index: int, sent_bytes: int) -> None:
        """Draws the progress of a large file."""
        self._under_way[index] = sent_bytes
        self._draw()
        if self._dots is not None:
            self._dots.dot()

    def sent(self, index: int, association: int) -> None:
        """Reports that all of a file is on its way."""
        if self._dots is not None:
            self._dots.end()
        self._output.event("sent", association=association, **names(self.instances[index]))

    def finished(self, index: int, outcome: Outcome) -> None:
        """Reports what became of a file."""
        if self._dots is not None:
            self._dots.stop()
        self._done += 1
        self._done_bytes += outcome.instance.length
        self._under_way.pop(index, None)
        self._draw()
        if outcome.state == "failed":
            self.failures.append(outcome)
        self._output.event(
            "error" if outcome.status is None else "response",
            association=outcome.association,
            **names(outcome.instance),
            status=outcome.status,
            state=outcome.state,
            reason=outcome.reason,
            transfer_syntax=outcome.transfer_syntax_uid or None,
            converted=outcome.is_converted,
            milliseconds=None if outcome.latency is None else outcome.latency * 1000,
        )
        self._say(outcome)

    # What the tool tells

    def give_up(self, reason: str) -> None:
        """Reports that nothing was sent at all."""
        for index, instance in enumerate(self.instances):
            self.finished(index, Outcome(instance=instance, state="not sent", reason=reason))
        count = len(self.instances)
        self.conclude(Summary(stored=0, warnings=0, failed=0, not_sent=count, seconds=0.0, bytes=0))

    def conclude(self, summary: Summary) -> None:
        """Prints the summary."""
        unreadable = f", {self._unreadable} no DICOM instance" if self._unreadable else ""
        text = (
            f"{summary.stored + summary.warnings} of {len(self.instances) + self._unreadable} acknowledged"
            f" ({summary.warnings} with a warning), {summary.failed} failed, {summary.not_sent} not sent{unreadable};"
            f" {summary.bytes / 1e6:.1f} MB in {summary.seconds:.2f} s"
        )
        self._output.line(Level.INFO if summary.is_acknowledged and not self._unreadable else Level.ERROR, text)
        self._output.event(
            "summary",
            stored=summary.stored,
            warnings=summary.warnings,
            failed=summary.failed,
            not_sent=summary.not_sent,
            unreadable=self._unreadable,
            seconds=summary.seconds,
            bytes=summary.bytes,
        )

    def _say(self, outcome: Outcome) -> None:
        path = outcome.instance.path
        match outcome.state:
            case "stored":
                self._output.info(f"{path}: {outcome.reason}")
            case "warning":
                self._output.warning(f"{path}: {outcome.reason}")
            case "failed":
                self._say_failure(outcome)
            case "not sent":
                self._output.error(f"{path}: not sent: {outcome.reason}")

    def _say_failure(self, outcome: Outcome) -> None:
        instance = outcome.instance
        if isinstance(outcome.error, NoAcceptedContext):
            self._output.error(
                f"No presentation context for: ({prefix(instance.sop_class_uid)}) {instance.sop_class_uid}"
            )
        elif isinstance(outcome.error, StorageError | DataSetError) and outcome.association is None:
            self._output.error(f"Bad DICOM file: {instance.path}: {outcome.error}")
        elif outcome.error is not None:
            self._output.error(f"Store Failed, file: {instance.path}: {condition(outcome.error)}".rstrip(" "))
        self._output.error(f"{instance.path}: failed: {outcome.reason}")

    def _draw(self) -> None:
        if self.show is not None:
            self.show(self._done_bytes + sum(self._under_way.values()), self._done, len(self.instances))


class Dots:
    """Draws a line of dots for each file, as it is sent; with several at a time in one go each.

    Args:
        write: takes parts of lines; standard output by default.
    """

    def __init__(self, *, one_at_a_time: bool, write: Callable[[str], object] | None = None) -> None:
        self._is_live = one_at_a_time
        self._write = write or _write_out
        self._is_begun = False
        self._has_dots = False

    def begin(self) -> None:
        """Begins a line, of which nothing is written before its first dot: other lines come in between."""
        if self._is_live:
            self._is_begun, self._has_dots = True, False

    def dot(self) -> None:
        """Adds a dot."""
        if self._is_begun:
            self._write("." if self._has_dots else "XMIT: .")
            self._has_dots = True

    def end(self) -> None:
        """Ends the line, of which at least one dot is there."""
        if not self._is_live:
            self._write("XMIT: .\n")
        elif self._is_begun:
            self._write("\n" if self._has_dots else "XMIT: .\n")
            self._is_begun = self._has_dots = False

    def stop(self) -> None:
        """Ends a line that is still open, for its file failed."""
        self.interrupt()
        self._is_begun = False

    def before(self, write: Callable[[str], None]) -> Callable[[str], None]:
        """Gives what writes a line that must not stand behind dots."""

        def write_alone(line: str) -> None:
            self.interrupt()
            write(line)

        return write_alone

    def interrupt(self) -> None:
        """Ends what is written of a line, for something else is to be said; a further dot begins a new one."""
        if self._has_dots:
            self._write("\n")
            self._has_dots = False


def names(instance: Sendable) -> dict[str, str]:
    """Gives what names an instance in an event."""
    return {
        "file": instance.path,
        "sop_class": instance.sop_class_uid,
        "sop_instance": instance.sop_instance_uid,
    }


def _write_out(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone; the work goes on, and the interpreter must not fail at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
