"""`dwb termscu`: asks a server of DCMTK to shut down."""

import asyncio

from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.tracing import tracing
from workbench.errors import ConfigError, WorkbenchError
from workbench.services.shutdown import shut_down
from workbench.trace.recorder import Recorder

_EPILOG = (
    "Exit codes: 0 the server has shut down; 1 it still listens, or could not be asked. With --compat-exit-codes: "
    "0 the server accepted the private SOP class, 1 anything else, a server that rejects and shuts down included."
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when the server has shut down."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
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
    parser = Parser(
        "termscu",
        "Asks a server of DCMTK to shut down, by a private SOP class; servers honour it only when they are told to.",
        epilog=_EPILOG,
    )
    add_general_options(parser)
    add_requestor_options(parser, ae_title="TERMSCU", repeats=False)
    return parser


async def _run(caller: Requestor, options: Options, output: Output, recorder: Recorder | None) -> int:
    try:
        result = await shut_down(
            caller.node,
            local=caller.local,
            recorder=recorder,
            tls=caller.tls,
            user_information=caller.user_information,
        )
    except WorkbenchError as error:
        output.failed("Association Request", error)
        return EXIT_FAILURE
    output.event("shutdown", acknowledged=result.is_acknowledged, down=result.is_down, reason=result.reason)
    if result.rejection is not None and (options.compat or not result.is_down):
        output.failed("Association Request", result.rejection)
    if result.is_down:
        output.info(result.reason)
    else:
        output.fatal(result.reason)
    is_success = result.is_acknowledged if options.compat else result.is_down
    return EXIT_OK if is_success else EXIT_FAILURE
