"""`dwb qrscp`: an archive that stores, answers queries, sends what is asked for, and keeps what it is told."""

import argparse
import asyncio
import re
from pathlib import Path

from workbench.cli.options import EXIT_FAILURE, EXIT_OK, Parser, add_general_options
from workbench.cli.output import Output
from workbench.cli.serving import Serving, add_acceptor_options, local_ae
from workbench.config import LocalAe, Node
from workbench.dimse.messages import CEchoRq
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.archive import ArchiveScp, may_be_new_storage
from workbench.services.offers import handlers_for, policy_for
from workbench.services.transcoding.conversion import Conversion
from workbench.services.worklist.folder import WorklistFolder
from workbench.services.worklist.scp import WorklistSource
from workbench.services.worklist.table import WorklistTable

_NODE = re.compile(r"(?P<title>[^@]+)@(?P<host>.+):(?P<port>[0-9]+)")


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = _parser().parse_args(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return asyncio.run(_run(local_ae(options, commitment=options.commitment), options, output))
    except (ConfigError, TransportError) as error:
        output.fatal(str(error))
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    return EXIT_FAILURE


def _parser() -> Parser:
    parser = Parser("qrscp", "An archive: stores objects, answers queries (C-FIND), sends them (C-MOVE, C-GET).")
    add_general_options(parser)
    group = add_acceptor_options(parser, ae_title="QRSCP")
    group.add_argument(
        "--node",
        metavar="TITLE@HOST:PORT",
        type=_node,
        action="append",
        default=[],
        help="a move destination, and whom reports go to; repeat for more",
    )
    group.add_argument(
        "-pm", "--promiscuous", action="store_true", help="store objects of SOP classes that are not known, too"
    )
    group.add_argument(
        "--commitment",
        action="store_true",
        help="answer storage commitment, after which modalities delete their originals: confirmed is what is read "
        "again from the archive",
    )
    group = parser.add_argument_group("archive options")
    group.add_argument("-od", "--output-directory", metavar="FOLDER", default=".", help="the archive (default: .)")
    group.add_argument(
        "--worklist",
        metavar="PATH",
        type=_source,
        action="append",
        default=[],
        help="answer worklist queries from a folder of worklist files (*.wl), or from a table (*.json)",
    )
    group.add_argument(
        "--convert",
        choices=[each.value for each in Conversion],
        default=Conversion.UNCOMPRESSED.value,
        help="what may be done to objects that a receiver does not take as they are; each conversion is told at -v "
        f"(default: {Conversion.UNCOMPRESSED.value})",
    )
    return parser


def _node(text: str) -> Node:
    """Takes a node such as PACS1@10.1.2.3:104."""
    parts = _NODE.fullmatch(text)
    if parts is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not TITLE@HOST:PORT")
    title, host, port = parts.groups()
    try:
        return Node(name=title, host=host.strip("[]"), port=int(port), ae_title=title)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _source(text: str) -> Path:
    """Takes what a worklist is read from; it must be there, for an empty worklist looks like a wrong path."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no {text!r}")
    return path


def _worklist(path: Path) -> WorklistSource:
    return WorklistFolder(path) if path.is_dir() else WorklistTable(path)


async def _run(local: LocalAe, options: argparse.Namespace, output: Output) -> int:
    serving = Serving(local, output)
    nodes: tuple[Node, ...] = tuple(options.node)
    async with ArchiveScp(
        options.output_directory,
        local=local,
        nodes=lambda: nodes,
        worklist=[_worklist(path) for path in options.worklist],
        on_received=serving.object_received,
        recorder=serving.recorder,
        conversion=Conversion(options.convert),
    ) as archive:
        policy = policy_for(
            archive.offers,
            allowed_calling=None if local.allowed_calling is None else frozenset(local.allowed_calling),
            max_pdu_length=local.max_pdu_length,
            window=(options.window, 1),
            accept_unlisted=may_be_new_storage if options.promiscuous else None,
        )
        handlers = {**handlers_for(archive.offers), CEchoRq.COMMAND_FIELD: serving.echo}
        server = ScpServer(local, policy, handlers, recorder=serving.recorder, observer=serving.association_changed)
        await serving.run(server)
    serving.summarise()
    return EXIT_OK
