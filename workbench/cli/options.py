"""Options that the tools share: DCMTK's spellings, short with `-` or `+` and several letters, or long."""

import argparse
import importlib
from collections.abc import Callable
from typing import Final, NoReturn

from workbench.cli.output import Level
from workbench.config import Timeouts
from workbench.uids import IMPLEMENTATION_VERSION_NAME

DISTRIBUTION: Final = "dicom-workbench"
MAX_PDU_LENGTH: Final = 131072

# DCMTK's exit codes (ofexit.h and its tools): whatever is wrong with the command line, a file or the network is 1.
EXIT_OK: Final = 0
EXIT_FAILURE: Final = 1
EXIT_PEER_ABORTED: Final = 10
EXIT_ECHO_ABORTED: Final = 70


class Parser(argparse.ArgumentParser):
    """A parser whose errors end the program with 1, as those of DCMTK's tools."""

    def __init__(self, tool: str, description: str) -> None:
        super().__init__(prog=f"dwb {tool}", description=description, prefix_chars="-+", allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Names the problem and the way to the help."""
        self.exit(EXIT_FAILURE, f"{self.prog}: {message}\n{self.prog} --help tells the options\n")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(version())
        parser.exit()


def version() -> str:
    """Gives the name and the version of the program."""
    metadata = importlib.import_module("importlib.metadata")  # 20 ms of start-up that only this needs
    try:
        number = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        number = IMPLEMENTATION_VERSION_NAME.removeprefix("DWB_").replace("_", ".")
    return f"DICOM Workbench {number}"


def add_general_options(parser: argparse.ArgumentParser) -> None:
    """Adds what every tool has: verbosity, JSON, version."""
    group = parser.add_argument_group("general options")
    group.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    for flags, level, text in (
        (("-q", "--quiet"), Level.FATAL, "print fatal errors only"),
        (("-v", "--verbose"), Level.INFO, "print what happens"),
        (("-d", "--debug"), Level.DEBUG, "print every PDU and every change of state"),
    ):
        group.add_argument(*flags, dest="level", action="store_const", const=level, default=Level.WARNING, help=text)
    group.add_argument("--json", action="store_true", help="print one JSON object a line on standard output")


def add_network_options(parser: argparse.ArgumentParser, *, ae_title: str) -> argparse._ArgumentGroup:
    """Adds AE title, PDU length and timeouts; gives their group."""
    defaults = Timeouts()
    group = parser.add_argument_group("network options")
    group.add_argument(
        "-aet", "--aetitle", metavar="TITLE", default=ae_title, help=f"own AE title (default: {ae_title})"
    )
    group.add_argument(
        "-pdu",
        "--max-pdu",
        metavar="BYTES",
        type=_number("a PDU length", lambda n: n == 0 or 4096 <= n <= 0xFFFFFFFF, "0 (no limit) or 4096 and above"),
        default=MAX_PDU_LENGTH,
        help=f"announce this maximum PDU length, 0 for no limit (default: {MAX_PDU_LENGTH})",
    )
    add_timeout(
        group,
        "-ta",
        "--acse-timeout",
        dest="acse_timeout",
        text=f"for association, release and after an abort (default: {defaults.acse:g})",
    )
    add_timeout(
        group,
        "-td",
        "--dimse-timeout",
        dest="dimse_timeout",
        text=f"for each DIMSE message (default: {defaults.dimse:g})",
    )
    return group


def add_requestor_options(parser: argparse.ArgumentParser, *, ae_title: str) -> None:
    """Adds what the tools share that call a node: its address, the titles, the connect timeout."""
    parser.add_argument("peer", help="host name or address of the node")
    parser.add_argument("port", type=port_number, help="its TCP port")
    group = add_network_options(parser, ae_title=ae_title)
    group.add_argument("-aec", "--call", metavar="TITLE", default="ANY-SCP", help="called AE title (default: ANY-SCP)")
    seconds = Timeouts().connect
    text = f"for the TCP connection (default: {seconds:g})"
    add_timeout(group, "-to", "--timeout", dest="connect_timeout", text=text)
    group.add_argument(
        "--repeat", metavar="N", type=positive, default=1, help="do everything N times on one association (default: 1)"
    )


def add_timeout(group: argparse._ArgumentGroup, *flags: str, dest: str, text: str) -> None:
    """Adds an option that takes seconds."""
    group.add_argument(*flags, dest=dest, metavar="SECONDS", type=_seconds, help=f"time limit {text}")


def timeouts(options: argparse.Namespace) -> Timeouts:
    """Gives the timeouts that the options name."""
    defaults = Timeouts()
    dimse = options.dimse_timeout or defaults.dimse
    return Timeouts(
        connect=getattr(options, "connect_timeout", None) or defaults.connect,
        acse=options.acse_timeout or defaults.acse,
        dimse=dimse,
        idle=getattr(options, "idle_timeout", None) or options.dimse_timeout or defaults.idle,
    )


def positive(text: str) -> int:
    """Takes a count of at least 1."""
    return _number("a count", lambda n: n >= 1, "1 or more")(text)


def port_number(text: str) -> int:
    """Takes the port of a node."""
    return _number("a port", lambda n: 1 <= n <= 65535, "1 to 65535")(text)


def listening_port(text: str) -> int:
    """Takes a port to listen on, 0 for a free one."""
    return _number("a port", lambda n: 0 <= n <= 65535, "1 to 65535, or 0 for a free one")(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds above 0")
    return seconds


def _number(what: str, is_valid: Callable[[int], bool], allowed: str) -> Callable[[str], int]:
    def convert(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}: {allowed}") from None
        if not is_valid(number):
            raise argparse.ArgumentTypeError(f"{text} is not {what}: {allowed}")
        return number

    return convert
