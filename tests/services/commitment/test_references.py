"""The data sets of storage commitment, made and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from tests.services.commitment.archives import CT, references
from workbench.errors import StatusError
from workbench.services.commitment.references import (
    Reference,
    Verdict,
    read_report,
    read_request,
    reason_words,
    report_data_set,
    request_data_set,
)
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

TRANSACTION = "2.25.7"
VERDICTS = st.lists(
    st.builds(
        lambda number, reason: Verdict(Reference(CT, f"1.2.3.{number}"), reason),
        st.integers(1, 99),
        st.none() | st.sampled_from([0x0110, 0x0112, 0x0119, 0x0122, 0x0131, 0x0213]),
    ),
    unique_by=lambda verdict: verdict.reference,
)


def received(data_set: Dataset, syntax: str = IMPLICIT_VR_LITTLE_ENDIAN) -> Dataset:
    return decode_data_set(encode_data_set(data_set, syntax), syntax)


@pytest.mark.parametrize("syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN])
def test_what_is_asked_is_read_once_each(syntax: str) -> None:
    asked = read_request(received(request_data_set(TRANSACTION, references(1, 2, 1)), syntax))
    assert asked == (TRANSACTION, references(1, 2))


@given(VERDICTS)
def test_what_is_reported_is_read(verdicts: list[Verdict]) -> None:
    event_type, data_set = report_data_set(TRANSACTION, verdicts)
    report = read_report(received(data_set))
    assert (report.transaction_uid, set(report.verdicts)) == (TRANSACTION, set(verdicts))
    assert event_type == (2 if any(each.failure_reason for each in verdicts) else 1)


def test_what_is_committed_and_failed_has_failed() -> None:
    (reference,) = references(1)
    _, data_set = report_data_set(TRANSACTION, [Verdict(reference), Verdict(reference, 0x0112)])
    assert read_report(data_set).verdicts == (Verdict(reference, 0x0112),)


def test_a_failure_without_reason_is_a_failure() -> None:
    (reference,) = references(1)
    _, data_set = report_data_set(TRANSACTION, [Verdict(reference, 0x0112)])
    del data_set.FailedSOPSequence[0].FailureReason
    assert read_report(data_set).verdicts == (Verdict(reference, 0x0110),)


def broken(tag: int, vr: str, value: str) -> Dataset:
    data_set = request_data_set(TRANSACTION, references(1))
    if vr:
        data_set.add(DataElement(tag, vr, value, already_converted=True))
    else:
        del data_set[tag]
    return data_set


def with_instance(uid: str) -> Dataset:
    data_set = request_data_set(TRANSACTION, references(1))
    data_set.ReferencedSOPSequence[0].add(DataElement(0x00081155, "LO", uid))
    return data_set


@pytest.mark.parametrize(
    ("data_set", "comment"),
    [
        (Dataset(), "Transaction UID (0008,1195) is missing"),
        (broken(0x00081195, "LO", "../x"), "Transaction UID (0008,1195) '../x' is not a UID"),
        (broken(0x00081199, "", ""), "Referenced SOP Sequence (0008,1199) has no items"),
        (broken(0x00081199, "LO", "text"), "(0008,1199) is not a sequence of items"),
        (request_data_set(TRANSACTION, ()), "Referenced SOP Sequence (0008,1199) has no items"),
        (with_instance("nothing"), "in (0008,1199): 'nothing' is not a UID"),
        (with_instance(""), "in (0008,1199): '' is not a UID"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(data_set: Dataset, comment: str) -> None:
    with pytest.raises(StatusError) as caught:
        read_request(received(data_set, EXPLICIT_VR_LITTLE_ENDIAN))
    assert (caught.value.status, caught.value.comment) == (0x0115, comment)


@pytest.mark.parametrize("reason", [0x0110, 0x0112, 0x0119, 0x0122, 0x0131, 0x0213])
def test_each_failure_reason_has_words(reason: int) -> None:
    assert reason_words(reason).startswith(f"{reason:04X}H Failure: ")


def test_an_unknown_failure_reason_is_told_as_it_is() -> None:
    assert reason_words(0xA123).startswith("A123H ")
