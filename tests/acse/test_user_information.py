"""User information: our own items always there, in the order of their types."""

import pytest

from workbench.acse.user_information import narrower, user_information
from workbench.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from workbench.upper_layer.items import (
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
)

OURS = (
    MaximumLength(value=131_072),
    ImplementationClassUid(uid=IMPLEMENTATION_CLASS_UID),
    ImplementationVersionName(name=IMPLEMENTATION_VERSION_NAME),
)


def test_tells_who_we_are_and_how_much_we_take() -> None:
    assert user_information(131_072) == OURS


def test_further_items_stand_in_the_order_of_their_types() -> None:
    further = (
        UnknownItem(item_type=0x5F, data=b"x"),
        UserIdentityAc(server_response=b""),
        UserIdentityRq(identity_type=1, positive_response_requested=True, primary_field=b"me"),
        SopClassCommonExtendedNegotiation(sop_class_uid="1.2", service_class_uid="1.3", related_sop_class_uids=()),
        SopClassExtendedNegotiation(sop_class_uid="1.4", application_information=b"\1"),
        SopClassExtendedNegotiation(sop_class_uid="1.2", application_information=b"\1"),
        RoleSelection(sop_class_uid="1.4", scu_role=True, scp_role=True),
        RoleSelection(sop_class_uid="1.2", scu_role=True, scp_role=True),
        AsynchronousOperationsWindow(invoked=1, performed=1),
    )
    unknown, identity_ac, identity_rq, common, first_extended, second_extended, first_role, second_role, window = (
        further
    )
    assert user_information(131_072, further) == (
        *OURS[:2],
        window,
        first_role,
        second_role,
        OURS[2],
        first_extended,
        second_extended,
        common,
        identity_rq,
        identity_ac,
        unknown,
    )


def test_an_item_of_ours_can_be_replaced() -> None:
    further = (MaximumLength(value=0), ImplementationVersionName(name="OTHER"))
    assert user_information(131_072, further) == (
        MaximumLength(value=0),
        OURS[1],
        ImplementationVersionName(name="OTHER"),
    )


@pytest.mark.parametrize(
    ("one", "other", "smaller"), [(1, 1, 1), (5, 3, 3), (3, 5, 3), (0, 3, 3), (3, 0, 3), (0, 0, 0), (0, 65535, 65535)]
)
def test_no_limit_is_the_largest_limit(one: int, other: int, smaller: int) -> None:
    assert narrower(one, other) == smaller
