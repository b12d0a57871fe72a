"""The data sets of storage commitment: the request, and the report on it (PS3.4 J.3.2 and J.3.3)."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from pydicom.dataset import Dataset

from workbench.acse.contexts import propose_classes
from workbench.dimse.status import INVALID_ARGUMENT_VALUE, describe
from workbench.errors import StatusError
from workbench.services.requirements import items_of, text_of
from workbench.storage.naming import is_safe_uid

STORAGE_COMMITMENT: Final = "1.2.840.10008.1.20.1"
COMMITMENT_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
"""The well-known SOP Instance to which requests and reports belong (PS3.4 J.3.5)."""

SERVICE: Final = "Storage Commitment"
REQUEST: Final = 1  # Action Type ID, PS3.4 Table J.3.2-1
ALL_COMMITTED: Final = 1  # Event Type IDs, PS3.4 Table J.3.3-1
FAILURES_EXIST: Final = 2

# Failure Reasons of PS3.3 C.14.1.1.
PROCESSING_FAILURE: Final = 0x0110
NO_SUCH_OBJECT_INSTANCE: Final = 0x0112
CLASS_INSTANCE_CONFLICT: Final = 0x0119
SOP_CLASS_NOT_SUPPORTED: Final = 0x0122
DUPLICATE_TRANSACTION_UID: Final = 0x0131

_TRANSACTION_UID: Final = 0x00081195
_REFERENCED: Final = 0x00081199
_FAILED: Final = 0x00081198
_CLASS: Final = 0x00081150
_INSTANCE: Final = 0x00081155
_FAILURE_REASON: Final = 0x00081197

COMMITMENT_CONTEXTS: Final = propose_classes(STORAGE_COMMITMENT)
"""What an SCU proposes."""


class Reference(NamedTuple):
    """An instance that is to be committed."""

    sop_class_uid: str
    sop_instance_uid: str


class Verdict(NamedTuple):
    """What is said of an instance; `failure_reason` None confirms it."""

    reference: Reference
    failure_reason: int | None = None


class Asked(NamedTuple):
    """What a request says."""

    transaction_uid: str
    references: tuple[Reference, ...]


class Reported(NamedTuple):
    """What a report says, whatever its event type."""

    transaction_uid: str
    verdicts: tuple[Verdict, ...]


def reason_words(failure_reason: int) -> str:
    """Gives a failure reason for people: "0112H Failure: no such SOP instance"."""
    return describe(failure_reason, SERVICE)


def request_data_set(transaction_uid: str, references: Iterable[Reference]) -> Dataset:
    """Gives the action information of a request."""
    data_set = Dataset()
    data_set.add_new(_TRANSACTION_UID, "UI", transaction_uid)
    data_set.add_new(_REFERENCED, "SQ", [_item(each) for each in references])
    return data_set


def read_request(data_set: Dataset) -> Asked:
    """Reads the action information of a request.

    Raises:
        StatusError: the Transaction UID or the references are missing, or are no UIDs: 0115H.
    """
    transaction_uid = _read_transaction_uid(data_set)
    references = tuple(dict.fromkeys(_read_reference(item) for item in _items(data_set, _REFERENCED)))
    if not references:
        raise StatusError(INVALID_ARGUMENT_VALUE, "Referenced SOP Sequence (0008,1199) has no items")
    for reference in references:
        for uid in reference:
            if not is_safe_uid(uid):
                raise StatusError(INVALID_ARGUMENT_VALUE, f"in (0008,1199): {uid[:24]!r} is not a UID")
    return Asked(transaction_uid, references)


def report_data_set(transaction_uid: str, verdicts: Iterable[Verdict]) -> tuple[int, Dataset]:
    """Gives the event type and the event information of a report."""
    confirmed, failed = [], []
    for reference, failure_reason in verdicts:
        item = _item(reference)
        if failure_reason is None:
            confirmed.append(item)
        else:
            item.add_new(_FAILURE_REASON, "US", failure_reason)
            failed.append(item)
    data_set = Dataset()
    data_set.add_new(_TRANSACTION_UID, "UI", transaction_uid)
    if failed:
        data_set.add_new(_FAILED, "SQ", failed)
    if confirmed:
        data_set.add_new(_REFERENCED, "SQ", confirmed)
    return (FAILURES_EXIST if failed else ALL_COMMITTED), data_set


def read_report(data_set: Dataset) -> Reported:
    """Reads the event information of a report; an instance that is in both lists has failed.

    Raises:
        StatusError: the Transaction UID is missing, or a list cannot be read: 0115H.
    """
    transaction_uid = _read_transaction_uid(data_set)
    verdicts = {reference: Verdict(reference) for reference in map(_read_reference, _items(data_set, _REFERENCED))}
    for item in _items(data_set, _FAILED):
        reference = _read_reference(item)
        verdicts[reference] = Verdict(reference, _read_failure_reason(item))
    return Reported(transaction_uid, tuple(verdicts.values()))


def _item(reference: Reference) -> Dataset:
    item = Dataset()
    item.add_new(_CLASS, "UI", reference.sop_class_uid)
    item.add_new(_INSTANCE, "UI", reference.sop_instance_uid)
    return item


def _items(data_set: Dataset, tag: int) -> Iterable[Dataset]:
    try:
        return items_of(data_set, tag)
    except StatusError as error:
        raise StatusError(INVALID_ARGUMENT_VALUE, error.comment) from error


def _read_reference(item: Dataset) -> Reference:
    return Reference(text_of(item, _CLASS), text_of(item, _INSTANCE))


def _read_transaction_uid(data_set: Dataset) -> str:
    uid = text_of(data_set, _TRANSACTION_UID)
    if not is_safe_uid(uid):
        problem = f"{uid[:24]!r} is not a UID" if uid else "is missing"
        raise StatusError(INVALID_ARGUMENT_VALUE, f"Transaction UID (0008,1195) {problem}")
    return uid


def _read_failure_reason(item: Dataset) -> int:
    """Gives the Failure Reason; one that cannot be read fails the instance as well."""
    try:
        return int(item[_FAILURE_REASON].value)
    except Exception:  # noqa: BLE001 - pydicom raises what its parts raise
        return PROCESSING_FAILURE
