"""An SCP for N-ACTION of a SOP class of one's own: vendor_action_scp.py [PORT]."""

import asyncio
import sys

from pydicom.dataset import Dataset

from workbench import Answer, IncomingRequest, LocalAe, NActionRq, Offer, answering, serve

CALIBRATION = "1.2.826.0.1.3680043.10.1.1"  # a UID below a root of one's own


async def calibrate(request: IncomingRequest, information: Dataset) -> Answer:
    """Answers an action; raising StatusError would refuse it."""
    print(request.association.calling_ae_title, "asks to calibrate", information.get("DeviceSerialNumber", "all"))
    return Answer(status=0x0000)


async def main(port: str = "11112") -> None:
    """Serves until it is stopped."""
    offer = Offer(sop_classes={CALIBRATION: None}, handlers={NActionRq.COMMAND_FIELD: answering(calibrate)})
    async with serve(LocalAe(ae_title="VENDOR", port=int(port)), [offer]) as server:
        print("listening on", *server.address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
