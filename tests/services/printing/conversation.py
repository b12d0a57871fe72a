"""A printer on loopback and an SCU connected to it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.normalized import Result, n_action, n_create, n_set
from workbench.services.offers import Offer, serve
from workbench.services.printing.attributes import items_of, references, text_of
from workbench.services.printing.classes import FILM_BOX, FILM_SESSION, IMAGE_BOX_OF, OPTIONAL, print_contexts
from workbench.services.printing.images import PrintableImage
from workbench.services.printing.scp import PrintScp
from workbench.services.printing.watch import PrintWatch
from workbench.upper_layer.items import ProposedContext

RAMP = bytes(range(256))


def gray(rows: int = 16, columns: int = 16) -> PrintableImage:
    pixels = (RAMP * (rows * columns // 256 + 1))[: rows * columns]
    return PrintableImage(rows=rows, columns=columns, photometric="MONOCHROME2", bits=8, pixels=pixels)


def attributes(**values: Any) -> Dataset:
    data_set = Dataset()
    for keyword, value in values.items():
        setattr(data_set, keyword, value)
    return data_set


class Conversation:
    """An SCU's side, step by step."""

    def __init__(self, association: Association, scp: PrintScp, meta: str) -> None:
        self.association = association
        self.scp = scp
        self.context = association.agreement.context_for(meta)
        self.session = ""

    async def create(self, sop_class: str, uid: str | None = None, **values: Any) -> Result:
        return await n_create(self.association, sop_class, uid, attributes(**values), context=self.context)

    async def set(self, sop_class: str, uid: str, **values: Any) -> Result:
        return await n_set(self.association, sop_class, uid, attributes(**values), context=self.context)

    async def print(self, sop_class: str, uid: str, action: int = 1) -> Result:
        return await n_action(self.association, sop_class, uid, action, context=self.context)

    async def begin(self, **values: Any) -> Result:
        result = await self.create(FILM_SESSION, **values)
        self.session = getattr(result.message, "affected_sop_instance_uid", None) or ""
        return result

    async def film(self, layout: str = "STANDARD\\1,1", **values: Any) -> Result:
        values.setdefault("ReferencedFilmSessionSequence", references(FILM_SESSION, [self.session]))
        return await self.create(FILM_BOX, ImageDisplayFormat=layout, **values)

    async def place(self, film: Result, image: PrintableImage, position: int = 1, **values: Any) -> Result:
        keyword = "BasicColorImageSequence" if image.is_color else "BasicGrayscaleImageSequence"
        box = boxes(film)[position - 1]
        box_class = IMAGE_BOX_OF[self.context.abstract_syntax]
        return await self.set(box_class, box, ImageBoxPosition=position, **{keyword: [image.item()]}, **values)


def boxes(film: Result) -> list[str]:
    assert film.data_set is not None
    items = items_of(film.data_set, "ReferencedImageBoxSequence")
    return [text_of(item, "ReferencedSOPInstanceUID") for item in items]


def instance(result: Result) -> str:
    return str(getattr(result.message, "affected_sop_instance_uid", ""))


@asynccontextmanager
async def conversing(
    folder: Path, *, meta: str, watch: PrintWatch | None = None, optional: tuple[str, ...] = OPTIONAL, **scp: Any
) -> AsyncIterator[Conversation]:
    """Gives a conversation with a printer whose films go into the folder."""
    printer = PrintScp(folder, **scp)
    contexts = print_contexts(color=True, optional=optional)
    try:
        async with serve(LOCAL, [printer.offer]) as server:
            node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="PRINTER")
            handlers = (watch or PrintWatch()).handlers
            async with connect(node, contexts, local=LOCAL, handlers=handlers) as association:
                yield Conversation(association, printer, meta)
    finally:
        await printer.close()


@asynccontextmanager
async def serving(offers: Iterable[Offer], contexts: tuple[ProposedContext, ...]) -> AsyncIterator[Association]:
    """Gives an association with a server of the offers."""
    async with serve(LOCAL, offers) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="PRINTER")
        async with connect(node, contexts, local=LOCAL) as association:
            yield association
