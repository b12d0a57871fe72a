"""What the tests of C-FIND with other makers share: our SCP before an archive, and our SCU."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydicom.dataset import Dataset

from tests.cli.background import background
from tests.interop.conftest import callers_into
from tests.services.query.archives import ROOT
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import handlers_for, policy_for
from workbench.services.query.archive import ARCHIVE_OPTIONS, archive_provider
from workbench.services.query.find import FindResult, Match, find, find_contexts
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import (
    COLOR_PALETTE,
    DEFINED_PROCEDURE_PROTOCOL,
    GENERIC_IMPLANT_TEMPLATE,
    HANGING_PROTOCOL,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    INVENTORY,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    PROTOCOL_APPROVAL,
    RELEVANT_PATIENT_BREAST,
    RELEVANT_PATIENT_CARDIAC,
    RELEVANT_PATIENT_GENERAL,
    STUDY_ROOT,
    SUBSTANCE_APPROVAL,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
    Model,
)
from workbench.storage.index import InstanceIndex

ROOTS = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
OTHERS = (
    HANGING_PROTOCOL,
    COLOR_PALETTE,
    GENERIC_IMPLANT_TEMPLATE,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    DEFINED_PROCEDURE_PROTOCOL,
    PROTOCOL_APPROVAL,
    INVENTORY,
    SUBSTANCE_APPROVAL,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
)
RELEVANT = (RELEVANT_PATIENT_GENERAL, RELEVANT_PATIENT_BREAST, RELEVANT_PATIENT_CARDIAC)


def service(model: Model) -> str:
    """Gives the name of a model's service in the matrix."""
    return f"C-FIND {model.name}"


@contextmanager
def serving(*scps: FindScp) -> Iterator[tuple[Node, set[str]]]:
    """Gives our SCP, and the implementations of those who called it."""
    callers: set[str] = set()
    offers = [scp.offer for scp in scps]
    with background(handlers_for(offers), policy=policy_for(offers), observer=callers_into(callers)) as node:
        yield node, callers


@contextmanager
def archive(folder: Path, *models: Model) -> Iterator[tuple[Node, set[str]]]:
    """Gives our SCP in front of an archive."""
    with InstanceIndex.open(folder) as index:
        scp = FindScp(models or ROOTS, archive_provider(index), options=ARCHIVE_OPTIONS)
        with serving(scp) as served:
            yield served


ALL_IMAGES = {"StudyInstanceUID": f"{ROOT}.1", "SeriesInstanceUID": f"{ROOT}.2"}


def ask(
    node: Node, model: Model, identifier: Dataset, *, cancel_after: int | None = None
) -> tuple[list[Match], FindResult, str]:
    """Asks a peer as our SCU; gives the matches, the result and the peer's implementation class UID."""

    async def conversation() -> tuple[list[Match], FindResult, str]:
        async with connect(node, find_contexts([model]), local=LOCAL) as association:
            async with find(association, model, identifier, cancel_after=cancel_after) as query:
                matches = [match async for match in query]
            assert query.result is not None
            return matches, query.result, association.agreement.peer_implementation_class_uid

    return asyncio.run(conversation())
