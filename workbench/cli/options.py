"""Options that every tool has: how much is said and to whom, the trace, the IP version."""

import argparse
import os
from typing import Final

from workbench.cli.output import Level
from workbench.cli.parser import Group, Options, Parser
from workbench.cli.values import MAX_PDU_LENGTH, pdu_length, seconds, sent_pdu_length
from workbench.config import SocketSettings, Timeouts
from workbench.errors import ConfigError

GENERAL: Final = "general options"
NETWORK: Final = "network options: other network options"
TITLES: Final = "network options: application entity titles"

_LEVELS: Final = {
    "fatal": Level.FATAL,
    "error": Level.ERROR,
    "warn": Level.WARNING,
    "info": Level.INFO,
    "debug": Level.DEBUG,
    "trace": Level.TRACE,
}
_DEFAULT_BUFFER: Final = 65536  # what TCP_BUFFER_LENGTH=0 means


def add_general_options(parser: Parser, *, verbose_contexts: bool = False) -> None:
    """Adds what every tool has.

    Args:
        verbose_contexts: also `+v`, for the tools of DCMTK that have it.
    """
    group = parser.group(GENERAL)
    for spellings, level, text in (
        (("-q", "--quiet"), Level.FATAL, "print fatal errors only"),
        (("-v", "--verbose"), Level.INFO, "print what happens"),
        (
            ("-d", "--debug"),
            Level.DEBUG,
            "print every PDU, with a dump of its bytes, every message, what is negotiated",
        ),
    ):
        group.flag(*spellings, dest="level", value=level, default=Level.WARNING, help=text)
    group.value("-ll", "--log-level", dest="level", metavar="LEVEL", type=_level, help=f"one of {', '.join(_LEVELS)}")
    group.refused(
        "-lc",
        "--log-config",
        words=1,
        because="configurations of loggers are not read; -ll sets the level, --json writes events, --trace keeps all",
    )
    if verbose_contexts:
        group.flag("+v", "--verbose-pc", dest="verbose_pc", help="also print the presentation contexts; needs -v")
        parser.check(_contexts_are_printed)
    group.flag("--json", dest="json", help="print one JSON object a line on standard output")
    group.value("--trace", dest="trace", metavar="FILE", help="keep all that crosses the wire in this file (pcapng)")
    group.flag(
        "--compat-exit-codes", dest="compat", help="end with 0 where DCMTK's tool does, though something has failed"
    )


def add_ip_options(parser: Parser) -> None:
    """Adds the choice of the IP version."""
    group = parser.group("network options: IP protocol version")
    for short, long, version, text in (
        ("-i4", "--ipv4", "4", "IPv4 only"),
        ("-i6", "--ipv6", "6", "IPv6 only"),
        ("-i0", "--ip-auto", "any", "whichever there is (default)"),
    ):
        group.flag(short, long, dest="ip_version", value=version, default="any", help=text)


def add_network_options(parser: Parser) -> Group:
    """Adds what requestors and acceptors share: PDU lengths and time limits; gives their group."""
    defaults = Timeouts()
    add_ip_options(parser)
    group = parser.group(NETWORK)
    group.value(
        "-ts",
        "--socket-timeout",
        dest="socket_timeout",
        metavar="SECONDS",
        type=_socket_seconds,
        help=f"time limit for a peer that says nothing or takes nothing, 0 or -1 for none beside -td "
        f"(default: {defaults.idle:g})",
    )
    add_timeout(
        group,
        "-ta",
        "--acse-timeout",
        dest="acse_timeout",
        text=f"for association and release (default: {defaults.acse:g})",
    )
    add_timeout(
        group,
        "-td",
        "--dimse-timeout",
        dest="dimse_timeout",
        text=f"for each DIMSE message (default: {defaults.dimse:g})",
    )
    group.value(
        "-pdu",
        "--max-pdu",
        dest="max_pdu",
        metavar="BYTES",
        type=pdu_length,
        default=MAX_PDU_LENGTH,
        help=f"announce this maximum PDU length, 0 for no limit (default: {MAX_PDU_LENGTH})",
    )
    group.value(
        "--max-send-pdu",
        dest="max_send_pdu",
        metavar="BYTES",
        type=sent_pdu_length,
        default=0,
        help="send no longer PDUs than this, whatever the peer takes",
    )
    return group


def add_timeout(group: Group, *spellings: str, dest: str, text: str) -> None:
    """Adds an option that takes seconds."""
    group.value(*spellings, dest=dest, metavar="SECONDS", type=seconds, help=f"time limit {text}")


def timeouts(options: Options) -> Timeouts:
    """Gives the time limits that the options name; of those for a socket and for messages one stands for the other."""
    defaults = Timeouts()
    dimse = options.dimse_timeout or options.socket_timeout or defaults.dimse
    idle = options.socket_timeout
    if idle is None:
        idle = options.dimse_timeout or defaults.idle
    return Timeouts(
        connect=getattr(options, "connect_timeout", None) or defaults.connect,
        acse=options.acse_timeout or defaults.acse,
        dimse=dimse,
        idle=idle or _UNLIMITED,
    )


_UNLIMITED: Final = 1e6
"""Seconds, eleven days: what an option that switches a limit off sets it to."""


def socket_settings(options: Options) -> SocketSettings:
    """Gives how sockets are made, by the options and by TCP_NODELAY and TCP_BUFFER_LENGTH of the environment.

    Raises:
        ConfigError: a variable of the environment is not what it has to be.
    """
    buffer = _number_in_environment("TCP_BUFFER_LENGTH")
    no_delay = _number_in_environment("TCP_NODELAY")
    return SocketSettings(
        ip_version=options.ip_version,
        buffer=_DEFAULT_BUFFER if buffer == 0 else buffer,
        no_delay=no_delay != 0,
    )


def _number_in_environment(name: str) -> int | None:
    text = os.environ.get(name)
    if not text:
        return None
    if not text.strip().isdecimal():
        raise ConfigError(f"the environment has {name}={text!r}, which is not a number")
    return int(text)


def _contexts_are_printed(options: Options) -> str:
    is_silent = options.verbose_pc and options.level > Level.INFO
    return "+v/--verbose-pc needs -v, or another level that prints as much" if is_silent else ""


def _level(text: str) -> Level:
    level = _LEVELS.get(text.lower())
    if level is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(_LEVELS)}")
    return level


def _socket_seconds(text: str) -> float:
    if text in ("0", "-1"):
        return 0.0
    return seconds(text)
