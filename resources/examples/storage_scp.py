"""A Storage SCP that keeps what it is sent in a folder, which must exist: storage_scp.py [PORT [FOLDER]]."""

import asyncio
import sys

from workbench import VERIFICATION_OFFER, LocalAe, ReceivedObject, StorageScp, serve


def tell(received: ReceivedObject) -> None:
    """Says what became of an object; a refused one has no path."""
    print(f"{received.status:04X}H {received.sop_instance_uid} {received.path}", flush=True)


async def main(port: str = "11112", folder: str = "received") -> None:
    """Serves until it is stopped."""
    storage = StorageScp(folder, on_received=tell)
    async with serve(LocalAe(ae_title="STORAGE", port=int(port)), [VERIFICATION_OFFER, storage.offer]) as server:
        print("listening on", *server.address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
