"""The context to send on, and the words for why there is none."""

from typing import Literal

import pytest

from tests.acse.requests import (
    BIG_ENDIAN,
    CT_IMAGE,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    J2K,
    JPEG,
    MR_IMAGE,
    answered,
    associate_ac,
    associate_rq,
    proposed,
)
from workbench.acse.agreement import NOT_ANSWERED, Agreement, agree
from workbench.errors import NoAcceptedContext
from workbench.upper_layer.items import RoleSelection


def agreement_on(
    *contexts: tuple[str, tuple[str, ...], str | int], roles: tuple[bool, bool] | None = None
) -> Agreement:
    """An agreement on contexts: SOP class, what is proposed, the accepted syntax or the result of a refusal."""
    numbers = range(1, 2 * len(contexts), 2)
    asked = [proposed(at, sop_class, *offered) for at, (sop_class, offered, _) in zip(numbers, contexts, strict=True)]
    replies = [
        answered(at, reply) if isinstance(reply, str) else answered(at, "", result=reply)
        for at, (_, _, reply) in zip(numbers, contexts, strict=True)
        if reply != NOT_ANSWERED
    ]
    if roles is None:
        return agree(associate_rq(*asked), associate_ac(*replies))
    wish = RoleSelection(sop_class_uid=CT_IMAGE, scu_role=True, scp_role=True)
    granted = RoleSelection(sop_class_uid=CT_IMAGE, scu_role=roles[0], scp_role=roles[1])
    return agree(associate_rq(*asked, items=[wish]), associate_ac(*replies, items=[granted]))


SEVERAL = agreement_on(
    (CT_IMAGE, (JPEG,), JPEG),
    (CT_IMAGE, (IMPLICIT,), IMPLICIT),
    (CT_IMAGE, (BIG_ENDIAN,), BIG_ENDIAN),
    (CT_IMAGE, (EXPLICIT,), EXPLICIT),
    (CT_IMAGE, (EXPLICIT,), EXPLICIT),
    (CT_IMAGE, (J2K,), 4),
    (MR_IMAGE, (JPEG,), JPEG),
)


@pytest.mark.parametrize(
    ("sop_class", "syntax", "context_id"),
    [
        (CT_IMAGE, JPEG, 1),
        (CT_IMAGE, IMPLICIT, 3),
        (CT_IMAGE, BIG_ENDIAN, 5),
        (CT_IMAGE, EXPLICIT, 7),  # the first of two
        (CT_IMAGE, None, 7),  # Explicit VR Little Endian before all others
        (MR_IMAGE, None, 13),  # compressed, if there is nothing else
    ],
)
def test_the_context_to_send_on(sop_class: str, syntax: str | None, context_id: int) -> None:
    assert SEVERAL.context_for(sop_class, syntax).context_id == context_id


# (agreement, transfer syntax asked for, role, the reason)
REFUSALS: dict[str, tuple[Agreement, str | None, Literal["SCU", "SCP"], str]] = {
    "never proposed": (agreement_on((MR_IMAGE, (IMPLICIT,), IMPLICIT)), None, "SCU", "it was not proposed"),
    "refused class": (
        agreement_on((CT_IMAGE, (IMPLICIT,), 3)),
        IMPLICIT,
        "SCU",
        "it was not accepted: abstract syntax not supported (provider rejection)",
    ),
    "refused syntaxes": (
        agreement_on((CT_IMAGE, (JPEG,), 4), (CT_IMAGE, (J2K,), 4)),
        None,
        "SCU",
        "it was not accepted: transfer syntaxes not supported (provider rejection)",
    ),
    "several reasons": (
        agreement_on((CT_IMAGE, (JPEG,), 1), (CT_IMAGE, (JPEG,), NOT_ANSWERED), (CT_IMAGE, (J2K,), 4)),
        JPEG,
        "SCU",
        "it was not accepted: not answered, user rejection",
    ),
    "an undefined result": (
        agreement_on((CT_IMAGE, (JPEG,), 9)),
        None,
        "SCU",
        "it was not accepted: undefined result 9",
    ),
    "a syntax never offered": (
        agreement_on((CT_IMAGE, (JPEG,), J2K)),
        JPEG,
        "SCU",
        "it was not accepted: accepted in a transfer syntax that was not offered",
    ),
    "a syntax not proposed, class refused": (
        agreement_on((CT_IMAGE, (JPEG,), 4)),
        DEFLATED,
        "SCU",
        f"it was not proposed in transfer syntax {DEFLATED}",
    ),
    "a syntax not proposed, class accepted": (
        agreement_on((CT_IMAGE, (JPEG,), JPEG)),
        DEFLATED,
        "SCU",
        f"transfer syntax {DEFLATED} was not proposed; accepted only in {JPEG}",
    ),
    "a syntax refused, class accepted": (
        agreement_on((CT_IMAGE, (JPEG,), 4), (CT_IMAGE, (IMPLICIT,), IMPLICIT)),
        JPEG,
        "SCU",
        f"transfer syntax {JPEG} was not accepted: transfer syntaxes not supported (provider rejection); "
        f"accepted only in {IMPLICIT}",
    ),
    "a syntax beside the chosen one": (
        agreement_on((CT_IMAGE, (EXPLICIT, IMPLICIT), IMPLICIT)),
        EXPLICIT,
        "SCU",
        f"transfer syntax {EXPLICIT} was not chosen by the peer; accepted only in {IMPLICIT}",
    ),
    "no SCP role": (
        agreement_on((CT_IMAGE, (IMPLICIT,), IMPLICIT)),
        IMPLICIT,
        "SCP",
        "it was accepted, but not with the SCP role for the association requestor",
    ),
    "no SCU role": (
        agreement_on((CT_IMAGE, (IMPLICIT,), IMPLICIT), roles=(False, True)),
        None,
        "SCU",
        "it was accepted, but not with the SCU role for the association requestor",
    ),
}


@pytest.mark.parametrize(("agreement", "syntax", "role", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_why_there_is_no_context(
    agreement: Agreement, syntax: str | None, role: Literal["SCU", "SCP"], reason: str
) -> None:
    with pytest.raises(NoAcceptedContext) as caught:
        agreement.context_for(CT_IMAGE, syntax, role=role)
    assert caught.value.reason == reason
    assert (caught.value.sop_class_uid, caught.value.transfer_syntax_uid) == (CT_IMAGE, syntax or "")


def test_a_context_with_the_scp_role_is_for_storing_to_the_requestor() -> None:
    agreement = agreement_on((CT_IMAGE, (IMPLICIT,), IMPLICIT), roles=(False, True))
    assert agreement.context_for(CT_IMAGE, IMPLICIT, role="SCP").context_id == 1
