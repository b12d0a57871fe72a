"""What is negotiated beyond contexts, with others: user identity, roles, extended negotiation, special classes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE, evt
from pynetdicom.pdu_primitives import (
    SCP_SCU_RoleSelectionNegotiation,
    SOPClassCommonExtendedNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityNegotiation,
)

from tests.cli.background import background
from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM
from tests.interop.peers import PeerTool, run
from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.acse.contexts import propose
from workbench.acse.extended import QueryOptions, RetrieveOptions, StorageOptions
from workbench.acse.policy import STORAGE_SERVICE_CLASS, IdentityHook, Policy, accepts_specialised, password_verifier
from workbench.config import Node
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq
from workbench.errors import AssociationRejected, IdentityNotConfirmed
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.query.models import STUDY_ROOT
from workbench.services.storage.scp import KEPT_AS_IT_COMES, StorageScp
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import (
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    UserIdentityRq,
    UserInformationItem,
)
from workbench.upper_layer.pdu import AssociateRj

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
SPECIAL_CT = "1.2.826.0.1.3680043.10.1.2"
FIND, MOVE = STUDY_ROOT.find, STUDY_ROOT.move
BOOLEANS = (False, True)


class Ours:
    """A server of ours: how to call it, and the implementation class UIDs of its callers."""

    def __init__(self, node: Node, callers: set[str]) -> None:
        self.node = node
        self.callers = callers


@contextmanager
def serving(policy: Policy, handlers: Any = None) -> Iterator[Ours]:
    callers: set[str] = set()
    with background(handlers, policy=policy, observer=callers_into(callers)) as node:
        yield Ours(node, callers)


def asked_by_pynetdicom(ours: Ours, sop_classes: list[str], *items: Any) -> Any:
    """Gives pynetdicom's association with us, ended again, or rejected."""
    entity = AE(ae_title="PYNETDICOM")
    for uid in sop_classes:
        entity.add_requested_context(uid)
    association = entity.associate(ours.node.host, ours.node.port, ext_neg=list(items))
    if association.is_established:
        association.release()
    return association


@contextmanager
def pynetdicom_scp(handlers: list[Any], contexts: dict[str, tuple[bool, bool] | None]) -> Iterator[Node]:
    entity = AE(ae_title="PYNETDICOM")
    for uid, roles in contexts.items():
        scu, scp = roles or (None, None)
        entity.add_supported_context(uid, scu_role=scu, scp_role=scp)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    assert server is not None
    assert server.socket is not None
    try:
        yield Node(name="peer", host="127.0.0.1", port=server.socket.getsockname()[1], ae_title="PYNETDICOM")
    finally:
        server.shutdown()


def ask(node: Node, sop_class: str, *items: UserInformationItem) -> Association:
    """Gives our association with a peer, ended again."""

    async def run_it() -> Association:
        (contexts,) = propose([(sop_class, (IMPLICIT_VR_LITTLE_ENDIAN,))])
        async with connect(node, contexts, local=LOCAL, user_information=items) as association:
            return association

    return asyncio.run(run_it())


# User identity (PS3.7 D.3.3.7)

NAMES = password_verifier({"anna": "secret"})
REJECTION = AssociateRj(result=1, source=1, reason=1)


def everybody(identity: UserIdentityRq) -> bytes | AssociateRj:
    """Lets in anna by name or with her password, and whoever has the ticket."""
    if identity.identity_type == 1:
        return b"" if identity.primary_field == b"anna" else REJECTION
    if identity.identity_type == 2:
        verdict = NAMES(identity)
        assert verdict is not None
        return verdict
    return b"granted" if identity.primary_field == b"ticket" else REJECTION


def identity_policy(hook: IdentityHook) -> Policy:
    contexts = dict.fromkeys([VERIFICATION, *storage_sop_classes()])
    return Policy(contexts=contexts, user_identity=hook, is_identity_required=True)


# type, primary, secondary -> server response, or None where it is rejected
IDENTITIES = [
    (1, b"anna", None, b""),
    (1, b"otto", None, None),
    (2, b"anna", b"secret", b""),
    (2, b"anna", b"guess", None),
    (3, b"ticket", None, b"granted"),
    (3, b"forged", None, None),
    (4, b"ticket", None, b"granted"),
    (5, b"ticket", None, b"granted"),
    (5, b"forged", None, None),
]


