"""An archive as one application entity: stores, answers queries, sends what is asked for, keeps what it is told.

It joins the services around one folder and its index: Verification, Storage, Query/Retrieve of all patient models, the
Modality Worklist where it has a source, performed and unified procedure steps, instance availability, and Storage
Commitment where the local AE enables it.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from workbench.acse.policy import may_be_storage
from workbench.config import LocalAe, Node
from workbench.dictionary import storage_sop_classes, uid_type
from workbench.services.availability import INSTANCE_AVAILABILITY_NOTIFICATION, AvailabilityScp
from workbench.services.commitment import CommitmentScp
from workbench.services.commitment.references import STORAGE_COMMITMENT
from workbench.services.offers import VERIFICATION_OFFER, Offer
from workbench.services.procedure_step.scp import ProcedureStepScp
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP, MPPS_NOTIFICATION, MPPS_RETRIEVE
from workbench.services.query.archive import ARCHIVE_OPTIONS, archive_provider
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import MODALITY_WORKLIST, PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT
from workbench.services.retrieve.get_scp import GetScp
from workbench.services.retrieve.move_scp import MoveScp
from workbench.services.storage.scp import ReceivedObject, StorageScp
from workbench.services.transcoding.conversion import Conversion
from workbench.services.ups.classes import UPS_CLASSES
from workbench.services.ups.scp import UpsScp
from workbench.services.worklist.scp import WorklistScp, WorklistSource
from workbench.storage.archive import make_folder
from workbench.storage.index import InstanceIndex
from workbench.trace.recorder import Recorder
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import SopClassCommonExtendedNegotiation

MODELS: Final = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
"""The information models that are queried and retrieved from."""

KEPT_FOLDER: Final = ".kept"
"""The subfolder for what is no instance: procedure steps, notifications, pending commitments."""


def may_be_new_storage(sop_class_uid: str, common: SopClassCommonExtendedNegotiation | None) -> bool:
    """Whether a SOP class that the dictionary does not have may be one of storage; an `acse.policy.UnlistedHook`."""
    return not uid_type(sop_class_uid) and may_be_storage(sop_class_uid, common)


def accepted_classes(local: LocalAe, *, has_worklist: bool) -> tuple[str, ...]:
    """Gives the SOP classes that an archive offers as `local`, before there is one."""
    return (
        VERIFICATION,
        *storage_sop_classes(),
        *(uid for model in MODELS for uid in model.sop_classes),
        *((MODALITY_WORKLIST.find,) if has_worklist else ()),
        MODALITY_PERFORMED_PROCEDURE_STEP,
        MPPS_RETRIEVE,
        MPPS_NOTIFICATION,
        INSTANCE_AVAILABILITY_NOTIFICATION,
        *UPS_CLASSES,
        *((STORAGE_COMMITMENT,) if local.commitment else ()),
    )


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of objects that is open: its index, and what puts objects into both."""

    index: InstanceIndex
    storage: StorageScp


@asynccontextmanager
async def open_store(folder: str | PathLike[str], **storage: Any) -> AsyncIterator[Store]:
    """Opens a folder and its index, which may take a while where the two differ, and closes both in the end.

    Args:
        folder: made when it does not exist.
        storage: further arguments of `StorageScp`, such as `on_received`, `check` or `ignore`.

    Raises:
        StorageError: the folder cannot be made, read or written to.
    """
    store = await asyncio.to_thread(_open, Path(folder), storage)
    try:
        yield store
    finally:
        await asyncio.to_thread(_close, store)


class ArchiveScp:
    """The services of one archive; an asynchronous context manager around the server that serves its `offers`.

    Args:
        folder: where the objects are; made when it does not exist.
        local: who calls move destinations and those that wait for reports.
        nodes: the nodes, asked for whenever one is looked up by its AE title.
        worklist: where worklist entries come from; none leaves the worklist out.
        on_received: called on the event loop for each object, stored or refused, before it is answered.
        recorder: where the trace of the associations goes that the archive opens.
        tls: by which rules those associations are secured; None leaves them plain.
        conversion: what may be done to objects that a receiver does not take as they are; each is noted in the trace.
        storage: further arguments of `StorageScp`, such as `check` or `ignore`.

    Attributes, once it is entered:
        offers: what to serve.
        index: the index of the folder.
    """

    offers: tuple[Offer, ...]
    index: InstanceIndex

    def __init__(
        self,
        folder: str | PathLike[str],
        *,
        local: LocalAe,
        nodes: Callable[[], Sequence[Node]] = tuple,
        worklist: Sequence[WorklistSource] = (),
        on_received: Callable[[ReceivedObject], None] | None = None,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
        conversion: Conversion = Conversion.UNCOMPRESSED,
        **storage: Any,
    ) -> None:
        self._conversion = conversion
        self.folder = Path(folder)
        self._local = local
        self._nodes = nodes
        self._worklist = tuple(worklist)
        self._recorder = recorder
        self._tls = tls
        self._storage = {"on_received": on_received, **storage}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Opens the folder and its index, which may take a while where the two differ.

        Raises:
            StorageError: the folder cannot be made, read or written to.
        """
        async with self._stack:
            store = await self._stack.enter_async_context(open_store(self.folder, **self._storage))
            index = self.index = store.index
            self.offers = (
                VERIFICATION_OFFER,
                store.storage.offer,
                FindScp(
                    MODELS, archive_provider(index, retrieve_ae_title=self._local.ae_title), options=ARCHIVE_OPTIONS
                ).offer,
                MoveScp(
                    MODELS,
                    index,
                    self._node,
                    self._local,
                    conversion=self._conversion,
                    recorder=self._recorder,
                    tls=self._tls,
                ).offer,
                GetScp(MODELS, index, conversion=self._conversion).offer,
                *await self._kept_services(index),
            )
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes everything; the server must have stopped."""
        await self._stack.aclose()

    async def _kept_services(self, index: InstanceIndex) -> list[Offer]:
        """Enters the services that keep something of their own, each in its subfolder."""
        enter, local, recorder, tls = self._stack.enter_async_context, self._local, self._recorder, self._tls
        kept = self.folder / KEPT_FOLDER
        steps = await enter(ProcedureStepScp(kept / "steps", local=local, recorder=recorder, tls=tls))
        availability = self._stack.enter_context(AvailabilityScp(kept / "availability"))
        worklist = await enter(UpsScp(kept / "ups", local, self._node, recorder=recorder, tls=tls))
        commitment = await enter(
            CommitmentScp(kept / "commitment", index, local=local, nodes=self._node, recorder=recorder, tls=tls)
        )
        offers = [service.offer for service in (steps, availability, worklist, commitment)]
        if self._worklist:
            offers.append(WorklistScp(*self._worklist).offer)
        return offers

    def _node(self, ae_title: str) -> Node | None:
        return next((node for node in self._nodes() if node.ae_title == ae_title), None)


def _open(folder: Path, arguments: dict[str, Any]) -> Store:
    make_folder(folder)
    index = InstanceIndex.open(folder)
    try:
        return Store(index, StorageScp(folder, index=index, **arguments))
    except BaseException:
        index.close()
        raise


def _close(store: Store) -> None:
    store.storage.close()
    store.index.close()
