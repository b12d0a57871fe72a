"""The messages of the errors, which people read, and what programs read beside them."""

import pytest

from workbench.errors import (
    REJECT_REASONS,
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    CommandSetError,
    LocalProtocolError,
    MessageError,
    NoAcceptedContext,
    PduError,
    ProtocolError,
    RemoteProtocolError,
    StorageError,
    TransportError,
    WorkbenchError,
    describe_abort,
    describe_rejection,
)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 1, 1), "no reason given (1/1/1), rejected permanently by the service-user"),
        ((1, 1, 7), "called AE title not recognized (1/1/7), rejected permanently by the service-user"),
        ((1, 2, 2), "protocol version not supported (1/2/2), rejected permanently by the service-provider (ACSE)"),
        ((2, 3, 2), "local limit exceeded (2/3/2), rejected transiently by the service-provider (presentation)"),
        ((1, 1, 4), "reserved reason 4 (1/1/4), rejected permanently by the service-user"),
        ((9, 8, 7), "reserved reason 7 (9/8/7), rejected with the unknown result 9 by the unknown source 8"),
    ],
)
def test_a_rejection_gives_the_standards_words_and_numbers(numbers: tuple[int, int, int], words: str) -> None:
    assert describe_rejection(*numbers) == words
    error = AssociationRejected(*numbers)
    assert str(error) == words
    assert (error.result, error.source, error.reason) == numbers


def test_the_reasons_of_a_rejection_are_those_of_table_9_21() -> None:
    by_source = {source: [reason for origin, reason in REJECT_REASONS if origin == source] for source in (1, 2, 3)}
    assert by_source == {1: [1, 2, 3, 7], 2: [1, 2], 3: [1, 2]}


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 0), "aborted by the service-user (0/0)"),
        ((0, 6), "aborted by the service-user (0/6)"),
        ((2, 2), "aborted by the service-provider: unexpected PDU (2/2)"),
        ((2, 3), "aborted by the service-provider: reserved reason 3 (2/3)"),
        ((1, 0), "aborted by the unknown source 1 (1/0)"),
    ],
)
def test_an_abort_gives_its_reason_only_when_it_counts(numbers: tuple[int, int], words: str) -> None:
    assert describe_abort(*numbers) == words


def test_an_aborted_association_tells_its_cause() -> None:
    error = AssociationAborted(2, 0, by_peer=False, cause="no response within 60 s")
    assert str(error) == "no response within 60 s"
    assert (error.source, error.reason, error.by_peer) == (2, 0, False)
    assert str(AssociationAborted(2, 2, by_peer=True, cause="")) == describe_abort(2, 2)
    assert AssociationReleased("the peer was done").cause == "the peer was done"


@pytest.mark.parametrize(
    ("error", "message", "abort"),
    [
        (PduError("Result", 7, "9 is not 0 to 4"), "Result at byte 7: 9 is not 0 to 4", (2, 6)),
        (PduError("PDU-type", 0, "what", abort_reason=1), "PDU-type at byte 0: what", (2, 1)),
        (CommandSetError("Status", 8, "is missing"), "Status at byte 8: is missing", (0, 0)),
        (MessageError("two commands at once"), "two commands at once", (0, 0)),
        (RemoteProtocolError("no"), "no", (2, 0)),
    ],
)
def test_a_fault_of_the_peer_names_its_place_and_the_abort(
    error: RemoteProtocolError, message: str, abort: tuple[int, int]
) -> None:
    assert str(error) == message
    assert (error.abort_source, error.abort_reason) == abort


def test_no_accepted_context_names_the_class_and_the_reason() -> None:
    error = NoAcceptedContext("1.2.3", "1.2.840.10008.1.2", "the abstract syntax was refused")
    assert str(error) == "no accepted presentation context for 1.2.3: the abstract syntax was refused"
    assert error.transfer_syntax_uid == "1.2.840.10008.1.2"
    assert isinstance(error, LocalProtocolError)


def test_every_error_can_be_caught_as_one_of_ours() -> None:
    for kind in (ProtocolError, AssociationRejected, StorageError, TransportError):
        assert issubclass(kind, WorkbenchError)
    assert TransportError("lost", stage="lost").stage == "lost"
    assert StorageError("full", path="a/b").path == "a/b"