def test_we_judge_the_identities_of_pynetdicom(proves: Proves) -> None:
    with serving(identity_policy(everybody)) as ours:
        for kind, primary, secondary, response in IDENTITIES:
            item = UserIdentityNegotiation()
            item.user_identity_type, item.primary_field, item.positive_response_requested = kind, primary, True
            if secondary is not None:
                item.secondary_field = secondary
            association = asked_by_pynetdicom(ours, [VERIFICATION], item)
            # Whether it was let in, not how it was turned away: pynetdicom may miss the A-ASSOCIATE-RJ when it is busy.
            assert association.is_released == (response is not None), (kind, primary)
            if response:
                assert association.acceptor.user_identity.server_response == response
        assert not asked_by_pynetdicom(ours, [VERIFICATION]).is_released
        proves("User identity", "SCP", PYNETDICOM, ours.callers.pop())


def test_we_judge_the_identities_of_storescu(peer_tool: PeerTool, tmp_path: Path, proves: Proves) -> None:
    ticket, image = tmp_path / "ticket", make_instance(tmp_path, "CT")
    ticket.write_bytes(b"ticket")
    scp = StorageScp(tmp_path)
    with serving(identity_policy(everybody), {CStoreRq.COMMAND_FIELD: scp.handler}) as ours:
        address = (ours.node.host, str(ours.node.port), image)
        for given in (
            ("--user", "anna"),
            ("--user", "anna", "--password", "secret"),
            ("--user", "anna", "--password", "secret", "--pos-response"),
            ("--kerberos", ticket, "--pos-response"),
            ("--saml", ticket),
            ("--jwt", ticket, "--pos-response"),
        ):
            run(peer_tool("storescu"), *given, *address)
        for wrong in (("--user", "otto"), ("--user", "anna", "--password", "guess"), ()):
            with pytest.raises(AssertionError, match="Association Rejected"):
                run(peer_tool("storescu"), *wrong, *address)
        proves("User identity", "SCP", "DCMTK", ours.callers.pop())
    scp.close()


def test_pynetdicom_judges_our_identities(proves: Proves) -> None:
    def judge(event: Any) -> tuple[bool, bytes | None]:
        item = UserIdentityRq(
            identity_type=event.user_id_type,
            positive_response_requested=True,
            primary_field=event.primary_field,
            secondary_field=event.secondary_field or b"",
        )
        verdict = everybody(item)
        return (True, verdict) if isinstance(verdict, bytes) else (False, None)

    with pynetdicom_scp([(evt.EVT_USER_ID, judge)], {VERIFICATION: None}) as node:
        for kind, primary, secondary, response in IDENTITIES:
            item = UserIdentityRq(
                identity_type=kind,
                positive_response_requested=True,
                primary_field=primary,
                secondary_field=secondary or b"",
            )
            if response is None:
                with pytest.raises(AssociationRejected):
                    ask(node, VERIFICATION, item)
                continue
            if response == b"":  # which pynetdicom takes for none, and sends none
                with pytest.raises(IdentityNotConfirmed):
                    ask(node, VERIFICATION, item)
                continue
            agreement = ask(node, VERIFICATION, item).agreement
            assert agreement.identity_response == response
        proves("User identity", "SCU", PYNETDICOM, agreement.peer_implementation_class_uid)


# Roles (PS3.7 D.3.3.4)

ROLES = [(scu, scp) for scu in BOOLEANS for scp in BOOLEANS]


def test_pynetdicom_holds_the_roles_that_we_grant(proves: Proves) -> None:
    for allowed in ROLES:
        with serving(Policy(contexts={CT_IMAGE: None, VERIFICATION: None}, roles={CT_IMAGE: allowed})) as ours:
            for asked in ROLES[1:]:  # pynetdicom does not ask for neither
                item = SCP_SCU_RoleSelectionNegotiation()
                item.sop_class_uid, item.scu_role, item.scp_role = CT_IMAGE, *asked
                accepted = asked_by_pynetdicom(ours, [CT_IMAGE, VERIFICATION], item).accepted_contexts
                held = [(one.as_scu, one.as_scp) for one in accepted if one.abstract_syntax == CT_IMAGE]
                granted = (asked[0] and allowed[0], asked[1] and allowed[1])
                assert held == ([granted] if any(granted) else []), (asked, allowed)
            proves("Role selection", "SCP", PYNETDICOM, ours.callers.pop())


