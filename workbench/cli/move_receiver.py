"""The receiver that movescu is itself when it listens: what is sent to it, and what is said of that."""

import sys
from dataclasses import replace
from socket import gethostname
from typing import Final

from workbench.acse.policy import storage_policy
from workbench.cli.output import Level, Output
from workbench.cli.parser import Options
from workbench.cli.reception import address_of
from workbench.cli.requesting import Requestor
from workbench.cli.retrieve_report import RetrieveReport
from workbench.cli.syntax_options import preferred
from workbench.cli.tls import tls_context
from workbench.cli.writing import rewriting
from workbench.config import Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CEchoRq, CStoreRq
from workbench.net.association import Association
from workbench.net.server import ScpServer
from workbench.net.tasks import TaskKeeper
from workbench.services.storage.host_names import HostNames
from workbench.services.storage.scp import ReceivedObject, StorageScp
from workbench.services.verification import echo_handler
from workbench.trace.recorder import Recorder

_BYTES_OF_A_DOT: Final = 65536
_MOST_DOTS: Final = 64


class MoveReceiver:
    """Takes what the archive sends to us, from anybody, in the transfer syntax that we prefer.

    Then: `await close_names()` within the event loop, and call `close`.

    Raises:
        StorageError: the folder is not there, or cannot be written to.
    """

    def __init__(self, options: Options, output: Output, report: RetrieveReport) -> None:
        self._options = options
        self._output = output
        self._report = report
        self._tasks = TaskKeeper()
        self._names = HostNames()
        self._scp = StorageScp(
            options.folder,
            on_received=self._received,
            check=options.storage_mode != "bits",
            ignore=options.ignore,
            rewriting=rewriting(options),
        )

    def server(self, caller: Requestor, recorder: Recorder | None) -> ScpServer:
        """Gives the server, which does not listen yet."""
        hosts = self._options.allow_host or None
        local = replace(caller.local, bind="", port=self._options.listen, allowed_hosts=hosts)
        policy = storage_policy(
            storage_sop_classes(), transfer_syntaxes=preferred(self._options), max_pdu_length=local.max_pdu_length
        )
        return ScpServer(
            local,
            replace(policy, prefer_own_order=True, extended=self._scp.offer.extended),
            {CEchoRq.COMMAND_FIELD: echo_handler, CStoreRq.COMMAND_FIELD: self._scp.handler},
            recorder=recorder,
            observer=self._association_changed,
            tls=tls_context(self._options, role="acceptor"),
        )

    def node(self, ae_title: str) -> Node:
        """Gives where we listen, for advice."""
        return Node(name="own", host=gethostname() or "localhost", port=self._options.listen, ae_title=ae_title)

    async def close_names(self) -> None:
        """Gives up the look-ups of names that are under way."""
        await self._tasks.cancel_all()

    def close(self) -> None:
        """Gives the folder back. Blocks."""
        self._scp.close()

    def _received(self, received: ReceivedObject) -> None:
        if self._output.level <= Level.INFO and not self._options.json:
            sys.stdout.write(f"RECV: {'.' * min(1 + received.length // _BYTES_OF_A_DOT, _MOST_DOTS)}\n")
            sys.stdout.flush()
        self._report.received(received)
        if received.has_padded_uid and not self._options.uid_padding:
            self._output.warning(f"a UID of {received.sop_instance_uid} is padded with a space, against PS3.5 9.1")

    def _association_changed(self, association: Association) -> None:
        wants_name = self._output.level <= Level.INFO and not self._options.no_host_names
        if association.end is None and wants_name:
            name = f"association {association.number}: name of the host"
            self._tasks.start(self._tell_host(association.number, address_of(association.peer)), name=name)

    async def _tell_host(self, association: int, address: str) -> None:
        name = await self._names.name_of(address)
        if name != address:
            self._output.info(f"association {association}: {address} is {name}")
