"""`dwb movescu`: lets an archive send instances to a destination, which may be this very tool (C-MOVE)."""

import asyncio
import time
from contextlib import ExitStack
from dataclasses import replace
from socket import gethostname

from workbench.acse.policy import storage_policy
from workbench.cli.exit_codes import (
    EXIT_CANNOT_INITIALIZE_NETWORK,
    EXIT_CANNOT_NEGOTIATE,
    EXIT_CANNOT_SEND_REQUEST,
    EXIT_CANNOT_WRITE_OUTPUT,
    EXIT_FAILURE,
    EXIT_INVALID_INPUT_FILE,
    EXIT_INVALID_OUTPUT_DIRECTORY,
    EXIT_NO_CONTEXT,
    EXIT_OK,
)
from workbench.cli.movescu_options import make_parser
from workbench.cli.output import Output
from workbench.cli.parser import Options
from workbench.cli.query_keys import attribute_names, queries, tell_problems
from workbench.cli.requesting import Requestor, requestor
from workbench.cli.retrieve_report import RetrieveReport
from workbench.cli.syntax_options import preferred, proposed
from workbench.cli.tls import tls_context
from workbench.cli.tracing import tracing
from workbench.config import Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.errors import ConfigError, NoAcceptedContext, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.retrieve.move_run import MoveRun
from workbench.services.storage.scp import StorageScp
from workbench.services.verification import echo_handler
from workbench.trace.recorder import Recorder


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when everything that was asked for was sent."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return _main(options, output)
    except ConfigError as error:
        output.fatal(str(error))
    except KeyboardInterrupt:
        output.fatal("interrupted")
    return EXIT_FAILURE


def _main(options: Options, output: Output) -> int:
    caller = requestor(options)
    names = attribute_names()
    report = RetrieveReport(output, names, "Move", is_cancelled=bool(options.cancel))
    begin = time.monotonic()
    try:
        asked = queries(options, output, names, deflate_level=options.deflate_level)
    except StorageError as error:
        output.fatal(f"bad DICOM file: {error.path}: {error}")
        return EXIT_INVALID_INPUT_FILE
    with ExitStack() as stack:
        scp: StorageScp | None = None
        if options.listen is not None:
            try:
                scp = StorageScp(options.folder, on_received=report.received, ignore=options.ignore)
            except StorageError as error:
                output.fatal(f"{error.path}: {error}")
                return _folder_code(options.folder)
            stack.callback(scp.close)
        recorder = stack.enter_context(tracing(options, output))
        run = _move_run(options, caller, scp, report, recorder)
        try:
            asyncio.run(run.run(asked, report, recorder=recorder))
        except TransportError as error:
            output.failed("Listening", error)
            return EXIT_CANNOT_INITIALIZE_NETWORK
    tell_problems(names, output)
    report.summarise(time.monotonic() - begin)
    return _exit_code(report, compat=options.compat)


def _move_run(
    options: Options, caller: Requestor, scp: StorageScp | None, report: RetrieveReport, recorder: Recorder | None
) -> MoveRun:
    (query_syntaxes,) = proposed(options)
    destination: str | Node = options.destination or caller.local.ae_title
    receiver = None
    if scp is not None:
        receiver = _receiver(options, caller, scp, recorder)
        destination = Node(name="own", host=gethostname(), port=options.listen, ae_title=str(destination))
    return MoveRun(
        node=caller.node,
        model=options.model,
        local=caller.local,
        destination=destination,
        transfer_syntaxes=query_syntaxes,
        receiver=receiver,
        arrived=None if scp is None else report.arrived,
        believes_pending=options.believe_pending,
        tls=caller.tls,
        user_information=caller.user_information,
        repeat=options.repeat,
        cancel_after=options.cancel or None,
        abort=options.abort,
    )


def _receiver(options: Options, caller: Requestor, scp: StorageScp, recorder: Recorder | None) -> ScpServer:
    """Gives our own SCP: any caller, any storage SOP class, in the transfer syntax that we prefer."""
    local = replace(caller.local, bind="", port=options.listen)
    policy = storage_policy(
        storage_sop_classes(), transfer_syntaxes=preferred(options), max_pdu_length=local.max_pdu_length
    )
    return ScpServer(
        local,
        replace(policy, prefer_own_order=True, extended=scp.offer.extended),
        {CEchoRq.COMMAND_FIELD: echo_handler, CStoreRq.COMMAND_FIELD: scp.handler},
        recorder=recorder,
        tls=tls_context(options, role="acceptor"),
    )


def _folder_code(folder: str) -> int:
    from os.path import isdir

    return EXIT_CANNOT_WRITE_OUTPUT if isdir(folder) else EXIT_INVALID_OUTPUT_DIRECTORY


def _exit_code(report: RetrieveReport, *, compat: bool) -> int:
    failure = report.failure
    if failure is None:
        return report.compat_code if compat else report.final_code
    if isinstance(failure.error, NoAcceptedContext):
        return EXIT_NO_CONTEXT
    if not failure.was_associated:
        return EXIT_CANNOT_NEGOTIATE
    return EXIT_OK if compat else EXIT_CANNOT_SEND_REQUEST
