"""Dissection: the tree tiles the bytes, its words are for people, and nothing makes it raise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.upper_layer.pdu_cases import (
    ANSWER,
    CASES,
    CT,
    ECHO_REQUEST,
    EXPLICIT,
    FULL_REQUEST,
    IDENTITY_REQUEST,
    IMPLICIT,
    PROVIDER_ABORT,
    REJECTION,
    REQUEST,
    SEVERAL_FRAGMENTS,
    USER_ABORT,
    VERIFICATION,
    Case,
    octets,
)
from workbench.trace.dissect import dissect
from workbench.upper_layer.fields import Span

# real: C-STORE-RSP with status A700H and an error comment, in context 3
STORE_RESPONSE = octets("""
    04 00 00000098
    00000094 03 03
    00000000 04000000 86000000                            # Command Group Length 134
    00000200 1A000000 "1.2.840.10008.5.1.4.1.1.2" 00
    00000001 02000000 0180                                # C-STORE-RSP
    00002001 02000000 D500                                # Message ID Being Responded To 213
    00000008 02000000 0101
    00000009 02000000 00A7                                # Status A700H
    00000209 0A000000 "disk full" 20                      # Error Comment
    00000010 14000000 "1.2.840.113619.2.55" 00
    00003010 00000000                                     # Move Originator: empty
