"""Field values in words."""

import pytest

from workbench.trace.words import (
    bytes_in_words,
    context_in_words,
    control_in_words,
    diagnosis_in_words,
    element_in_words,
    field_in_words,
    uid_in_words,
)
from workbench.upper_layer.fields import SpanValue


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PDU-type", 4, "04H  P-DATA-TF"),
        ("PDU-type", 0x2A, "2AH  unknown"),
        ("Protocol-version", 2, "0002H  version 1 is not among them"),
        ("Presentation-context-ID", 2, "2  not odd"),
        ("Result/Reason", 3, "3  abstract syntax not supported (provider rejection)"),
        ("Maximum-length-received", 0, "0  no limit"),
        ("Maximum-number-operations-invoked", 0, "0  any number"),
        ("Calling-AE-title", "   ", "(blank)"),
        ("Called-AE-title", "PACS    ", "PACS"),
        ("Abstract-syntax-name", "1.2.840.10008.1.1\0", "Verification SOP Class  1.2.840.10008.1.1"),
        ("Transfer-syntax-name", "", "(empty)"),
        ("Primary-field", b"\x60\x82", "60 82"),
        ("Primary-field", b"admin", "admin"),
        ("Secondary-field", b"secret", "6 bytes, not shown"),
        ("Item-data", b"", "empty"),
        ("Item-data", bytes(20), "00 " * 16 + "…  20 bytes"),
        ("Item-length", 1234, "1,234"),
        ("Item-data", None, "empty"),
    ],
)
def test_a_field_in_words(name: str, value: SpanValue, words: str) -> None:
    assert field_in_words(name, value) == words


def test_what_a_peer_says_cannot_steer_a_terminal_or_a_list() -> None:
    assert field_in_words("Called-AE-title", "A\x1b[2J\nB") == "A\\x1b[2J\\nB"
    assert uid_in_words("1.2\n3") == "1.2\\n3"
    assert element_in_words("Error Comment", "disk\tfull") == "disk\\tfull"
    assert context_in_words(1, {1: ("1\r2", "3\x002")}) == "1, 1\\r2, 3\\x002"


def test_reserved_bytes_are_shown_when_they_are_not_zero() -> None:
    assert bytes_in_words("Reserved", b"\0\0") == "00H"
    assert bytes_in_words("Reserved", b"\xff\0") == "FF 00  not tested by a receiver"


def test_the_reason_of_an_abort_counts_with_the_provider_only() -> None:
    assert diagnosis_in_words(7, "Reason/Diag.", 2, 2) == "2  unexpected PDU"
    assert diagnosis_in_words(7, "Reason/Diag.", 2, 0) == "2  not significant"
    assert diagnosis_in_words(7, "Reason/Diag.", 3, 2) == "3  reserved"


def test_a_context_is_named_when_it_is_known() -> None:
    contexts = {1: ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"), 3: ("1.2.840.10008.1.1", "")}
    assert context_in_words(1, contexts) == "1, CT Image, Explicit VR LE"
    assert context_in_words(3, contexts) == "3, Verification"
    assert context_in_words(5, contexts) == "5"


def test_the_other_words() -> None:
    assert control_in_words(0) == "data set, more to come"
    assert uid_in_words("1.2.3") == "1.2.3"
    assert element_in_words("Command Field", "C-ECHO-RQ (0030H)") == "0030H  C-ECHO-RQ"
    assert element_in_words("Message ID", 7) == "7"
    assert element_in_words("Error Comment", None) == ""
