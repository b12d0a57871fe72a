"""`dwb dcmsend`: sends many files to a node (C-STORE), decompressed where the node takes them only so.

A file that cannot be sent ends the work unless told otherwise; one that the node refuses by a status does not.
"""

import asyncio
import sys
from datetime import datetime
from typing import Final

from workbench.cli.exit_codes import (
    EXIT_CANNOT_ADD_CONTEXT,
    EXIT_CANNOT_NEGOTIATE,
    EXIT_CANNOT_SEND_REQUEST,
    EXIT_CANNOT_WRITE_REPORT,
    EXIT_FAILURE,
    EXIT_INVALID_INPUT_FILE,
    EXIT_NO_INPUT_FILES,
    EXIT_NO_VALID_INPUT_FILES,
    EXIT_OK,
)
from workbench.cli.input_files import Inputs, add_input_options, find_inputs
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.send_options import (
    add_deflate_option,
    add_parallel_options,
    progress_bar,
    stop_on_signals,
    write_report,
)
from workbench.cli.send_report import SendReport
from workbench.cli.tracing import Style, tracing
from workbench.errors import ConfigError, NoAcceptedContext
from workbench.services.storage.alterations import Alterations
from workbench.services.storage.proposals import DecompressedBesides, decompression
from workbench.services.storage.sending import Sending
from workbench.services.storage.transfer_report import transfer_report, transfer_summary
from workbench.storage.part10 import FileForm
from workbench.trace.recorder import Recorder

_OTHER: Final = "processing options: other processing options"
_DECOMPRESSION: Final = (("-dn", "never"), ("+dls", "lossless"), ("+dly", "lossy"))

