"""`dwb storescp`: receives objects into a folder (C-STORE) and answers echoes, until it is told to stop."""

import argparse
import asyncio
from dataclasses import replace
from typing import Final

from workbench.acse.policy import storage_policy
from workbench.cli.options import EXIT_FAILURE, EXIT_OK, Parser, add_general_options
from workbench.cli.output import Output
from workbench.cli.serving import Serving, add_acceptor_options, local_ae
from workbench.config import LocalAe
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.storage.scp import StorageScp

_IGNORE_WARNING: Final = (
    "objects are answered with success and not kept (--ignore): a sender may delete its originals after that"
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = _parser().parse_args(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return asyncio.run(_run(local_ae(options), options, output))
    except (ConfigError, TransportError) as error:
        output.fatal(str(error))
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    return EXIT_FAILURE


def _parser() -> Parser:
    parser = Parser("storescp", "Receives DICOM objects into a folder (C-STORE).")
    add_general_options(parser)
    group = add_acceptor_options(parser, ae_title="STORESCP")
    group.add_argument("-pm", "--promiscuous", action="store_true", help="accept unknown SOP classes too")
    group = parser.add_argument_group("output options")
    group.add_argument(
        "-od", "--output-directory", metavar="FOLDER", default=".", help="folder for received objects (default: .)"
    )
    group.add_argument("--ignore", action="store_true", help="answer Success and keep nothing")
    group.add_argument(
        "--no-structure-check",
        dest="check",
        action="store_false",
        help="store data sets that are broken or not what the command says",
    )
    return parser


async def _run(local: LocalAe, options: argparse.Namespace, output: Output) -> int:
    serving = Serving(local, output)
    scp = StorageScp(
        options.output_directory, on_received=serving.object_received, check=options.check, ignore=options.ignore
    )
    policy = storage_policy(
        storage_sop_classes(),
        allowed_calling=None if local.allowed_calling is None else frozenset(local.allowed_calling),
        accept_unknown=options.promiscuous,
        max_pdu_length=local.max_pdu_length,
    )
    server = ScpServer(
        local,
        replace(policy, window=(options.window, 1), extended=scp.offer.extended),
        {CEchoRq.COMMAND_FIELD: serving.echo, CStoreRq.COMMAND_FIELD: scp.handler},
        recorder=serving.recorder,
        observer=serving.association_changed,
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
