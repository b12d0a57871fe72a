"""The user information that both sides send: who we are, how much we take, and what a case adds (PS3.7 D.3.3)."""

from collections.abc import Iterable
from typing import Final

from workbench.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from workbench.upper_layer.items import (
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationItem,
)

LEAST_MAX_LENGTH: Final = 7
"""The smallest Maximum Length Received but 0 that leaves room for data: a PDV with one byte (PS3.8 9.3.5.1, D.1)."""

# Ascending item types, 51H to 59H. Any order is legal (PS3.8 9.3.2.3); this one is what receivers are used to.
_ORDER: Final[tuple[type[UserInformationItem], ...]] = (
    MaximumLength,
    ImplementationClassUid,
    AsynchronousOperationsWindow,
    RoleSelection,
    ImplementationVersionName,
    SopClassExtendedNegotiation,
    SopClassCommonExtendedNegotiation,
    UserIdentityRq,
    UserIdentityAc,
)


def user_information(
    max_pdu_length: int, further: Iterable[UserInformationItem] = ()
) -> tuple[UserInformationItem, ...]:
    """Gives the sub-items for an A-ASSOCIATE-RQ or -AC, in the order of their types.

    Args:
        max_pdu_length: our Maximum Length Received (PS3.8 D.1); 0 = no limit.
        further: added to it and to our implementation class UID and version name; replaces those of the same type.
    """
    added = tuple(further)
    ours = (
        MaximumLength(value=max_pdu_length),
        ImplementationClassUid(uid=IMPLEMENTATION_CLASS_UID),
        ImplementationVersionName(name=IMPLEMENTATION_VERSION_NAME),
    )
    kinds = {type(item) for item in added}
    items = (*(item for item in ours if type(item) not in kinds), *added)
    return tuple(sorted(items, key=_place))


def narrower(one: int, other: int) -> int:
    """Gives the smaller of two limits of which 0 is no limit, and so the largest (PS3.7 D.3.3.3)."""
    return min(one, other) if one and other else one or other


def _place(item: UserInformationItem) -> int:
    kind = type(item)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
