"""Prints two images on one film, on a printer that keeps its films in a folder: printing.py."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pydicom

from workbench import LocalAe, Node, connect, serve
from workbench.services.printing.classes import print_contexts
from workbench.services.printing.images import printable
from workbench.services.printing.scp import PrintScp
from workbench.services.printing.scu import print_images
from workbench.services.printing.watch import PrintWatch

SAMPLES = Path(__file__).parents[1] / "samples"


async def main() -> None:
    """Prints, and waits until the printer reports that the film is out."""
    images = [printable(pydicom.dcmread(path)) for path in sorted(SAMPLES.glob("ct_explicit_[12].dcm"))]
    watch = PrintWatch()
    with TemporaryDirectory() as folder:
        async with PrintScp(folder) as printer, serve(LocalAe(port=0), [printer.offer]) as server:
            node = Node(name="printer", host=server.address[0], port=server.address[1], ae_title="PRINTER")
            async with connect(node, print_contexts(), local=LocalAe(), handlers=watch.handlers) as association:
                outcome = await print_images(association, images, layout="STANDARD\\2,1")
                print(outcome.problem or f"{outcome.images} images on {outcome.films} film")
                for uid in outcome.job_uids:
                    print("the film is", (await watch.ended(uid)).state.name)


if __name__ == "__main__":
    asyncio.run(main())
