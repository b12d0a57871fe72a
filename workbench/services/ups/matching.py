"""The C-FIND of the worklist, and the filter of a subscription: which steps match, what is returned (PS3.4 CC.2.8)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from copy import deepcopy
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from workbench.dimse.status import INVALID_ARGUMENT_VALUE, PENDING_WITH_WARNING
from workbench.errors import DataSetError, StatusError
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.query.find_scp import FindRequest
from workbench.services.query.models import Model
from workbench.services.ups.attributes import BY_TAG, TRANSACTION_UID
from workbench.services.ups.classes import SERVICE, UPS_PULL, UPS_QUERY, UPS_WATCH
from workbench.services.ups.data_sets import settle
from workbench.services.ups.workitems import Workitem
from workbench.storage.matching import Condition, ReturnKey, matches, read_identifier
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

MODELS: Final = tuple(
    Model(name=f"Unified Procedure Step - {name}", find=uid, service=SERVICE)
    for name, uid in (("Query", UPS_QUERY), ("Pull", UPS_PULL), ("Watch", UPS_WATCH))
)
"""The three classes that have a C-FIND; they ask the same of the same steps (PS3.4 CC.2.8.1)."""

_NOT_KEYS: Final = (TRANSACTION_UID, 0x00741234, 0x00741230)  # the lock; Receiving AE and Deletion Lock of an action
_AT_ONCE: Final = 64  # steps looked at before the event loop gets its turn


class StepProvider:
    """Searches the worklist for a C-FIND SCP; `steps` gives all there are."""

    def __init__(self, steps: Callable[[], Iterable[Workitem]]) -> None:
        self._steps = steps

    async def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the matches. Without any key there are none (PS3.4 CC.2.8.3.1)."""
        keys = [key for key in request.identifier.return_keys if key.tag not in _NOT_KEYS]
        conditions = _conditions(request.identifier.conditions)
        for place, step in enumerate(tuple(self._steps()) if keys else (), 1):
            if not place % _AT_ONCE:
                await asyncio.sleep(0)
            if request.is_cancelled:
                return
            if matches(step.data_set, conditions):
                if any(key.tag not in BY_TAG and key.tag not in step.data_set for key in keys):
                    request.pending_status = PENDING_WITH_WARNING
                yield settle(_answer(step.data_set, keys))


def read_filter(information: Dataset) -> bytes:
    """Gives the matching keys of a filtered global subscription, as they are kept.

    Raises:
        StatusError: there are none, or one is malformed: 0115H.
    """
    keys = settle(deepcopy(information))
    for tag in _NOT_KEYS:
        keys.pop(Tag(tag), None)
    try:
        if not read_identifier(keys).conditions:
            raise StatusError(INVALID_ARGUMENT_VALUE, "a filtered subscription needs matching keys with values")
        return encode_data_set(keys, EXPLICIT_VR_LITTLE_ENDIAN)
    except (StatusError, DataSetError) as error:
        raise StatusError(INVALID_ARGUMENT_VALUE, str(error)) from error


def passes(step: Workitem, kept_filter: bytes) -> bool:
    """Whether a step is one of those that a global subscription is about; without filter all are."""
    if not kept_filter:
        return True
    return matches(step.data_set, read_identifier(decode_data_set(kept_filter, EXPLICIT_VR_LITTLE_ENDIAN)).conditions)


def _conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(condition for condition in conditions if condition.tag not in _NOT_KEYS)


def _answer(source: Dataset, keys: Iterable[ReturnKey]) -> Dataset:
    answer = Dataset()
    for key in keys:
        if key.tag not in source:
            answer.add_new(key.tag, key.vr, None)
        elif key.items and source[key.tag].VR == "SQ":
            answer.add_new(key.tag, "SQ", Sequence([_answer(item, key.items) for item in source[key.tag].value]))
        else:
            answer[key.tag] = source[key.tag]
    return answer
