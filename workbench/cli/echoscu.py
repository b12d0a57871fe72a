"""`dwb echoscu`: asks a node whether it is there, once or many times on one association (C-ECHO)."""

import asyncio
import time
from typing import Final

from workbench.acse.contexts import number
from workbench.cli.certificates import add_certificate_options, check_certificates
from workbench.cli.exit_codes import EXIT_ECHO_ABORTED, EXIT_FAILURE, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.tracing import tracing
from workbench.cli.values import positive, within
from workbench.dimse.status import SUCCESS, describe
from workbench.errors import (
    AssociationAborted,
    AssociationError,
    ConfigError,
    NoAcceptedContext,
    TransportError,
    WorkbenchError,
)
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.verification import echo
from workbench.trace.recorder import Recorder
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import ProposedContext

_MOST_SYNTAXES: Final = 53
_MOST_CONTEXTS: Final = 128

_EPILOG: Final = (
    "Exit codes: 0 every echo was answered with Success; 70 the association broke while it stood; 1 anything else."
    " With --compat-exit-codes 0 also where the node answered with another status or aborted, as DCMTK's echoscu."
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when every echo was answered with Success."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        if (verdict := check_certificates(options, output)) is not None:
            return verdict
        caller = requestor(options)
        with tracing(options, output) as recorder:
            return asyncio.run(_run(caller, options, output, recorder))
    except ConfigError as error:
        output.fatal(str(error))
    except KeyboardInterrupt:
        output.fatal("interrupted")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("echoscu", "Asks a node whether it is there (C-ECHO).", epilog=_EPILOG)
    add_general_options(parser)
    add_requestor_options(parser, ae_title="ECHOSCU")
    add_certificate_options(parser)
    group = parser.group("network options: association negotiation debugging")
    group.value(
        "-pts",
        "--propose-ts",
        dest="syntaxes",
        metavar="N",
        type=within(1, _MOST_SYNTAXES),
        default=1,
        help=f"propose N transfer syntaxes with each context, 1 to {_MOST_SYNTAXES} (default: 1)",
    )
    group.value(
        "-ppc",
        "--propose-pc",
        dest="contexts",
        metavar="N",
        type=within(1, _MOST_CONTEXTS),
        default=1,
        help=f"propose Verification N times, 1 to {_MOST_CONTEXTS} (default: 1)",
    )
    group = parser.group("network options: other network options")
    group.value(
        "--jobs", dest="jobs", metavar="N", type=positive, default=1, help="over N associations at a time (default: 1)"
    )
    return parser


async def _run(caller: Requestor, options: Options, output: Output, recorder: Recorder | None) -> int:
    contexts = _contexts(options.contexts, options.syntaxes)
    begin = time.monotonic()
    runs = [_Run(output, options) for _ in range(options.jobs)]
    await asyncio.gather(*(run.converse(caller, contexts, recorder) for run in runs))
    output.event(
        "summary",
        acknowledged=sum(run.acknowledged for run in runs),
        failed=sum(run.failures for run in runs),
        seconds=time.monotonic() - begin,
    )
    return max((run.exit_code for run in runs), default=EXIT_OK)


def _contexts(count: int, syntaxes: int) -> tuple[ProposedContext, ...]:
    proposed: tuple[str, ...] = (IMPLICIT_VR_LITTLE_ENDIAN,)
    if syntaxes > 1:
        from workbench.dictionary import transfer_syntaxes

        others = (uid for uid in transfer_syntaxes() if uid != IMPLICIT_VR_LITTLE_ENDIAN)
        proposed = (IMPLICIT_VR_LITTLE_ENDIAN, *others)[:syntaxes]
    (contexts,) = number([(VERIFICATION, proposed)] * count)
    return contexts


class _Run:
    """One association and what became of its echoes."""

    def __init__(self, output: Output, options: Options) -> None:
        self.acknowledged = 0
        self.failures = 0
        self.exit_code = EXIT_OK
        self._output = output
        self._options = options
        self._association: int | None = None

    async def converse(
        self, caller: Requestor, contexts: tuple[ProposedContext, ...], recorder: Recorder | None
    ) -> None:
        """Opens the association, asks and ends it."""
        try:
            async with connect(
                caller.node,
                contexts,
                local=caller.local,
                recorder=recorder,
                tls=caller.tls,
                user_information=caller.user_information,
            ) as association:
                self._associated(association)
                for _ in range(self._options.repeat):
                    await self._echo(association)
                if self._options.abort:
                    association.abort(cause="asked for by --abort")
            self._ended(is_aborted=self._options.abort)
        except WorkbenchError as error:
            self._failed(error)

    def _associated(self, association: Association) -> None:
        self._association = association.number
        self._output.event(
            "associated",
            association=association.number,
            called=association.called_ae_title,
            peer=association.peer,
            max_pdu=association.agreement.peer_max_length,
        )

    async def _echo(self, association: Association) -> None:
        reply = await echo(association)
        status = reply.message.status
        words = describe(status, "C-ECHO")
        milliseconds = reply.latency * 1000
        if status == SUCCESS:
            self.acknowledged += 1
            self._output.info(f"echo answered: {words} ({milliseconds:.1f} ms)")
        else:
            self.failures += 1
            self.exit_code = EXIT_OK if self._options.compat else EXIT_FAILURE
            self._output.error(f"echo answered: {words}")
        self._output.event(
            "response", association=association.number, status=status, reason=words, milliseconds=milliseconds
        )

    def _ended(self, *, is_aborted: bool) -> None:
        if is_aborted:
            self._output.event("aborted", association=self._association, reason="asked for by --abort")
        else:
            self._output.event("released", association=self._association)

    def _failed(self, error: WorkbenchError) -> None:
        self.failures += 1
        # As echoscu: 70 once the association stood and the echo itself broke.
        broken = self._association is not None and isinstance(error, AssociationError | TransportError)
        self.exit_code = EXIT_ECHO_ABORTED if broken else EXIT_FAILURE
        if self._options.compat and isinstance(error, AssociationAborted) and error.by_peer:
            self.exit_code = EXIT_OK
        if isinstance(error, NoAcceptedContext):
            self._output.fatal("No Acceptable Presentation Contexts")
        what = "Association Request" if self._association is None else "Echo"
        self._output.failed(what, error, association=self._association)
