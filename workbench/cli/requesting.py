"""What the tools share that call a node: whom they call, as whom, and how."""

import argparse
import ssl
from typing import Final, NamedTuple

from workbench.cli.identity import add_identity_options, identity_items
from workbench.cli.options import (
    TITLES,
    add_network_options,
    add_timeout,
    socket_settings,
    timeouts,
)
from workbench.cli.parser import Options, Parser
from workbench.cli.tls import add_tls_options, tls_context
from workbench.cli.values import port_number, positive
from workbench.config import LocalAe, Node, Timeouts, check_ae_title
from workbench.errors import ConfigError
from workbench.upper_layer.items import UserInformationItem

ANY_SCP: Final = "ANY-SCP"


class Requestor(NamedTuple):
    """Whom a tool calls, as whom, and how: what `net.connect` and what is built on it want to be told."""

    node: Node
    local: LocalAe
    tls: ssl.SSLContext | None
    user_information: tuple[UserInformationItem, ...]


def add_requestor_options(parser: Parser, *, ae_title: str, repeats: bool = True, is_acceptor: bool = False) -> None:
    """Adds the words `peer` and `port`, and the options of all tools that call a node.

    Args:
        ae_title: the tool's own title where -aet gives no other.
        repeats: whether what the tool does can be repeated, or ended by an abort.
        is_acceptor: whether the tool is also called, as by those who send to it.
    """
    parser.positional("peer", "peer", help="host name or address of the node")
    parser.positional("port", "port", type=port_number, help="its TCP port")
    group = parser.group(TITLES)
    group.value(
        "-aet",
        "--aetitle",
        dest="aetitle",
        metavar="TITLE",
        type=title,
        default=ae_title,
        help=f"own AE title (default: {ae_title})",
    )
    group.value(
        "-aec", "--call", dest="call", metavar="TITLE", type=title, help=f"called AE title (default: {ANY_SCP})"
    )
    group.value(
        "--node",
        dest="node",
        metavar="NAME",
        help="call this node of the application's address book; peer and port are left out then",
    )
    parser.leaves_out("node", "peer", "port")
    add_identity_options(parser)
    network = add_network_options(parser)
    add_timeout(
        network,
        "-to",
        "--timeout",
        dest="connect_timeout",
        text=f"for the TCP connection (default: {Timeouts().connect:g})",
    )
    if repeats:
        network.value(
            "--repeat",
            dest="repeat",
            metavar="N",
            type=positive,
            default=1,
            help="do everything N times on one association (default: 1)",
        )
        network.flag("--abort", dest="abort", help="end with A-ABORT instead of A-RELEASE")
    add_tls_options(parser, role="both" if is_acceptor else "requestor")
    parser.conceal("--use-passwd")


def requestor(options: Options) -> Requestor:
    """Gives whom the options call, and how.

    Raises:
        ConfigError: one of them is wrong, or the address book has no such node; the message names it.
    """
    local = LocalAe(
        ae_title=options.aetitle,
        max_pdu_length=options.max_pdu,
        max_sent_pdu_length=options.max_send_pdu,
        timeouts=timeouts(options),
        sockets=socket_settings(options),
    )
    return Requestor(
        node=_node(options),
        local=local,
        tls=tls_context(options, role="requestor"),
        user_information=identity_items(options),
    )


def title(text: str) -> str:
    """Takes an AE title."""
    try:
        return check_ae_title(text, "AE title")
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _node(options: Options) -> Node:
    if options.node is None:
        return Node(name=options.peer, host=_host(options.peer), port=options.port, ae_title=options.call or ANY_SCP)
    from dataclasses import replace

    from workbench.settings_file import load_settings, places  # and what reads JSON into dataclasses

    file = places().settings_file
    settings = load_settings(file)
    node = settings.node(options.node)
    if node is None:
        known = ", ".join(repr(each.name) for each in settings.nodes) or "none"
        raise ConfigError(f"--node: the address book {file} has no node {options.node!r}; it has {known}")
    return replace(node, ae_title=options.call) if options.call else node


def _host(peer: str) -> str:
    """Gives a host without the brackets that go around an IPv6 address where a port follows (RFC 3986 3.2.2)."""
    return peer[1:-1] if peer.startswith("[") and peer.endswith("]") else peer
