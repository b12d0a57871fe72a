"""`dwb movescu`: lets an archive send instances to a destination, which may be this very tool (C-MOVE)."""

import asyncio
import os
import time
from contextlib import ExitStack

from workbench.cli.cancel_signals import cancel_on_signals
from workbench.cli.count_bar import counting
from workbench.cli.exit_codes import (
    EXIT_CANNOT_INITIALIZE_NETWORK,
    EXIT_CANNOT_NEGOTIATE,
    EXIT_CANNOT_SEND_REQUEST,
    EXIT_CANNOT_WRITE_OUTPUT,
    EXIT_FAILURE,
    EXIT_INVALID_INPUT_FILE,
    EXIT_INVALID_OUTPUT_DIRECTORY,
    EXIT_NO_CONTEXT,
    EXIT_NO_TLS,
    EXIT_OK,
)
from workbench.cli.move_receiver import MoveReceiver
from workbench.cli.movescu_options import make_parser
from workbench.cli.output import Output
from workbench.cli.parser import Options
from workbench.cli.query_keys import attribute_names, queries, tell_problems
from workbench.cli.requesting import Requestor, requestor
from workbench.cli.retrieve_report import RetrieveReport
from workbench.cli.syntax_options import proposed
from workbench.cli.tracing import Style, tracing
from workbench.config import Node
from workbench.errors import ConfigError, NoAcceptedContext, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.move_run import MoveRun
from workbench.trace.recorder import Recorder

__all__ = ["main", "make_parser"]


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when everything that was asked for was sent."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return _main(options, output)
    except ConfigError as error:
        output.fatal(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        output.fatal("interrupted")
    return EXIT_FAILURE


def _main(options: Options, output: Output) -> int:
    try:
        caller = requestor(options)
    except ConfigError as error:
        output.fatal(str(error))
        return EXIT_NO_TLS if options.tls is not None else EXIT_FAILURE
    names = attribute_names()
    report = RetrieveReport(output, names, "Move", is_cancelled=bool(options.cancel))
    begin = time.monotonic()
    level = -1 if options.deflate_level is None else options.deflate_level
    try:
        asked = queries(options, output, names, deflate_level=level)
    except StorageError as error:
        output.fatal(f"bad DICOM file: {error.path}: {error}")
        return EXIT_INVALID_INPUT_FILE
    with ExitStack() as stack:
        receiver = None
        if options.listen is not None:
            try:
                receiver = MoveReceiver(options, output, report)
            except StorageError as error:
                output.fatal(f"{error.path}: {error}")
                return EXIT_CANNOT_WRITE_OUTPUT if os.path.isdir(options.folder) else EXIT_INVALID_OUTPUT_DIRECTORY
            stack.callback(receiver.close)
        recorder = stack.enter_context(tracing(options, output, style=Style.MOVE))
        stack.enter_context(counting(output, report, as_json=options.json))
        try:
            was_interrupted = asyncio.run(_run(options, caller, receiver, asked, report, output, recorder))
        except TransportError as error:
            output.failed("Listening", error)
            return EXIT_CANNOT_INITIALIZE_NETWORK
    tell_problems(names, output)
    report.summarise(time.monotonic() - begin)
    if was_interrupted:
        return EXIT_FAILURE
    return _exit_code(report, compat=options.compat)


async def _run(
    options: Options,
    caller: Requestor,
    receiver: MoveReceiver | None,
    asked: list[RequestIdentifier],
    report: RetrieveReport,
    output: Output,
    recorder: Recorder | None,
) -> bool:
    """Asks, and gives whether a signal has ended it."""
    (query_syntaxes,) = proposed(options)
    title = options.destination or caller.local.ae_title
    destination: str | Node = title
    server: ScpServer | None = None
    if receiver is not None:
        destination, server = receiver.node(title), receiver.server(caller, recorder)
    run = MoveRun(
        node=caller.node,
        model=options.model,
        local=caller.local,
        destination=destination,
        transfer_syntaxes=query_syntaxes,
        receiver=server,
        arrived=None if receiver is None else report.arrived,
        believes_pending=options.believe_pending,
        tls=caller.tls,
        user_information=caller.user_information,
        repeat=options.repeat,
        cancel_after=options.cancel or None,
        abort=options.abort,
    )
    cancel_on_signals(run.cancelling, output)
    try:
        await run.run(asked, report, recorder=recorder)
    finally:
        if receiver is not None:
            await receiver.close_names()
    return run.cancelling.is_wanted


def _exit_code(report: RetrieveReport, *, compat: bool) -> int:
    failure = report.failure
    if failure is None:
        return report.compat_code if compat else report.final_code
    if isinstance(failure.error, NoAcceptedContext):
        return EXIT_NO_CONTEXT
    if not failure.was_associated:
        return EXIT_CANNOT_NEGOTIATE
    return EXIT_OK if compat else EXIT_CANNOT_SEND_REQUEST
