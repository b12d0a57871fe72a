"""`dwb getscu`: retrieves instances over the association on which it asks for them (C-GET)."""

import asyncio
import time
from typing import Final

from workbench.cli.cancel_signals import cancel_on_signals
from workbench.cli.count_bar import counting
from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_FINAL_STATUS_ERROR, EXIT_FINAL_STATUS_WARNING, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.query_keys import add_query_options, attribute_names, queries, tell_problems
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.retrieve_report import RetrieveReport
from workbench.cli.syntax_options import add_prefer_options, add_propose_options, preferred, proposed
from workbench.cli.tracing import Style, tracing
from workbench.errors import ConfigError, StorageError
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.get import get_contexts
from workbench.services.retrieve.get_run import GetRun
from workbench.services.storage.object_names import OfferedObject, name_by_uid
from workbench.services.storage.scp import StorageScp
from workbench.trace.recorder import Recorder

_EPILOG: Final = (
    f"Exit codes: {EXIT_OK} everything that was asked for came; {EXIT_FINAL_STATUS_WARNING} some instances did not;"
    f" {EXIT_FINAL_STATUS_ERROR} the retrieve failed; {EXIT_FAILURE} anything else. With --compat-exit-codes"
    f" {EXIT_OK} whatever the final response says, as DCMTK's getscu."
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when everything that was asked for came."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return _main(options, output)
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    except ConfigError as error:
        output.fatal(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        output.fatal("interrupted")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("getscu", "Retrieves instances over its own association (C-GET).", epilog=_EPILOG)
    add_general_options(parser, verbose_contexts=True)
    add_requestor_options(parser, ae_title="GETSCU")
    add_query_options(parser)
    add_prefer_options(parser, accept_all=False, title="network options: preferred storage transfer syntaxes")
    add_propose_options(parser, "uncompressed", title="network options: proposed retrieve transfer syntaxes")
    group = parser.group("output options: general")
    group.value(
        "-od",
        "--output-directory",
        dest="folder",
        metavar="FOLDER",
        default=".",
        help="write the instances into this folder (default: .)",
    )
    group = parser.group("output options: storage mode")
    for spellings, mode, text in (
        (("-B", "--normal"), "normal", "name files by modality and SOP Instance UID (default)"),
        (("+B", "--bit-preserving"), "preserve", "name files by SOP Instance UID; either way bytes stay as they come"),
        (("--ignore",), "ignore", "answer with success and keep nothing"),
    ):
        group.flag(*spellings, dest="mode", value=mode, default="normal", help=text)
    parser.conflicts("--output-directory", "--ignore")
    parser.conflicts("--bit-preserving", "--ignore", "--normal")
    parser.conflicts("--normal", "--ignore")
    return parser


def _main(options: Options, output: Output) -> int:
    caller = requestor(options)
    names = attribute_names()
    asked = queries(options, output, names)
    report = RetrieveReport(output, names, "Get")
    begin = time.monotonic()
    scp = StorageScp(
        options.folder,
        on_received=report.received,
        ignore=options.mode == "ignore",
        name=_name_by_instance if options.mode == "preserve" else name_by_uid,
    )
    try:
        with tracing(options, output, style=Style.CLASS) as recorder, counting(output, report, as_json=options.json):
            run = _get_run(options, caller, scp)
            asyncio.run(_run(run, asked, report, output, recorder))
    finally:
        scp.close()
    tell_problems(names, output)
    report.summarise(time.monotonic() - begin)
    if report.failure is not None or run.cancelling.is_wanted:
        return EXIT_FAILURE
    return EXIT_OK if options.compat else report.final_code


def _get_run(options: Options, caller: Requestor, scp: StorageScp) -> GetRun:
    (query_syntaxes,) = proposed(options)
    contexts = get_contexts(
        options.model, transfer_syntaxes=preferred(options), together=True, query_syntaxes=query_syntaxes
    )
    return GetRun(
        node=caller.node,
        model=options.model,
        local=caller.local,
        contexts=contexts,
        receive=scp.handler,
        tls=caller.tls,
        user_information=caller.user_information,
        repeat=options.repeat,
        abort=options.abort,
    )


async def _run(
    run: GetRun, asked: list[RequestIdentifier], report: RetrieveReport, output: Output, recorder: Recorder | None
) -> None:
    cancel_on_signals(run.cancelling, output)
    await run.run(asked, report, recorder=recorder)


def _name_by_instance(offered: OfferedObject) -> str:
    return offered.sop_instance_uid
