"""`dwb storescu`: sends files and the files of folders to a node (C-STORE), as they are unless told otherwise.

Stops at the first failure unless told otherwise, and names every file that the node has not acknowledged.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from workbench.acse.agreement import Agreement
from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK, EXIT_PEER_ABORTED
from workbench.cli.options import add_general_options
from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.tracing import tracing
from workbench.cli.values import choice, positive
from workbench.config import Node
from workbench.errors import AssociationAborted, ConfigError, StorageError, WorkbenchError
from workbench.services.storage.instances import Sendable
from workbench.services.storage.outcomes import Outcome, Summary
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.part10 import Instance, Skipped, scan_paths
from workbench.trace.recorder import Recorder


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when the node has acknowledged every file."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        caller = requestor(options)
        with tracing(options, output) as recorder:
            return asyncio.run(_run(caller, options, output, recorder))
    except ConfigError as error:
        output.fatal(str(error))
        return EXIT_FAILURE
    except KeyboardInterrupt:
        output.fatal("interrupted")
        return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("storescu", "Sends DICOM files as they are (C-STORE).")
    add_general_options(parser)
    add_requestor_options(parser, ae_title="STORESCU")
    parser.positional("files", "dcmfile-in", many=True, help="file to send, or folder with +sd")
    group = parser.group("input options: input files")
    group.flag("+sd", "--scan-directories", dest="scan", help="names may be folders: send what is in them")
    group.flag("+r", "--recurse", dest="recurse", help="look into folders of folders too; needs +sd")
    group.flag("-r", "--no-recurse", dest="recurse", value=False, help="do not look into them (default)")
    group.flag("+rd", "--read-from-dicomdir", dest="dicomdir", help="files are DICOMDIRs: send their files")
    parser.requires("--recurse", "--scan-directories")
    group = parser.group("sending options")
    group.value(
        "--convert",
        dest="convert",
        metavar="WHAT",
        type=choice(*[each.value for each in Conversion]),
        default=Conversion.NEVER.value,
        help="where the node does not accept the transfer syntax of a file: never (default), uncompressed into each "
        "other, lossless compression too, any compression",
    )
    group.value(
        "--window",
        dest="window",
        metavar="N",
        type=positive,
        default=1,
        help="let N objects await their answer at a time, if the node grants it (default: 1)",
    )
    group.value("+crf", "--create-report-file", metavar="FILE", dest="report", help="write a report on every file")
    group.flag("-nh", "--no-halt", dest="no_halt", help="go on after a failure (the exit code still tells it)")
    group.value(
        "--jobs",
        dest="jobs",
        metavar="N",
        type=positive,
        default=1,
        help="send over N associations at the same time (default: 1)",
    )
    return parser


async def _run(caller: Requestor, options: Options, output: Output, recorder: Recorder | None) -> int:
    found = await asyncio.to_thread(_find, options)
    instances = [each for each in found if isinstance(each, Instance)]
    bad = [each for each in found if isinstance(each, Skipped)]
    missed = [each for each in bad if not each.is_harmless]
    for each in bad:
        output.line(Level.WARNING if each.is_harmless else Level.ERROR, f"{each.path}: {each.reason}")
        output.event("error", file=each.path, reason=each.reason)
    report = _Report(output, instances * options.repeat, unreadable=len(missed))
    if missed and not options.no_halt:
        report.give_up(f"stopped before the start, {missed[0].path} cannot be sent")
        return EXIT_FAILURE
    if not instances:
        output.fatal("there is no file to send")
        return EXIT_FAILURE
    sending = Sending(
        report.instances,
        caller.node,
        caller.local,
        jobs=options.jobs,
        window=options.window,
        convert=Conversion(options.convert),
        stop_at_first_failure=not options.no_halt,
        recorder=recorder,
        observer=report,
        on_trouble=report.trouble,
    )
    _stop_on_signals(sending, output)
    with _progress_bar(output, report):
        summary = await sending.run()
    report.conclude(summary)
    if options.report and not await asyncio.to_thread(_write_report, options.report, sending.report(), output):
        return report.exit_code or EXIT_FAILURE
    return report.exit_code


def _write_report(path: str, text: str, output: Output) -> bool:
    """Writes the report and gives whether that could be done; blocks."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        output.error(f"{path}: the report cannot be written: {error.strerror or error}")
        return False
    return True


def _find(options: Options) -> list[Instance | Skipped]:
    """Scans what the command line names; blocks."""
    found: list[Instance | Skipped] = []
    for path in options.files:
        if options.dicomdir:
            found.extend(_find_in_dicomdir(path))
        elif os.path.isdir(path) and not options.scan:
            found.append(Skipped(path=path, reason="this is a folder; +sd sends what is in it"))
        else:
            found.extend(scan_paths([path], recurse=options.recurse))
    return found


def _find_in_dicomdir(path: str) -> list[Instance | Skipped]:
    from workbench.services.storage.dicomdir import (
        referenced_files,  # and pydicom with it, which other sends do not need
    )

    try:
        return list(referenced_files(path))
    except StorageError as error:
        return [Skipped(path=path, reason=str(error))]


