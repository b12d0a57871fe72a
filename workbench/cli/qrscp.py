"""`dwb qrscp`: an archive that stores, answers queries, sends what is asked for, and keeps what it is told."""

import argparse
import asyncio
import re
import ssl
from pathlib import Path

from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.serving import Acceptor, Serving, acceptor, add_acceptor_options
from workbench.cli.tls import tls_context
from workbench.cli.tracing import tracing
from workbench.cli.values import choice
from workbench.config import Node
from workbench.dimse.messages import CEchoRq
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.net.server import ScpServer
from workbench.services.admission import shutting_down
from workbench.services.archive import ArchiveScp, may_be_new_storage
from workbench.services.offers import handlers_for, policy_for
from workbench.services.transcoding.conversion import Conversion
from workbench.services.worklist.folder import WorklistFolder
from workbench.services.worklist.scp import WorklistSource
from workbench.services.worklist.table import WorklistTable
from workbench.trace.recorder import Recorder

_NODE = re.compile(r"(?P<title>[^@]+)@(?P<host>.+):(?P<port>[0-9]+)")


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        served_as = acceptor(options, commitment=options.commitment)
        calls_by = tls_context(options, role="requestor")  # what it is asked for leaves it secured as it came
        serving = Serving(served_as.local, output)
        with tracing(options, output, serving.look) as recorder:
            return asyncio.run(_run(served_as, calls_by, serving, options, recorder))
    except (ConfigError, TransportError) as error:
        output.fatal(str(error))
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("qrscp", "An archive: stores objects, answers queries (C-FIND), sends them (C-MOVE, C-GET).")
    add_general_options(parser)
    group = add_acceptor_options(parser, ae_title="QRSCP")
    group.value(
        "--node",
        dest="nodes",
        metavar="TITLE@HOST:PORT",
        type=_node,
        repeat=True,
        help="a move destination, and whom reports go to, by TLS where it is on; repeat for more",
    )
    group.flag("-pm", "--promiscuous", dest="promiscuous", help="store objects of SOP classes that are not known, too")
    group.flag(
        "--commitment",
        dest="commitment",
        help="answer storage commitment, after which modalities delete their originals: confirmed is what is read "
        "again from the archive",
    )
    group.flag(
        "--allow-shutdown",
        dest="allow_shutdown",
        help="stop when termscu asks for it, as anybody can who reaches the port",
    )
    group = parser.group("archive options")
    group.value(
        "-od", "--output-directory", dest="folder", metavar="FOLDER", default=".", help="the archive (default: .)"
    )
    group.value(
        "--worklist",
        dest="worklist",
        metavar="PATH",
        type=_source,
        repeat=True,
        help="answer worklist queries from a folder of worklist files (*.wl), or from a table (*.json)",
    )
    conversions = [each.value for each in Conversion]
    group.value(
        "--convert",
        dest="convert",
        metavar="WHAT",
        type=choice(*conversions),
        default=Conversion.UNCOMPRESSED.value,
        help="what may be done to objects that a receiver does not take as they are; each conversion is told at -v: "
        f"{', '.join(conversions)} (default: {Conversion.UNCOMPRESSED.value})",
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


async def _run(
    served_as: Acceptor,
    calls_by: ssl.SSLContext | None,
    serving: Serving,
    options: Options,
    recorder: Recorder | None,
) -> int:
    local, nodes = served_as.local, options.nodes
    async with ArchiveScp(
        options.folder,
        local=local,
        nodes=lambda: nodes,
        worklist=[_worklist(path) for path in options.worklist],
        on_received=serving.object_received,
        recorder=recorder,
        tls=calls_by,
        conversion=Conversion(options.convert),
    ) as archive:
        policy = policy_for(
            archive.offers,
            allowed_calling=served_as.allowed_calling,
            max_pdu_length=local.max_pdu_length,
            window=(options.window, 1),
            accept_unlisted=may_be_new_storage if options.promiscuous else None,
        )
        handlers = {**handlers_for(archive.offers), CEchoRq.COMMAND_FIELD: serving.echo}
        server = ScpServer(
            local,
            policy,
            handlers,
            recorder=recorder,
            observer=serving.association_changed,
            admit=shutting_down(serving.stop) if options.allow_shutdown else None,
            tls=served_as.tls,
        )
        await serving.run(server)
    serving.summarise()
    return EXIT_OK
