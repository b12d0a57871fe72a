"""`dwb storescp`: receives objects into a folder (C-STORE) and answers echoes, until it is told to stop."""

import asyncio
import os
import socket
import stat
from contextlib import suppress
from dataclasses import replace
from typing import Final

from workbench.acse.policy import Policy, storage_policy
from workbench.cli.event_options import Events, add_event_options
from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_NO_INHERITED_CONNECTION, EXIT_OK
from workbench.cli.options import NETWORK, add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.profiles import PROFILE_OPTION, add_profile_option, load_profile
from workbench.cli.reception import Reception, add_extension_option, add_folder_options, add_peer_options, naming
from workbench.cli.serving import Acceptor, acceptor, add_acceptor_options
from workbench.cli.syntax_options import add_prefer_options, preferred
from workbench.cli.tracing import tracing
from workbench.cli.values import at_least
from workbench.cli.writing import add_writing_options, rewriting
from workbench.dictionary import storage_sop_classes
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.services.admission import refuse_all, refuse_without_implementation
from workbench.services.storage.faults import StoreFaults
from workbench.services.storage.object_names import NamesByMillisecond, ObjectName, name_by_new_uid
from workbench.services.storage.scp import StorageScp
from workbench.trace.recorder import Recorder

_PROCESSES: Final = "multi-process options"

_EPILOG: Final = (
    "Exit codes: 0 stopped by a signal, or the inherited connection has ended; 1 cannot start; 99 there is no "
    "inherited connection. The first SIGINT or SIGTERM lets associations end, the second one aborts them and kills the "
    "commands. An object whose SOP Instance UID is no UID (PS3.5 9.1) is refused (C000H) and not stored under another "
    "name."
)


_HAS_INETD: Final = os.name == "posix"


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = make_parser().parse(arguments)
    inherited = None
    if options.inetd:
        inherited = _inherited_connection()
        if inherited is None:
            Output(level=options.level, as_json=options.json).fatal("there is no connection to inherit (--inetd)")
            return EXIT_NO_INHERITED_CONNECTION
        options.port = 0
    output = Output(level=options.level, as_json=options.json)
    try:
        served_as = _served_as(options)
        reception = Reception(options, served_as, output)
        with tracing(options, output, reception.look) as recorder:
            return asyncio.run(_run(served_as, reception, options, output, recorder, inherited))
    except (ConfigError, TransportError) as error:
        output.fatal(str(error))
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("storescp", "Receives DICOM objects into a folder (C-STORE).", epilog=_EPILOG)
    add_general_options(parser, verbose_contexts=True)
    _add_process_options(parser)
    add_profile_option(parser.group("network options: association negotiation profile from configuration file"))
    add_prefer_options(parser, accept_all=True)
    group = parser.group("network options: network host access control")
    text = "serve any host (default), but for what --allow-host says after it"
    group.flag("-ac", "--access-full", dest="allow_host", value=(), default=(), help=text)
    group.refused(
        "+ac", "--access-control", because="files of the TCP wrapper are not read; --allow-host names who is served"
    )
    add_acceptor_options(parser, ae_title="STORESCP", is_port_optional=True, limits=_PROCESSES)
    _add_network_options(parser)
    add_folder_options(parser)
    add_writing_options(parser)
    group = parser.group("output options: filename generation")
    for short, long, value, text in (
        ("-uf", "--default-filenames", "default", "prefix of the kind and SOP Instance UID: CT.1.2.3 (default)"),
        ("+uf", "--unique-filenames", "unique", "prefix, X and a new UID: CT.X.1.2.3"),
    ):
        group.flag(short, long, dest="names", value=value, default="default", help=text)
    group.flag("-tn", "--timenames", dest="time_names", help="time and prefix: 20240229120000123.CT")
    add_extension_option(group)
    add_event_options(parser)
    parser.conflicts(PROFILE_OPTION, "--promiscuous")
    parser.conflicts("--inetd", "--fork")
    parser.conflicts("--single-process", "--max-associations")
    parser.conflicts("--timenames", "--unique-filenames")
    parser.check(lambda options: "" if options.inetd or options.port is not None else "port is missing")
    return parser


def _add_process_options(parser: Parser) -> None:
    group = parser.group(_PROCESSES)
    group.flag(
        "--single-process",
        dest="concurrency",
        value="single",
        default="",
        help="serve one association at a time, while others wait unanswered; else they are served together",
    )
    group.flag(
        "--fork",
        dest="concurrency",
        value="fork",
        help="serve associations together (default; no process is forked); with --max-associations further ones wait, "
        "where they would be rejected without",
    )
    parser.group("internal").refused(
        "--forked-child", because="no process is forked: associations are served together in one"
    )


