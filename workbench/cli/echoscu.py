"""`dwb echoscu`: asks a node whether it is there, once or many times on one association (C-ECHO)."""

import argparse
import asyncio
import time

from workbench.acse.contexts import propose
from workbench.cli.options import (
    EXIT_ECHO_ABORTED,
    EXIT_FAILURE,
    EXIT_OK,
    Parser,
    add_general_options,
    add_requestor_options,
    timeouts,
)
from workbench.cli.output import Output
from workbench.cli.tracing import error_event, tracing_recorder
from workbench.config import LocalAe, Node
from workbench.dimse.status import SUCCESS, describe
from workbench.errors import AssociationError, ConfigError, TransportError, WorkbenchError
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.verification import echo
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when every echo was answered with Success."""
    options = _parser().parse_args(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        node = Node(name=options.peer, host=options.peer, port=options.port, ae_title=options.call)
        local = LocalAe(ae_title=options.aetitle, max_pdu_length=options.max_pdu, timeouts=timeouts(options))
        return asyncio.run(_run(node, local, options, output))
    except ConfigError as error:
        output.fatal(str(error))
        return EXIT_FAILURE
    except KeyboardInterrupt:
        output.fatal("interrupted")
        return EXIT_FAILURE


def _parser() -> Parser:
    parser = Parser("echoscu", "Asks a node whether it is there (C-ECHO).")
    add_general_options(parser)
    add_requestor_options(parser, ae_title="ECHOSCU")
    parser.add_argument("--abort", action="store_true", help="end with A-ABORT instead of A-RELEASE")
    return parser


async def _run(node: Node, local: LocalAe, options: argparse.Namespace, output: Output) -> int:
    run = _Run(output)
    (contexts,) = propose([(VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN,))])
    output.info(f"requesting association with {node.ae_title} at {node.host}:{node.port}")
    begin = time.monotonic()
    try:
        async with connect(node, contexts, local=local, recorder=tracing_recorder(output)) as association:
            run.associated(association)
            for _ in range(options.repeat):
                await run.echo(association)
            if options.abort:
                association.abort(cause="asked for by --abort")
        output.info("association aborted" if options.abort else "association released")
        if options.abort:
            output.event("aborted", association=association.number, reason="asked for by --abort")
        else:
            output.event("released", association=association.number)
    except WorkbenchError as error:
        run.failed(error)
    output.event("summary", acknowledged=run.acknowledged, failed=run.failures, seconds=time.monotonic() - begin)
    return run.exit_code


class _Run:
    """What became of the echoes."""

    def __init__(self, output: Output) -> None:
        self.acknowledged = 0
        self.failures = 0
        self.exit_code = EXIT_OK
        self._output = output
        self._association: int | None = None

    def associated(self, association: Association) -> None:
        self._association = association.number
        agreement = association.agreement
        self._output.info(f"association accepted (max PDU of the peer: {agreement.peer_max_length or 'unlimited'})")
        self._output.event(
            "associated",
            association=association.number,
            called=association.called_ae_title,
            peer=association.peer,
            max_pdu=agreement.peer_max_length,
        )

    async def echo(self, association: Association) -> None:
        reply = await echo(association)
        status = reply.message.status
        words = describe(status, "C-ECHO")
        milliseconds = reply.latency * 1000
        if status == SUCCESS:
            self.acknowledged += 1
            self._output.info(f"echo answered: {words} ({milliseconds:.1f} ms)")
        else:
            self.failures += 1
            self.exit_code = EXIT_FAILURE
            self._output.error(f"echo answered: {words}")
        self._output.event(
            "response", association=association.number, status=status, reason=words, milliseconds=milliseconds
        )

    def failed(self, error: WorkbenchError) -> None:
        self.failures += 1
        # As echoscu: 70 once the association stood and the echo itself broke.
        broken = self._association is not None and isinstance(error, AssociationError | TransportError)
        self.exit_code = EXIT_ECHO_ABORTED if broken else EXIT_FAILURE
        self._output.fatal(str(error))
        error_event(self._output, error, association=self._association)