_EPILOG: Final = (
    "Exit codes: 0 the node has acknowledged every file; the high byte of the first failing status; 21 no input files; "
    "22 one that cannot be sent; 23 none that can; 43 the report cannot be written; 61 no association, or no context "
    "on it; 62 a file was not sent; 65 no context can be proposed for one; 1 anything else. With --compat-exit-codes: "
    "0 whatever status the node gave, and with -nh whatever could not be sent."
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when the node has acknowledged every file."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        caller = requestor(options)
        with tracing(options, output, style=Style.CLASS) as recorder:
            return asyncio.run(_run(caller, options, output, recorder))
    except ConfigError as error:
        output.fatal(str(error))
    except KeyboardInterrupt:
        output.fatal("interrupted")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("dcmsend", "Sends many DICOM files, decompressed where need be (C-STORE).", epilog=_EPILOG)
    add_general_options(parser, verbose_contexts=True)
    parser.group("general options").action(
        "--list-decoders", run=_list_decoders, help="print which transfer syntaxes can be decompressed and exit"
    )
    add_requestor_options(parser, ae_title="DCMSEND")
    add_input_options(parser, form=FileForm.PART10, halts="a bad file or one that could not be sent", title=_OTHER)
    group = parser.group("processing options: transfer syntax conversion")
    for (short, value), text in zip(
        _DECOMPRESSION,
        (
            "decompress nothing",
            "decompress what was compressed without loss, where need be (default)",
            "decompress what was compressed with a loss, too",
        ),
        strict=True,
    ):
        long = f"--decompress-{value}"
        group.flag(short, long, dest="decompress", value=value, default="lossless", help=text)
    add_deflate_option(parser, "processing options: deflate compression level")
    group = parser.group(_OTHER)
    group.flag(
        "-nip",
        "--no-illegal-proposal",
        dest="only_legal",
        help="propose no context without the default transfer syntax, as PS3.5 10.1 wants it; what needs one fails",
    )
    group = parser.group("network options: association handling")
    group.flag(
        "+ma",
        "--multi-associations",
        dest="single",
        value=False,
        help="one association after the other where 128 contexts do not suffice (default)",
    )
    group.flag("-ma", "--single-association", dest="single", help="one association; what does not fit is not sent")
    add_parallel_options(parser)
    parser.conflicts("--single-association", "--jobs")
    group = parser.group("output options: general")
    group.value(
        "+crf",
        "--create-report-file",
        metavar="FILE",
        dest="report",
        help="write a report on every file, laid out as DCMTK's dcmsend does",
    )
    return parser


async def _run(caller: Requestor, options: Options, output: Output, recorder: Recorder | None) -> int:
    inputs = await asyncio.to_thread(find_inputs, options)
    inputs.tell(output)
    if inputs.is_empty:
        output.fatal("no input files to be processed")
        return EXIT_NO_INPUT_FILES
    instances = [each for each in inputs.instances for _ in range(options.repeat)]
    report = SendReport(output, instances, unreadable=len(inputs.bad))
    if inputs.bad and not options.no_halt:
        report.give_up(f"stopped before the start, {inputs.bad[0].path} cannot be sent")
        return EXIT_INVALID_INPUT_FILE
    if not instances:
        output.fatal("no valid input files to be processed")
        return EXIT_NO_VALID_INPUT_FILES
    conversion = decompression(lossless=options.decompress != "never", lossy=options.decompress == "lossy")
    report.sending = sending = Sending(
        instances,
        caller.node,
        caller.local,
        jobs=options.jobs,
        window=options.window,
        convert=conversion,
        stop_at_first_failure=not options.no_halt,
        check=options.check,
        stop_at_status=False,
        proposal=DecompressedBesides(conversion, only_legal=options.only_legal),
        alterations=Alterations(deflate_level=options.deflate_level),
        abort_at_end=options.abort,
        tls=caller.tls,
        user_information=caller.user_information,
        recorder=recorder,
        observer=report,
        on_trouble=report.trouble,
    )
    if options.single:
        sending.release_after_association()
    stop_on_signals(sending, output)
    with progress_bar(output, report):
        summary = await sending.run()
    for line in transfer_summary(sending.outcomes, proposed=sending.proposed):
        output.info(line)
    report.conclude(summary)
    if options.report and not await asyncio.to_thread(_write_report, options.report, sending, output):
        return EXIT_CANNOT_WRITE_REPORT
    code = _exit_code(report, sending, inputs)
    return _compatible_code(code, report, options) if options.compat else code


def _list_decoders() -> None:
    from workbench import dictionary
    from workbench.services.storage.proposals import DEFAULT_LAST, decodable

    for title, uids in (("not compressed", DEFAULT_LAST), ("decompressed by a decoder", decodable())):
        rows = [f"  {dictionary.uid_name(uid)} ({uid})" for uid in uids]
        sys.stdout.write("\n".join([f"Transfer syntaxes, {title}:", *rows]) + "\n")
    raise SystemExit(EXIT_OK)


def _write_report(path: str, sending: Sending, output: Output) -> bool:
    text = transfer_report(
        sending.instances,
        sending.outcomes,
        sending.node,
        sending.local,
        when=datetime.now(),
        proposed=sending.proposed,
    )
    return write_report(path, text, output)


def _exit_code(report: SendReport, sending: Sending, inputs: Inputs) -> int:
    """Gives the first of what went wrong: no association, nothing sent, a status, a bad file."""
    if report.was_refused or report.had_no_contexts:
        return EXIT_CANNOT_NEGOTIATE
    errors = [outcome for outcome in report.failures if outcome.status is None]
    if errors:
        is_unproposed = isinstance(errors[0].error, NoAcceptedContext) and errors[0].association is None
        return EXIT_CANNOT_ADD_CONTEXT if is_unproposed else EXIT_CANNOT_SEND_REQUEST
    statuses = [outcome.status for outcome in report.failures if outcome.status is not None]
    if statuses:
        return statuses[0] >> 8 or EXIT_FAILURE
    if any(outcome is None or not outcome.is_acknowledged for outcome in sending.outcomes):
        return EXIT_CANNOT_SEND_REQUEST
    return EXIT_INVALID_INPUT_FILE if inputs.bad else EXIT_OK


def _compatible_code(code: int, report: SendReport, options: Options) -> int:
    """Gives what DCMTK's dcmsend ends with: statuses do not count, nor does what -nh passes over."""
    if report.was_refused or code == EXIT_CANNOT_ADD_CONTEXT:
        return code
    has_error = any(outcome.status is None for outcome in report.failures)
    return EXIT_CANNOT_SEND_REQUEST if has_error and not options.no_halt and not report.had_no_contexts else EXIT_OK
