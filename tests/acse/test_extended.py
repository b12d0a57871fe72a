"""Extended negotiation by meaning: the bytes of PS3.4 B.3.1, C.5.1.1, C.5.2.1, C.5.3.1, both ways."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.requests import CT_IMAGE, associate_rq, proposed
from workbench.acse.extended import (
    Coercion,
    QueryOptions,
    RetrieveOptions,
    SignatureLevel,
    StorageLevel,
    StorageOptions,
)
from workbench.acse.negotiate import Policy, agree, answer
from workbench.upper_layer.items import SopClassExtendedNegotiation
from workbench.upper_layer.pdu import AssociateAc

STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"

# (options, bytes): as short as an edition of the standard had it
QUERIES = [
    (QueryOptions(), "00"),
    (QueryOptions(relational=True), "01"),
    (QueryOptions(date_time=True), "00 01 00"),
    (QueryOptions(fuzzy=True), "00 00 01"),
    (QueryOptions(timezone=True), "00 00 00 01"),
    (QueryOptions(relational=True, enhanced_multi_frame=True), "01 00 00 00 01"),
    (QueryOptions(empty_value=True), "00 00 00 00 00 01 00"),
    (QueryOptions(multiple_value=True), "00 00 00 00 00 00 01"),
]


@pytest.mark.parametrize(("options", "encoded"), QUERIES)
def test_what_a_query_asks_for_in_bytes(options: QueryOptions, encoded: str) -> None:
    assert options.encode() == bytes.fromhex(encoded)
    assert QueryOptions.decode(bytes.fromhex(encoded)) == options


@pytest.mark.parametrize(
    ("options", "encoded"),
    [
        (RetrieveOptions(), "00"),
        (RetrieveOptions(relational=True), "01"),
        (RetrieveOptions(enhanced_multi_frame=True), "00 01"),
    ],
)
def test_what_a_retrieval_asks_for_in_bytes(options: RetrieveOptions, encoded: str) -> None:
    assert options.encode() == bytes.fromhex(encoded)
    assert RetrieveOptions.decode(bytes.fromhex(encoded)) == options


def test_a_field_of_another_edition_is_read_as_far_as_it_goes() -> None:
    assert QueryOptions.decode(b"") == QueryOptions()
    assert QueryOptions.decode(b"\1\1") == QueryOptions(relational=True, date_time=True)
    assert QueryOptions.decode(bytes(7) + b"\1\1") == QueryOptions()
    assert RetrieveOptions.decode(b"\0\1\1\1") == RetrieveOptions(enhanced_multi_frame=True)


def test_only_the_value_1_is_a_yes() -> None:
    assert QueryOptions.decode(b"\2\xff\1") == QueryOptions(fuzzy=True)


# (asked, offered, answered)
ANSWERS = [
    ("01 01 01 01 01", QueryOptions(relational=True, timezone=True), "01 00 00 01 00"),
    ("01", QueryOptions(relational=True, fuzzy=True), "01"),  # in as many bytes as were asked
    ("00 00 01", QueryOptions(relational=True, fuzzy=True), "00 00 01"),  # only what was asked for
    ("01 01 01", QueryOptions(), "00 00 00"),
    ("01 01 01 01 01 01 01 01 01", QueryOptions(multiple_value=True), "00 00 00 00 00 00 01"),
]


@pytest.mark.parametrize(("asked", "offered", "answered"), ANSWERS)
def test_a_query_scp_answers_what_is_asked_and_offered(asked: str, offered: QueryOptions, answered: str) -> None:
    assert offered.hook(bytes.fromhex(asked)) == bytes.fromhex(answered)


def test_nothing_asked_is_not_answered() -> None:
    assert QueryOptions(relational=True).hook(b"") is None
    assert StorageOptions(level=StorageLevel.LEVEL_2_FULL).hook(b"") is None


@given(st.binary(max_size=12), st.lists(st.booleans(), min_size=7, max_size=7))
def test_an_answer_is_never_more_than_asked_or_offered(asked: bytes, flags: list[bool]) -> None:
    names = [field.name for field in fields(QueryOptions)]
    offered = replace(QueryOptions(), **dict(zip(names, flags, strict=True)))
    reply = offered.hook(asked) or b""
    assert len(reply) <= len(asked)
    for name in names:
        if getattr(QueryOptions.decode(reply), name):
            assert getattr(offered, name)
            assert getattr(QueryOptions.decode(asked), name)


@given(st.lists(st.booleans(), min_size=7, max_size=7))
def test_every_combination_survives_the_wire(flags: list[bool]) -> None:
    names = [field.name for field in fields(QueryOptions)]
    options = replace(QueryOptions(), **dict(zip(names, flags, strict=True)))
    assert QueryOptions.decode(options.encode()) == options


ARCHIVE = StorageOptions(
    level=StorageLevel.LEVEL_2_FULL, signature_level=SignatureLevel.LEVEL_1, coercion=Coercion.MAY_COERCE
)


def test_storage_options_are_three_values_with_reserved_bytes() -> None:
    assert ARCHIVE.encode() == bytes.fromhex("02 00 01 00 01 00")
    assert StorageOptions().encode() == bytes.fromhex("03 00 00 00 02 00")
    assert StorageOptions.decode(bytes.fromhex("02 FF 01 FF 01 FF")) == ARCHIVE


@pytest.mark.parametrize(
    ("information", "expected"),
    [
        ("", StorageOptions()),
        ("02", StorageOptions(level=StorageLevel.LEVEL_2_FULL)),
        (
            "01 00 03 00 00 00 07",
            StorageOptions(
                level=StorageLevel.LEVEL_1_BASE, signature_level=SignatureLevel.LEVEL_3, coercion=Coercion.NONE
            ),
        ),
        ("09 00 09 00 09 00", StorageOptions()),  # undefined values say nothing
    ],
)
def test_storage_options_of_a_tolerated_length(information: str, expected: StorageOptions) -> None:
    assert StorageOptions.decode(bytes.fromhex(information)) == expected


def test_a_storage_scp_tells_what_it_is_whatever_the_requestor_is() -> None:
    assert StorageOptions.answer(StorageOptions(), ARCHIVE) == ARCHIVE
    assert ARCHIVE.hook(StorageOptions().encode()) == ARCHIVE.encode()


def test_both_sides_know_afterwards_what_holds() -> None:
    wish = QueryOptions(relational=True, fuzzy=True, timezone=True)
    request = associate_rq(
        proposed(1, STUDY_ROOT_FIND),
        proposed(3, CT_IMAGE),
        items=[wish.item(STUDY_ROOT_FIND), StorageOptions().item(CT_IMAGE)],
    )
    policy = Policy(
        contexts={STUDY_ROOT_FIND: None, CT_IMAGE: None},
        extended={STUDY_ROOT_FIND: QueryOptions(relational=True, date_time=True).hook, CT_IMAGE: ARCHIVE.hook},
    )
    reply = answer(request, policy)
    assert isinstance(reply, AssociateAc)
    extended = agree(request, reply).extended
    assert QueryOptions.agreed(extended, STUDY_ROOT_FIND) == QueryOptions(relational=True)
    assert StorageOptions.agreed(extended, CT_IMAGE) == ARCHIVE
    assert QueryOptions.agreed(extended, "1.2.3") == QueryOptions()


def test_an_item_names_the_class() -> None:
    assert RetrieveOptions(relational=True).item("1.2.3") == SopClassExtendedNegotiation(
        sop_class_uid="1.2.3", application_information=b"\1"
    )