""")


def text(span: Span) -> str:
    assert isinstance(span.value, str), span
    return span.value


def lines(span: Span, depth: int = 0) -> list[str]:
    """The tree as a person sees it, fields of the structure left out."""
    if span.name in ("Item-type", "Item-length", "Reserved", "PDU-type", "PDU-length", "Tag", "Length", "Value"):
        return []
    own = "  " * depth + f"{span.name}   {text(span)}".rstrip()
    return [own, *(line for child in span.children for line in lines(child, depth + 1))]


def check_tiling(span: Span) -> None:
    at = span.start
    for child in span.children:
        assert child.start == at, (span.name, child.name)
        assert child.end >= child.start
        check_tiling(child)
        at = child.end
    assert not span.children or at == span.end, span.name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.comment)
def test_the_children_tile_the_bytes_of_their_parent(case: Case) -> None:
    root = dissect(case.data, len(case.data))
    assert (root.start, root.end) == (0, len(case.data))
    check_tiling(root)
    assert not any("Problem" in line for line in lines(root))


def test_a_request_in_words() -> None:
    assert lines(dissect(IDENTITY_REQUEST.data, len(IDENTITY_REQUEST.data))) == [
        "A-ASSOCIATE-RQ   182 bytes   PS3.8 9.3.2",
        "  Protocol-version   0001H  version 1",
        "  Called-AE-title   PACS",
        "  Calling-AE-title   MOD",
        "  Application context   DICOM Application Context Name  1.2.840.10008.3.1.1.1",
        "    Application-context-name   DICOM Application Context Name  1.2.840.10008.3.1.1.1",
        "  Presentation context   1, Verification, Implicit VR LE",
        "    Presentation-context-ID   1",
        "    Abstract syntax   Verification SOP Class  1.2.840.10008.1.1",
        "      Abstract-syntax-name   Verification SOP Class  1.2.840.10008.1.1",
        "    Transfer syntax   Implicit VR Little Endian  1.2.840.10008.1.2",
        "      Transfer-syntax-name   Implicit VR Little Endian  1.2.840.10008.1.2",
        "  User information   2 sub-items",
        "    Maximum length   16,384",
        "      Maximum-length-received   16,384",
        "    User identity (request)   2  user name and passcode, 1  yes, admin, 6 bytes, not shown",
        "      User-identity-type   2  user name and passcode",
        "      Positive-response-requested   1  yes",
        "      Primary-field-length   5",
        "      Primary-field   admin",
        "      Secondary-field-length   6",
        "      Secondary-field   6 bytes, not shown",
    ]


def test_every_sub_item_says_something_in_its_own_line() -> None:
    root = dissect(FULL_REQUEST.data, len(FULL_REQUEST.data))
    items = [f"{item.name}   {text(item)}" for item in root.children[-1].children if item.children]
    assert items == [
        "Maximum length   0  no limit",
        "Implementation class UID   1.2",
        "Asynchronous operations window   any number invoked, 5 performed",
        "SCP/SCU role selection   1.2.3: SCU",
        "SCP/SCU role selection   1.2.34: SCP",
        "Implementation version name   V",
        "SOP class extended negotiation   1.2.3, 01 02 03",
        "SOP class common extended negotiation   1.2.3, 1.2.4, 1.5, 1.6",
        "SOP class common extended negotiation   1.3, 1.42, empty",
        "User identity (request)   5  JSON web token, 0  no, ey.J.W, empty",
        "Unknown item 5AH   00",
        "Unknown item FFH   empty",
        "Maximum length   1",
    ]


def test_an_answer_tells_the_result_of_each_context() -> None:
    contexts = [child.value for child in dissect(ANSWER.data, 192).children if child.name == "Presentation context"]
    assert contexts == ["1, accepted, Implicit VR LE", "3, transfer syntaxes not supported (provider rejection)"]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (REJECTION, ["1  rejected permanently", "1  by the service-user", "7  called AE title not recognized"]),
        (PROVIDER_ABORT, ["2  by the service-provider", "6  invalid PDU parameter value"]),
        (USER_ABORT, ["0  by the service-user", "0  not significant"]),
    ],
)
def test_rejections_and_aborts_in_words(case: Case, expected: list[str]) -> None:
    shown = [child.value for child in dissect(case.data, 10).children]
    assert shown[-len(expected) :] == expected


def test_codes_that_the_standard_does_not_define_are_called_reserved() -> None:
    data = octets("03 00 00000004 00 09 08 07")
    assert [child.value for child in dissect(data, 10).children][-3:] == ["9  reserved", "8  reserved", "7  reserved"]


def test_a_response_in_words() -> None:
    data = STORE_RESPONSE
    data = data[:2] + (len(data) - 6).to_bytes(4, "big") + (len(data) - 10).to_bytes(4, "big") + data[10:]
    group_length = (len(data) - 24).to_bytes(4, "little")
    data = data[:20] + group_length + data[24:]
    root = dissect(data, len(data), contexts={3: (CT, EXPLICIT)})
    check_tiling(root)
    assert lines(root) == [
        f"P-DATA-TF   {len(data)} bytes   PS3.8 9.3.5",
        "  Presentation data value   context 3, CT Image, Explicit VR LE, command, last fragment",
        "    Presentation-context-ID   3",
        "    Message-control-header   03H  command, last fragment",
        "    C-STORE-RSP",
        f"      (0000,0000)  Command Group Length   {len(data) - 24}",
        "      (0000,0002)  Affected SOP Class UID   CT Image Storage  1.2.840.10008.5.1.4.1.1.2",
        "      (0000,0100)  Command Field   8001H  C-STORE-RSP",
        "      (0000,0120)  Message ID Being Responded To   213",
        "      (0000,0800)  Command Data Set Type   0101H  no data set",
        "      (0000,0900)  Status   A700H Refused: out of resources",
        "      (0000,0902)  Error Comment   disk full",
        "      (0000,1000)  Affected SOP Instance UID   1.2.840.113619.2.55",
        "      (0000,1030)  Move Originator Application Entity Title",
    ]


def test_several_fragments_are_told_apart() -> None:
    shown = lines(dissect(SEVERAL_FRAGMENTS.data, 29))
    assert [line.strip() for line in shown if "ommand, cont" in line or "Data set" in line] == [
        "Command, continued from an earlier fragment   2 bytes",
        "Data set   3 bytes",
        "Data set   0 bytes",
    ]


def test_the_first_part_of_a_command_shows_its_elements() -> None:
    part = ECHO_REQUEST.data[12:62]
    data = b"\4\0" + (len(part) + 6).to_bytes(4, "big") + (len(part) + 2).to_bytes(4, "big") + b"\1\1" + part
    root = dissect(data, len(data))
    check_tiling(root)
    assert lines(root)[-1] == "      Continued in the next fragment"
    assert not any("Problem" in line for line in lines(root))


def test_a_broken_command_shows_what_is_wrong() -> None:
    data = ECHO_REQUEST.data[:56] + b"\xff" + ECHO_REQUEST.data[57:]
    root = dissect(data, len(data))
    check_tiling(root)
    assert "Problem   Command Field at byte" in lines(root)[-1]


def test_what_was_not_kept_is_the_last_child() -> None:
    data = b"\4\0" + (100_006).to_bytes(4, "big") + (100_002).to_bytes(4, "big") + b"\1\2" + bytes(256)
    root = dissect(data, 100_012, contexts={1: (VERIFICATION, IMPLICIT)})
    check_tiling(root)
    assert lines(root) == [
        "P-DATA-TF   100,012 bytes   PS3.8 9.3.5",
        "  Presentation data value   context 1, Verification, Implicit VR LE, data set, last fragment",
        "    Presentation-context-ID   1",
        "    Message-control-header   02H  data set, last fragment",
        "    Data set   100,000 bytes",
        "  99,744 bytes not kept",
    ]


@pytest.mark.parametrize(
    ("data", "length", "problem"),
    [
        (b"", 0, "PDU-type at byte 0"),
        (b"\5\0\0", 3, "PDU-length at byte 2"),
        (octets("2A 00 00000002 AABB"), 8, "2AH is not a PDU"),
        (octets("05 00 00000004 0000"), 8, "4 bytes announced, 2 there"),
        (octets("04 00 00000008 00000009 01 03 AABB"), 14, "9 bytes announced for Presentation data value, 4 left"),
        (REQUEST.data[:2] + b"\0\0\0\x50" + REQUEST.data[6:86], 86, "21 bytes announced for Application context, 8"),
    ],
)
def test_a_broken_pdu_is_shown_up_to_the_bad_byte(data: bytes, length: int, problem: str) -> None:
    root = dissect(data, length)
    check_tiling(root)
    assert next(line.strip() for line in lines(root) if problem in line).startswith("Problem")


def test_a_pdu_of_an_unknown_type_that_was_not_read_is_no_loss() -> None:
    root = dissect(bytes.fromhex("47 45 54202F20"), 6 + 0x54202F20)
    check_tiling(root)
    assert lines(root)[0] == f"Unknown PDU 47H   {6 + 0x54202F20:,} bytes"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.comment)
def test_any_part_of_a_pdu_can_be_shown(case: Case) -> None:
    for size in range(len(case.data)):
        check_tiling(dissect(case.data[:size], len(case.data)))
        check_tiling(dissect(case.data[:size], size))


@settings(max_examples=300)
@given(
    data=st.one_of(
        st.binary(max_size=120),
        st.builds(
            lambda case, at, byte: case.data[: at % len(case.data)] + byte + case.data[at % len(case.data) + 1 :],
            st.sampled_from(CASES),
            st.integers(0, 400),
            st.binary(min_size=1, max_size=3),
        ),
    ),
    missing=st.integers(0, 40),
)
def test_dissecting_anything_never_raises_and_always_tiles(data: bytes, missing: int) -> None:
    check_tiling(dissect(data, len(data) + missing))