def test_we_hold_the_roles_that_pynetdicom_grants(proves: Proves) -> None:
    for allowed in ROLES:
        with pynetdicom_scp([], {CT_IMAGE: allowed}) as node:
            for asked in ROLES[1:]:
                item = RoleSelection(sop_class_uid=CT_IMAGE, scu_role=asked[0], scp_role=asked[1])
                agreement = ask(node, CT_IMAGE, item).agreement
                held = [
                    (one.scu_role, one.scp_role) for one in agreement.contexts.values() if one.scu_role | one.scp_role
                ]
                granted = (asked[0] and allowed[0], asked[1] and allowed[1])
                assert held == ([granted] if any(granted) else []), (asked, allowed)
            proves("Role selection", "SCU", PYNETDICOM, agreement.peer_implementation_class_uid)


# Extended negotiation (PS3.7 D.3.3.5) and common extended negotiation (D.3.3.6)

OFFERED = {
    FIND: QueryOptions(relational=True, fuzzy=True).hook,
    MOVE: RetrieveOptions(relational=True).hook,
    CT_IMAGE: KEPT_AS_IT_COMES.hook,
}


def test_pynetdicom_reads_what_we_grant(proves: Proves) -> None:
    with serving(Policy(contexts=dict.fromkeys(OFFERED), extended=OFFERED)) as ours:
        items = []
        for uid, information in ((FIND, b"\1\1\1\1"), (MOVE, b"\1"), (CT_IMAGE, StorageOptions().encode())):
            item = SOPClassExtendedNegotiation()
            item.sop_class_uid, item.service_class_application_information = uid, information
            items.append(item)
        association = asked_by_pynetdicom(ours, list(OFFERED), *items)
        answered = {str(uid): info for uid, info in association.acceptor.sop_class_extended.items()}
        assert answered == {FIND: b"\1\0\1\0", MOVE: b"\1", CT_IMAGE: KEPT_AS_IT_COMES.encode()}
        proves("Extended negotiation", "SCP", PYNETDICOM, ours.callers.pop())


def test_we_read_what_pynetdicom_grants(proves: Proves) -> None:
    def grant(event: Any) -> dict[Any, bytes]:
        return {uid: OFFERED[str(uid)](asked) or b"" for uid, asked in event.app_info.items()}

    wish = QueryOptions(relational=True, date_time=True, timezone=True)
    with pynetdicom_scp([(evt.EVT_SOP_EXTENDED, grant)], {FIND: None}) as node:
        agreement = ask(node, FIND, wish.item(FIND)).agreement
    assert QueryOptions.agreed(agreement.extended, FIND) == QueryOptions(relational=True)
    proves("Extended negotiation", "SCU", PYNETDICOM, agreement.peer_implementation_class_uid)


def test_a_special_class_of_pynetdicom_is_served_as_the_general_one(proves: Proves) -> None:
    policy = Policy(contexts={CT_IMAGE: None}, accept_unlisted=accepts_specialised([CT_IMAGE]))
    with serving(policy) as ours:
        accepted = []
        for general in (CT_IMAGE, FIND):
            item = SOPClassCommonExtendedNegotiation()
            item.sop_class_uid, item.service_class_uid = SPECIAL_CT, STORAGE_SERVICE_CLASS
            item.related_general_sop_class_identification = [general]
            accepted.append(len(asked_by_pynetdicom(ours, [SPECIAL_CT], item).accepted_contexts))
        assert accepted == [1, 0]
        proves("Common extended negotiation", "SCP", PYNETDICOM, ours.callers.pop())


def test_pynetdicom_reads_of_which_general_class_ours_is(proves: Proves) -> None:
    told: list[tuple[str, str, list[str]]] = []

    def note(event: Any) -> dict[Any, Any]:
        told.extend(
            (uid, one.service_class_uid, one.related_general_sop_class_identification)
            for uid, one in event.items.items()
        )
        return dict(event.items)

    item = SopClassCommonExtendedNegotiation(
        sop_class_uid=SPECIAL_CT, service_class_uid=STORAGE_SERVICE_CLASS, related_sop_class_uids=(CT_IMAGE,)
    )
    with pynetdicom_scp([(evt.EVT_SOP_COMMON, note)], {SPECIAL_CT: None}) as node:
        agreement = ask(node, SPECIAL_CT, item).agreement
    assert told == [(SPECIAL_CT, STORAGE_SERVICE_CLASS, [CT_IMAGE])]
    proves("Common extended negotiation", "SCU", PYNETDICOM, agreement.peer_implementation_class_uid)