def _add_network_options(parser: Parser) -> None:
    group = parser.group(NETWORK)
    if _HAS_INETD:
        group.flag(
            "-id",
            "--inetd",
            dest="inetd",
            help="serve the one connection that standard input is; what is printed, --json too, goes to standard error",
        )
    else:
        group.refused("-id", "--inetd", because="no connection is inherited on this system; give a port")
        parser.default("inetd", False)
    add_peer_options(group)
    group.flag("--refuse", dest="refuse", help="reject every association")
    group.flag("--reject", dest="reject", help="reject those who give no implementation class UID")
    group.flag("--ignore", dest="ignore", help="answer Success and keep nothing")
    for name, dest, text in (
        ("--sleep-after", "sleep_after", "wait so long after each object was answered"),
        ("--sleep-during", "sleep_during", "wait so long whenever something of an object comes"),
    ):
        group.value(name, dest=dest, metavar="SECONDS", type=at_least(0), default=0, help=text)
    group.flag("--abort-after", dest="abort_after", help="abort in place of the answer to an object")
    group.flag("--abort-during", dest="abort_during", help="abort as soon as an object begins to come")
    group.flag("-pm", "--promiscuous", dest="promiscuous", help="accept SOP classes that are not known, too")
    group.flag("-up", "--uid-padding", dest="uid_padding", help="do not warn of UIDs that are padded with a space")


def _served_as(options: Options) -> Acceptor:
    served_as = acceptor(options)
    if options.concurrency == "single":
        return replace(served_as, local=replace(served_as.local, max_associations=1))
    return served_as


async def _run(
    served_as: Acceptor,
    reception: Reception,
    options: Options,
    output: Output,
    recorder: Recorder | None,
    inherited: socket.socket | None,
) -> int:
    events = Events(options, reception, output)
    name: ObjectName | None = name_by_new_uid if options.names == "unique" else None
    if options.time_names:
        name = NamesByMillisecond()
    scp = StorageScp(
        options.folder,
        on_received=reception.object_received,
        check=options.check and options.storage_mode != "bits",
        ignore=options.ignore,
        accept=events.begun,
        name=naming(name, options.extension),
        ae_title=options.aetitle if "--aetitle" in options.given else "",
        folder_of=None if events.studies is None else events.studies.folder_of,
        rewriting=rewriting(options),
        after=events.after,
        faults=StoreFaults(
            seconds_during=options.sleep_during,
            seconds_after=options.sleep_after,
            aborts_during=options.abort_during,
            aborts_after=options.abort_after,
        ),
    )
    reception.admission += [refuse_all] if options.refuse else []
    reception.admission += [refuse_without_implementation] if options.reject else []
    reception.observers.append(events.association_changed)
    waits = options.concurrency == "single" or (options.concurrency == "fork" and "--max-associations" in options.given)
    try:
        server = reception.server(_policy(served_as, scp, options, output), scp, recorder, waits=waits)
        if inherited is None:
            await reception.run(server)
        else:
            await reception.run_inherited(server, inherited)
    finally:
        await events.close()
        await reception.close()
        scp.close()
    reception.summarise()
    return EXIT_OK


def _policy(served_as: Acceptor, scp: StorageScp, options: Options, output: Output) -> Policy:
    policy = storage_policy(
        storage_sop_classes(),
        allowed_calling=served_as.allowed_calling,
        transfer_syntaxes=preferred(options),
        accept_unknown=options.promiscuous,
        max_pdu_length=served_as.local.max_pdu_length,
    )
    policy = replace(policy, prefer_own_order=True, window=(options.window, 1), extended=scp.offer.extended)
    if options.config is None:
        return policy
    return load_profile(*options.config, side="SCP", output=output).accepted_by(policy)


def _inherited_connection() -> socket.socket | None:
    """Takes the connection that standard input is, and lets nothing of what is said go over it.

    What would go to standard output, events say, goes to standard error then; if that is the connection too, nowhere.
    """
    try:
        sock = socket.socket(fileno=os.dup(0))
    except OSError:
        return None
    try:
        sock.getpeername()
    except OSError:
        sock.close()
        return None
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor, instead in ((0, nowhere), (2, nowhere), (1, 2)):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.dup2(instead, descriptor)
    os.close(nowhere)
    return sock
