"""User-information sub-items: lengths inside them, unknown ones, flags."""

import pytest

from tests.upper_layer.pdu_cases import octets
from workbench.errors import LocalProtocolError, PduError
from workbench.upper_layer.fields import Reader, Span
from workbench.upper_layer.items import (
    USER_INFORMATION_LAYOUTS,
    AsynchronousOperationsWindow,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    UnknownItem,
    UserIdentityRq,
    UserInformationItem,
    read_user_information,
    write_user_information,
)


def read(items: str) -> tuple[UserInformationItem, ...]:
    return read_user_information(Reader(octets(items), "User information"))


def test_all_sub_items_from_51_to_59_are_known() -> None:
    assert [layout.item_type for layout in USER_INFORMATION_LAYOUTS] == list(range(0x51, 0x5A))


def test_sub_items_may_come_in_any_order_and_several_times() -> None:
    assert read('55 00 0001 "V" 51 00 0004 00000001 55 00 0001 "W"') == (
        ImplementationVersionName(name="V"),
        MaximumLength(value=1),
        ImplementationVersionName(name="W"),
    )


def test_unknown_sub_items_are_kept_and_skipped() -> None:
    """PS3.8 Annex D: an item type that is not recognized is ignored."""
    items = read("00 00 0000 5A 00 0003 010203 51 00 0004 00000001")
    assert items == (UnknownItem(item_type=0, data=b""), UnknownItem(item_type=0x5A, data=b"\1\2\3"), items[2])
    assert write_user_information(items) == octets("00 00 0000 5A 00 0003 010203 51 00 0004 00000001")


@pytest.mark.parametrize("value", range(256))
def test_only_1_is_a_yes(value: int) -> None:
    assert read(f'54 00 0007 0003 "1.2" {value:02X} 01') == (
        RoleSelection(sop_class_uid="1.2", scu_role=value == 1, scp_role=True),
    )
    assert read(f"58 00 0006 01 {value:02X} 0000 0000") == (
        UserIdentityRq(identity_type=1, positive_response_requested=value == 1, primary_field=b""),
    )


def test_fields_of_a_later_version_are_skipped() -> None:
    assert read('57 02 000C 0001 "1" 0001 "2" 0000 CAFEBABE') == (
        SopClassCommonExtendedNegotiation(
            sop_class_uid="1", service_class_uid="2", related_sop_class_uids=(), version=2
        ),
    )


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("51 00 0003 000000", "Maximum-length-received at byte 4: needs 4 bytes, 3 left in Maximum length"),
        ("51 00 0005 0000000000", "Maximum length at byte 8: 1 bytes left over"),
        ("53 00 0002 0001", "Maximum-number-operations-performed at byte 6: needs 2 bytes, 0 left"),
        ('54 00 0007 0004 "1.2" 01 01', "SCP-role at byte 11: needs 1 bytes, 0 left in SCP/SCU role selection"),
        ('54 00 0006 FFFF "1.2" 01', "SOP-class-uid at byte 6: needs 65535 bytes, 4 left in SCP/SCU role selection"),
        ("56 00 0001 00", "SOP-class-uid-length at byte 4: needs 2 bytes, 1 left"),
        ('57 00 0007 0001 "1" 0001 "2" 00', "Related-general-sop-class-identification-length at byte 10: needs 2"),
        ('57 00 0009 0001 "1" 0001 "2" 0002 00', "Related-general-sop-class-identification at byte 12: needs 2"),
        ('57 00 000A 0001 "1" 0001 "2" 0002 0001', "Related-general-sop-class at byte 14: needs 1 bytes, 0 left"),
        ("58 00 0004 01 00 FFFF", "Primary-field at byte 8: needs 65535 bytes, 0 left in User identity (request)"),
        ("58 00 0007 01 00 0000 0001", "Item-length at byte 2: 7 bytes announced for User identity"),
        ("59 00 0003 0000 00", "User identity (answer) at byte 6: 1 bytes left over"),
        ("5A 00 0001", "Item-length at byte 2: 1 bytes announced for Unknown item 5AH, 0 left in User information"),
        ("51 00", "Item-length at byte 2: needs 2 bytes, 0 left"),
    ],
)
def test_a_broken_sub_item_is_described(items: str, message: str) -> None:
    with pytest.raises(PduError) as caught:
        read(items)
    assert str(caught.value).startswith(message)


def test_what_is_read_is_noted_with_the_standards_names() -> None:
    root = Span("User information", 0, 8)
    read_user_information(Reader(octets("53 00 0004 0001 0002"), "User information", span=root))
    assert [item.name for item in root.children] == ["Asynchronous operations window"]
    assert [(field.name, field.value) for field in root.children[0].children] == [
        ("Item-type", 0x53),
        ("Reserved", 0),
        ("Item-length", 4),
        ("Maximum-number-operations-invoked", 1),
        ("Maximum-number-operations-performed", 2),
    ]


@pytest.mark.parametrize(
    "item",
    [
        MaximumLength(value=2**32),
        AsynchronousOperationsWindow(invoked=-1, performed=0),
        ImplementationVersionName(name="日本"),
        UserIdentityRq(identity_type=1, positive_response_requested=False, primary_field=bytes(65536)),
        UnknownItem(item_type=0x5A, data=bytes(65536)),
    ],
)
def test_a_value_that_does_not_fit_is_our_own_mistake(item: UserInformationItem) -> None:
    with pytest.raises(LocalProtocolError):
        write_user_information((item,))