def _stop_on_signals(sending: Sending, output: Output) -> None:
    """The first signal lets the objects under way end, the second one aborts."""
    loop = asyncio.get_running_loop()
    signals = 0

    def stop() -> None:
        nonlocal signals
        signals += 1
        if signals == 1:
            output.warning("stopping after this object; once more to abort")
            sending.release_after_this()
        else:
            sending.abort_now()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def _progress_bar(output: Output, report: "_Report") -> AbstractContextManager[object]:
    if not sys.stderr.isatty() or output.level > Level.WARNING:
        return nullcontext()
    from workbench.cli.progress import ProgressBar  # and rich with it, which takes longer than a small send

    bar = ProgressBar(output, sum(instance.length for instance in report.instances))
    report.show = bar.show
    return bar


class _Report:
    """Observes the sending and reports it as lines and events."""

    def __init__(self, output: Output, instances: list[Instance], *, unreadable: int) -> None:
        self.instances = instances
        self._unreadable = unreadable
        self.exit_code = EXIT_OK
        self.show: Callable[[int, int, int], None] | None = None  # draws bytes sent, objects done, their number
        self._output = output
        self._done = 0
        self._done_bytes = 0
        self._under_way: dict[int, int] = {}
        self._first_failure: Outcome | None = None
        self._was_aborted = False

    def association_opened(self, number: int, node: Node, agreement: Agreement) -> None:
        self._output.event(
            "associated",
            association=number,
            called=node.ae_title,
            peer=f"{node.host}:{node.port}",
            max_pdu=agreement.peer_max_length,
        )

    def association_ended(self, number: int, how: str) -> None:
        if how == "released":
            self._output.event("released", association=number)

    def trouble(self, error: WorkbenchError, association: int | None) -> None:
        self._was_aborted |= isinstance(error, AssociationAborted) and error.by_peer
        self._output.error(str(error))
        self._output.failure(error, association=association)

    def started(self, index: int, association: int) -> None:
        instance = self.instances[index]
        self._output.info(f"Sending file: {instance.path}")

    def sent(self, index: int, association: int) -> None:
        self._output.event("sent", association=association, **_names(self.instances[index]))

    def progress(self, index: int, sent_bytes: int) -> None:
        self._under_way[index] = sent_bytes
        self._show()

    def finished(self, index: int, outcome: Outcome) -> None:
        self._done += 1
        self._done_bytes += outcome.instance.length
        self._under_way.pop(index, None)
        self._show()
        if outcome.state == "failed" and self._first_failure is None:
            self._first_failure = outcome
        event = "error" if outcome.status is None else "response"
        self._output.event(
            event,
            association=outcome.association,
            **_names(outcome.instance),
            status=outcome.status,
            state=outcome.state,
            reason=outcome.reason,
            transfer_syntax=outcome.transfer_syntax_uid or None,
            converted=outcome.is_converted,
            milliseconds=None if outcome.latency is None else outcome.latency * 1000,
        )
        path = outcome.instance.path
        match outcome.state:
            case "stored":
                self._output.info(f"{path}: {outcome.reason}")
            case "warning":
                self._output.warning(f"{path}: {outcome.reason}")
            case "failed":
                self._output.error(f"{path}: failed: {outcome.reason}")
            case "not sent":
                self._output.error(f"{path}: not sent: {outcome.reason}")

    def give_up(self, reason: str) -> None:
        """Reports that nothing was sent at all."""
        for index, instance in enumerate(self.instances):
            self.finished(index, Outcome(instance=instance, state="not sent", reason=reason))
        count = len(self.instances)
        self.conclude(Summary(stored=0, warnings=0, failed=0, not_sent=count, seconds=0.0, bytes=0))

    def conclude(self, summary: Summary) -> None:
        """Prints the summary and settles the exit code."""
        megabytes = summary.bytes / 1e6
        unreadable = f", {self._unreadable} no DICOM instance" if self._unreadable else ""
        text = (
            f"{summary.stored + summary.warnings} of {len(self.instances) + self._unreadable} acknowledged"
            f" ({summary.warnings} with a warning), {summary.failed} failed, {summary.not_sent} not sent{unreadable};"
            f" {megabytes:.1f} MB in {summary.seconds:.2f} s"
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
        if not summary.is_acknowledged:
            self.exit_code = self._failure_code()
        elif self._unreadable:
            self.exit_code = EXIT_FAILURE

    def _failure_code(self) -> int:
        """As storescu: the high byte of the failing status, 10 when the peer aborted, else 1."""
        failure = self._first_failure
        if failure is not None and failure.status is not None:
            return failure.status >> 8 or EXIT_FAILURE
        return EXIT_PEER_ABORTED if self._was_aborted else EXIT_FAILURE

    def _show(self) -> None:
        if self.show is not None:
            self.show(self._done_bytes + sum(self._under_way.values()), self._done, len(self.instances))


def _names(instance: Sendable) -> dict[str, str]:
    return {
        "file": instance.path,
        "sop_class": instance.sop_class_uid,
        "sop_instance": instance.sop_instance_uid,
    }
