"""`dwb storescp`: receives objects into a folder (C-STORE) and answers echoes, until it is told to stop."""

import asyncio
from dataclasses import replace
from typing import Final

from workbench.acse.policy import storage_policy
from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.serving import Acceptor, Serving, acceptor, add_acceptor_options
from workbench.cli.tracing import tracing
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.storage.scp import StorageScp
from workbench.trace.recorder import Recorder

_IGNORE_WARNING: Final = (
    "objects are answered with success and not kept (--ignore): a sender may delete its originals after that"
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        served_as = acceptor(options)
        serving = Serving(served_as.local, output)
        with tracing(options, output, serving.look) as recorder:
            return asyncio.run(_run(served_as, serving, options, output, recorder))
    except (ConfigError, TransportError) as error:
        output.fatal(str(error))
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("storescp", "Receives DICOM objects into a folder (C-STORE).")
    add_general_options(parser)
    group = add_acceptor_options(parser, ae_title="STORESCP")
    group.flag("-pm", "--promiscuous", dest="promiscuous", help="accept unknown SOP classes too")
    group.flag("--ignore", dest="ignore", help="answer Success and keep nothing")
    group = parser.group("output options: general")
    group.value(
        "-od",
        "--output-directory",
        dest="folder",
        metavar="FOLDER",
        default=".",
        help="folder for received objects (default: .)",
    )
    group.flag(
        "--no-structure-check",
        dest="check",
        value=False,
        default=True,
        help="store data sets that are broken or not what the command says",
    )
    return parser


async def _run(
    served_as: Acceptor, serving: Serving, options: Options, output: Output, recorder: Recorder | None
) -> int:
    local = served_as.local
    scp = StorageScp(options.folder, on_received=serving.object_received, check=options.check, ignore=options.ignore)
    policy = storage_policy(
        storage_sop_classes(),
        allowed_calling=served_as.allowed_calling,
        accept_unknown=options.promiscuous,
        max_pdu_length=local.max_pdu_length,
    )
    server = ScpServer(
        local,
        replace(policy, window=(options.window, 1), extended=scp.offer.extended),
        {CEchoRq.COMMAND_FIELD: serving.echo, CStoreRq.COMMAND_FIELD: scp.handler},
        recorder=recorder,
        observer=serving.association_changed,
        tls=served_as.tls,
    )
    if options.ignore:
        output.warning(_IGNORE_WARNING)
        output.event("warning", reason=_IGNORE_WARNING)
    try:
        await serving.run(server)
    finally:
        scp.close()
    serving.summarise()
    return EXIT_OK
