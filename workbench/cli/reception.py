"""What storescp and dcmrecv share: where objects go, whom they serve, and what is said of each object."""

import argparse
import sys
from collections.abc import Callable
from typing import Final

from workbench.acse.policy import Policy
from workbench.cli.output import Level, Output
from workbench.cli.parser import Group, Options, Parser
from workbench.cli.serving import Acceptor, Serving
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.errors import StorageError
from workbench.net.association import Association
from workbench.net.server import AdmissionHook, ScpServer
from workbench.net.tasks import TaskKeeper
from workbench.services.admission import first_of, shutting_down
from workbench.services.storage.host_names import HostNames
from workbench.services.storage.object_names import ObjectName, checked_name, name_by_uid, with_extension
from workbench.services.storage.scp import ReceivedObject, StorageScp
from workbench.trace.recorder import Recorder

_IGNORE_WARNING: Final = (
    "objects are answered with success and not kept (--ignore): a sender may delete its originals after that"
)
_BYTES_OF_A_DOT: Final = 65536
_MOST_DOTS: Final = 64


def add_folder_options(parser: Parser) -> None:
    """Adds where objects go, and what may be wrong with one."""
    group = parser.group("output options: general")
    group.value(
        "-od",
        "--output-directory",
        dest="folder",
        metavar="FOLDER",
        default=".",
        help="an existing folder for received objects (default: .); what another object replaces is kept in .replaced",
    )
    group.flag(
        "--no-structure-check",
        dest="check",
        value=False,
        default=True,
        help="store data sets that are broken or not what the command says",
    )


def add_extension_option(group: Group) -> None:
    """Adds the extension of file names."""
    group.value(
        "-fe",
        "--filename-extension",
        dest="extension",
        metavar="EXTENSION",
        type=_extension,
        default="",
        help="append this to every file name, dot included",
    )


def add_peer_options(group: Group) -> None:
    """Adds what concerns the look-up of names, and shutting down from outside."""
    group.flag(
        "-dhl",
        "--disable-host-lookup",
        dest="no_host_names",
        help="look up no host names, which are said at -v and told to commands",
    )
    group.flag(
        "--allow-shutdown",
        dest="allow_shutdown",
        help="stop when termscu asks for it, as anybody can who reaches the port",
    )


def naming(name: ObjectName | None, extension: str) -> ObjectName | None:
    """Gives the naming that the options ask for; None for the one of the archive."""
    return with_extension(name or name_by_uid, extension) if extension else name


def path_part(text: str) -> str:
    """Takes what names of folders may begin with, be it nothing."""
    try:
        checked_name(text + "x")
    except StorageError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be the beginning of a name") from error
    return text


def _extension(text: str) -> str:
    try:
        checked_name("x" + text)
    except StorageError as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be the end of a name") from error
    return text


def address_of(peer: str) -> str:
    """Gives the address of a peer "host:port", that of an IPv4 host as such."""
    return peer.rpartition(":")[0].strip("[]").removeprefix("::ffff:")


class Reception(Serving):
    """A running receiver.

    Attributes:
        admission: who may turn associations away, in this order.
        observers: who is told of associations.
        names: of hosts.
    """

    def __init__(self, options: Options, served_as: Acceptor, output: Output) -> None:
        super().__init__(served_as.local, output)
        self._options = options
        self._served_as = served_as
        self._tasks = TaskKeeper()
        self.admission: list[AdmissionHook] = [shutting_down(self.stop)] if options.allow_shutdown else []
        self.observers: list[Callable[[Association], None]] = [self.association_changed]
        self.names = HostNames()

    def server(self, policy: Policy, scp: StorageScp, recorder: Recorder | None, *, waits: bool = False) -> ScpServer:
        """Gives the server that answers echoes and takes objects."""
        if self._options.ignore:
            self._output.warning(_IGNORE_WARNING)
            self._output.event("warning", reason=_IGNORE_WARNING)
        return ScpServer(
            self._served_as.local,
            policy,
            {CEchoRq.COMMAND_FIELD: self.echo, CStoreRq.COMMAND_FIELD: scp.handler},
            recorder=recorder,
            observer=self._association_changed,
            admit=first_of(*self.admission),
            tls=self._served_as.tls,
            waits=waits,
        )

    async def close(self) -> None:
        """Gives up the look-ups of names that are under way."""
        await self._tasks.cancel_all()

    def object_received(self, received: ReceivedObject) -> None:
        """Tells what became of an object; shows dots on standard output, as DCMTK does."""
        if self._output.level <= Level.INFO and not self._options.json:
            dots = "." * min(1 + received.length // _BYTES_OF_A_DOT, _MOST_DOTS)
            sys.stdout.write(f"RECV: {dots}\n")
            sys.stdout.flush()
        super().object_received(received)
        if received.has_padded_uid and not getattr(self._options, "uid_padding", False):
            self._output.warning(f"a UID of {received.sop_instance_uid} is padded with a space, against PS3.5 9.1")

    def _association_changed(self, association: Association) -> None:
        for observer in self.observers:
            observer(association)
        wants_name = self._output.level <= Level.INFO and not self._options.no_host_names
        if association.end is None and wants_name:
            name = f"association {association.number}: name of the host"
            self._tasks.start(self._tell_host(association.number, address_of(association.peer)), name=name)

    async def _tell_host(self, association: int, address: str) -> None:
        name = await self.names.name_of(address)
        if name != address:
            self._output.info(f"association {association}: {address} is {name}")
