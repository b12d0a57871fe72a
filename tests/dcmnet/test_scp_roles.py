"""Counterpart of DCMTK's test of role selection: requestor by acceptor, sixteen rows (PS3.7 D.3.3.4)."""

from typing import NamedTuple

import pytest

from tests.dcmnet.entities import POLICY, node_of, scp, scu
from workbench.acse.negotiate import Policy
from workbench.errors import NoAcceptedContext
from workbench.net.association import Association
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import RoleSelection

Roles = tuple[bool, bool]
"""SCU, SCP."""

DEFAULT: None = None
SCU, SCP, BOTH, NONE = (True, False), (False, True), (True, True), (False, False)


class Row(NamedTuple):
    """What the requestor proposes, what the acceptor is set to, what is answered, and what the requestor may be."""

    proposed: Roles | None
    allowed: Roles | None
    answered: Roles | None
    requestor: Roles


# DCMTK's table (dul.h). Of its rows "NONE" and "Reject" nothing can come: our acceptor refuses the context in both.
TABLE = [
    Row(SCU, SCP, NONE, NONE),
    Row(SCU, SCU, SCU, SCU),
    Row(SCU, BOTH, SCU, SCU),
    Row(SCU, DEFAULT, DEFAULT, SCU),
    Row(SCP, SCP, SCP, SCP),
    Row(SCP, SCU, NONE, NONE),
    Row(SCP, BOTH, SCP, SCP),
    Row(SCP, DEFAULT, DEFAULT, SCU),
    Row(BOTH, SCP, SCP, SCP),
    Row(BOTH, SCU, SCU, SCU),
    Row(BOTH, BOTH, BOTH, BOTH),
    Row(BOTH, DEFAULT, DEFAULT, SCU),
    Row(DEFAULT, SCP, DEFAULT, NONE),
    Row(DEFAULT, SCU, DEFAULT, SCU),
    Row(DEFAULT, BOTH, DEFAULT, SCU),
    Row(DEFAULT, DEFAULT, DEFAULT, SCU),
]


def policy_of(row: Row, *, always: bool = False) -> Policy:
    roles = {} if row.allowed is None else {VERIFICATION: row.allowed}
    return Policy(contexts=POLICY.contexts, roles=roles, always_accept_default_role=always)


def may_be(association: Association) -> Roles:
    """Gives what the requestor may be by the agreement."""
    granted = []
    for role in ("SCU", "SCP"):
        try:
            association.agreement.context_for(VERIFICATION, role=role)
        except NoAcceptedContext:
            granted.append(False)
        else:
            granted.append(True)
    return granted[0], granted[1]


async def negotiated(row: Row, policy: Policy) -> tuple[Roles | None, Roles, Roles]:
    """Gives the roles answered on the wire, and what the requestor may be as each of both sides has it."""
    items = []
    if row.proposed is not None:
        scu_role, scp_role = row.proposed
        items.append(RoleSelection(sop_class_uid=VERIFICATION, scu_role=scu_role, scp_role=scp_role))
    async with scp(policy=policy) as server, scu(node_of(server), user_information=items) as association:
        answered = association.agreement.roles.get(VERIFICATION)
        (accepted,) = server.associations
        on_the_wire = None if answered is None else (answered.scu_role, answered.scp_role)
        return on_the_wire, may_be(association), may_be(accepted)


@pytest.mark.parametrize("row", TABLE, ids=str)
async def test_dcmnet_scp_role_selection(row: Row) -> None:
    """Both sides hold the roles of the table. Better: a context without a role is refused, not accepted in vain."""
    assert await negotiated(row, policy_of(row)) == (row.answered, row.requestor, row.requestor)


@pytest.mark.parametrize("row", [row for row in TABLE if row.proposed is None], ids=str)
async def test_dcmnet_scp_role_selection_always_accept_default_role(row: Row) -> None:
    """With the switch, a requestor that asks for no role is SCU of whatever the acceptor has."""
    assert await negotiated(row, policy_of(row, always=True)) == (None, SCU, SCU)
