"""DCMTK's archive, filled and serving: the SCP of C-FIND, C-MOVE and C-GET that most others are compared with."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.interop.peers import PeerTool, listening
from workbench.cli.storescu import main as storescu
from workbench.config import Node

AE_TITLE = "ARCHIVE"


@contextmanager
def dcmqrscp(
    peer_tool: PeerTool,
    folder: Path,
    files: Iterable[Path | str] = (),
    destinations: Iterable[Node] = (),
    *,
    buffer: int | None = None,
) -> Iterator[Node]:
    """Gives a running dcmqrscp that holds the files.

    Args:
        folder: where it keeps its index and the objects; made when it is not there.
        files: what is sent to it first; folders are gone through.
        destinations: the nodes to which it may move.
        buffer: the bytes of its sockets' buffers, the system's choice when None.
    """
    program, store = peer_tool("dcmqrscp"), folder / "store"
    store.mkdir(parents=True, exist_ok=True)
    hosts = "".join(f"host{n} = ({one.ae_title}, {one.host}, {one.port})\n" for n, one in enumerate(destinations))
    configuration = folder / "dcmqrscp.cfg"
    configuration.write_text(
        "MaxPDUSize = 131072\nMaxAssociations = 16\n"
        f"HostTable BEGIN\n{hosts}HostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\n{AE_TITLE} {store} RW (200, 1024mb) ANY\nAETable END\n"
    )
    environment = {} if buffer is None else {"TCP_BUFFER_LENGTH": str(buffer)}
    with listening(folder / "log", lambda port: [program, "-c", configuration, str(port)], environment) as port:
        paths = [str(path) for path in files]
        if paths:
            assert storescu(["127.0.0.1", str(port), "-aec", AE_TITLE, "+sd", *paths]) == 0
        yield Node(name=AE_TITLE, host="127.0.0.1", port=port, ae_title=AE_TITLE)
