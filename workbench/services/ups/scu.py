"""The SCU of the UPS SOP classes: a call for each operation (PS3.4 CC.2).

Each call takes the first accepted context whose class has the operation, and names UPS Push, of which every step is an
instance (PS3.4 CC.3.1.1). What a status means is in the `reason` of the result.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from workbench.acse.contexts import AcceptedContext, propose_classes
from workbench.net.association import Association
from workbench.services.normalized import Result, n_action, n_create, n_get, n_set
from workbench.services.query.find import Query, find
from workbench.services.ups.attributes import STATE, TRANSACTION_UID
from workbench.services.ups.classes import (
    FILTERED_GLOBAL_SUBSCRIPTION,
    GLOBAL_SUBSCRIPTION,
    SERVICE,
    UPS_CLASSES,
    UPS_PULL,
    UPS_PUSH,
    UPS_WATCH,
    ActionType,
)
from workbench.services.ups.data_sets import merged
from workbench.services.ups.matching import MODELS
from workbench.services.ups.states import State
from workbench.upper_layer.items import ProposedContext

_RECEIVING_AE: Final = 0x00741234
_DELETION_LOCK: Final = 0x00741230


def ups_contexts(*sop_classes: str) -> tuple[ProposedContext, ...]:
    """Gives the contexts to propose for UPS classes, for all five when none is named."""
    return propose_classes(*(sop_classes or UPS_CLASSES))


def new_transaction_uid() -> str:
    """Gives a UID to take control of a step with; the performer keeps it until the step has ended."""
    return str(generate_uid(None))


async def create_ups(association: Association, attributes: Dataset, sop_instance_uid: str | None = None) -> Result:
    """Creates a step (CC.2.5).

    Args:
        attributes: those of Table CC.2.5-3, Procedure Step State SCHEDULED.
        sop_instance_uid: the step's; None makes one. It is in the result's message.

    Raises:
        NoAcceptedContext: no class that has the operation was accepted.
        DataSetError: a data set cannot be encoded or decoded.
        AssociationError, TransportError: the association ended first. So do all calls of this module.
    """
    uid = sop_instance_uid or str(generate_uid(None))
    context = _context(association, UPS_PUSH)
    return await n_create(association, UPS_PUSH, uid, attributes, context=context, service=SERVICE)


async def get_ups(association: Association, sop_instance_uid: str, attributes: Iterable[int] = ()) -> Result:
    """Asks for attributes of a step by their tags, none for all (CC.2.7)."""
    context = _context(association, UPS_PULL, UPS_WATCH, UPS_PUSH)
    return await n_get(association, UPS_PUSH, sop_instance_uid, attributes, context=context, service=SERVICE)


async def set_ups(
    association: Association, sop_instance_uid: str, modifications: Dataset, transaction_uid: str = ""
) -> Result:
    """Sets attributes of a step (CC.2.6): with its Transaction UID when it is IN PROGRESS, without while SCHEDULED."""
    if transaction_uid:
        key = Dataset()
        key.add_new(TRANSACTION_UID, "UI", transaction_uid)
        modifications = merged(modifications, key)
    context = _context(association, UPS_PULL)
    return await n_set(association, UPS_PUSH, sop_instance_uid, modifications, context=context, service=SERVICE)


async def change_state(association: Association, sop_instance_uid: str, state: State, transaction_uid: str) -> Result:
    """Changes the state of a step as its performer (CC.2.1): IN PROGRESS takes it, COMPLETED or CANCELED ends it."""
    information = Dataset()
    information.add_new(STATE, "CS", state.value)
    information.add_new(TRANSACTION_UID, "UI", transaction_uid)
    return await _act(association, ActionType.CHANGE_STATE, sop_instance_uid, information, UPS_PULL)


async def request_cancel(association: Association, sop_instance_uid: str, information: Dataset | None = None) -> Result:
    """Requests that a step be canceled that somebody else performs (CC.2.2); success means the request was taken.

    Args:
        information: Reason For Cancellation, Procedure Step Discontinuation Reason Code Sequence, Contact URI and
            Contact Display Name, each of which may be missing.
    """
    return await _act(association, ActionType.REQUEST_CANCEL, sop_instance_uid, information, UPS_PUSH, UPS_WATCH)


async def subscribe(
    association: Association,
    receiving_ae: str,
    sop_instance_uid: str = "",
    *,
    lock: bool = False,
    matching: Dataset | None = None,
) -> Result:
    """Subscribes an application entity to event reports (CC.2.3).

    Args:
        receiving_ae: AE title of who is to be told.
        sop_instance_uid: the step; empty for all steps, those to come included.
        lock: keeps steps after their end, until the subscription ends or is renewed without lock.
        matching: keys that a step must match, in place of all steps.
    """
    information = Dataset()
    information.update(matching or Dataset())
    information.add_new(_RECEIVING_AE, "AE", receiving_ae)
    information.add_new(_DELETION_LOCK, "LO", "TRUE" if lock else "FALSE")
    everywhere = GLOBAL_SUBSCRIPTION if matching is None else FILTERED_GLOBAL_SUBSCRIPTION
    return await _act(association, ActionType.SUBSCRIBE, sop_instance_uid or everywhere, information, UPS_WATCH)


async def unsubscribe(association: Association, receiving_ae: str, sop_instance_uid: str = "") -> Result:
    """Ends the subscription to a step, or without a UID every one that the application entity has (CC.2.3)."""
    uid = sop_instance_uid or GLOBAL_SUBSCRIPTION
    return await _act(association, ActionType.UNSUBSCRIBE, uid, _receiver(receiving_ae), UPS_WATCH)


async def suspend_global_subscription(association: Association, receiving_ae: str) -> Result:
    """Ends the global subscription, but not those to steps that there are (CC.2.3)."""
    action = ActionType.SUSPEND_GLOBAL_SUBSCRIPTION
    return await _act(association, action, GLOBAL_SUBSCRIPTION, _receiver(receiving_ae), UPS_WATCH)


@asynccontextmanager
async def query_ups(association: Association, identifier: Dataset, *, limit: int | None = None) -> AsyncIterator[Query]:
    """Searches the worklist (CC.2.8): iterate over what this gives; leaving early cancels. See `query.find`."""
    context = _context(association, *(model.find for model in MODELS))
    model = next(model for model in MODELS if model.find == context.abstract_syntax)
    async with find(association, model, identifier, limit=limit, context=context) as query:
        yield query


async def _act(
    association: Association, action: ActionType, uid: str, information: Dataset | None, *classes: str
) -> Result:
    context = _context(association, *classes)
    return await n_action(association, UPS_PUSH, uid, action, information, context=context, service=SERVICE)


def _context(association: Association, *classes: str) -> AcceptedContext:
    accepted = association.agreement.by_sop_class
    return association.agreement.context_for(next((uid for uid in classes if uid in accepted), classes[0]))


def _receiver(ae_title: str) -> Dataset:
    information = Dataset()
    information.add_new(_RECEIVING_AE, "AE", ae_title)
    return information
