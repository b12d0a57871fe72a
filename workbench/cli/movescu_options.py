"""The options of movescu."""

from typing import Final

from workbench.cli.exit_codes import (
    EXIT_CANNOT_INITIALIZE_NETWORK,
    EXIT_CANNOT_NEGOTIATE,
    EXIT_CANNOT_SEND_REQUEST,
    EXIT_CANNOT_WRITE_OUTPUT,
    EXIT_COMMAND_LINE,
    EXIT_FINAL_STATUS_ERROR,
    EXIT_FINAL_STATUS_WARNING,
    EXIT_INVALID_INPUT_FILE,
    EXIT_INVALID_OUTPUT_DIRECTORY,
    EXIT_NO_CONTEXT,
    EXIT_NO_TLS,
    EXIT_OK,
)
from workbench.cli.options import add_general_options
from workbench.cli.parser import Parser
from workbench.cli.query_keys import add_query_options
from workbench.cli.requesting import add_requestor_options, title
from workbench.cli.syntax_options import add_prefer_options, add_propose_options
from workbench.cli.values import at_least, network, port_number
from workbench.cli.writing import add_writing_options

PATIENCE: Final = 600.0
"""Seconds that an archive may say nothing: it need not tell how far it is (PS3.4 C.4.2.1.4), and may be slow."""

_EPILOG: Final = (
    f"Without -td an archive may send for {PATIENCE:g} seconds without telling how far it is. "
    f"Exit codes: {EXIT_OK} everything that was asked for was sent; {EXIT_COMMAND_LINE} the command line or a key is"
    f" wrong; {EXIT_INVALID_INPUT_FILE} a query file is; {EXIT_CANNOT_WRITE_OUTPUT} and {EXIT_INVALID_OUTPUT_DIRECTORY}"
    f" the output folder cannot be written to, or is not there; {EXIT_CANNOT_INITIALIZE_NETWORK} the port of +P cannot"
    f" be listened on; {EXIT_CANNOT_NEGOTIATE} no association; {EXIT_NO_CONTEXT} the peer does not offer C-MOVE;"
    f" {EXIT_CANNOT_SEND_REQUEST} the association was lost; {EXIT_FINAL_STATUS_WARNING} some instances were not sent;"
    f" {EXIT_FINAL_STATUS_ERROR} the retrieve failed; {EXIT_NO_TLS} no secure connections with these keys and"
    f" certificates. With --compat-exit-codes {EXIT_OK} where the association was lost"
    " and where the final response hides that instances failed, as DCMTK's movescu."
)


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("movescu", "Lets an archive send instances to a destination (C-MOVE).", epilog=_EPILOG)
    add_general_options(parser)
    add_requestor_options(parser, ae_title="MOVESCU", is_acceptor=True)
    parser.default("dimse_timeout", PATIENCE)
    add_query_options(parser)
    parser.group("network options: application entity titles").value(
        "-aem",
        "--move",
        dest="destination",
        metavar="TITLE",
        type=title,
        help="AE title of the destination (default: the own title)",
    )
    add_prefer_options(parser, accept_all=True)
    add_propose_options(parser, "uncompressed")
    group = parser.group("network options: network host access control")
    group.flag(
        "-ac",
        "--access-full",
        dest="allow_host",
        value=(),
        default=(),
        help="take objects from any host (default), but for what --allow-host says after it",
    )
    group.refused(
        "+ac", "--access-control", because="files of the TCP wrapper are not read; --allow-host names who may send"
    )
    group.value(
        "--allow-host",
        dest="allow_host",
        metavar="ADDRESS",
        type=network,
        default=(),
        repeat=True,
        help="take objects from this address or network only; repeat for more",
    )
    _add_port_options(parser)
    group = parser.group("network options: handling of illegal datasets following 'pending' move responses")
    group.flag(
        "-pi",
        "--pending-ignore",
        dest="believe_pending",
        value=False,
        help="pending responses have no data set, even if they announce one (default)",
    )
    group.flag(
        "-pr", "--pending-read", dest="believe_pending", help="take the data sets that pending responses announce"
    )
    _add_other_options(parser)
    return parser


def _add_port_options(parser: Parser) -> None:
    group = parser.group("network options: port for incoming network associations")
    group.flag(
        "--no-port", dest="listen", value=None, default=None, help="do not listen: others are the destination (default)"
    )
    group.value(
        "+P",
        "--port",
        dest="listen",
        metavar="PORT",
        type=port_number,
        help="listen on this port for what is sent, and write it into files",
    )


def _add_other_options(parser: Parser) -> None:
    group = parser.group("network options: other network options")
    group.flag(
        "-dhl", "--disable-host-lookup", dest="no_host_names", help="look up no host names for what is said at -v"
    )
    group.flag("--ignore", dest="ignore", help="answer what is sent to us with success and keep nothing")
    group.value(
        "--cancel",
        dest="cancel",
        metavar="N",
        type=at_least(0),
        help="send C-CANCEL after N responses and go on to the end; 0 never does (default: never)",
    )
    group.flag("-up", "--uid-padding", dest="uid_padding", help="do not warn of UIDs that are padded with a space")
    group = parser.group("output options: general")
    group.value(
        "-od",
        "--output-directory",
        dest="folder",
        metavar="FOLDER",
        default=".",
        help="write what is sent into this folder; needs +P (default: .)",
    )
    parser.requires("--output-directory", "--port")
    add_writing_options(parser, converts_un=False, deflated=("--propose-deflated",))
