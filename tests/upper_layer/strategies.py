"""Hypothesis strategies for PDUs that can be encoded and come back the same."""

from typing import Any

from hypothesis import strategies as st

from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    ProposedContext,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
    UserInformationItem,
)
from workbench.upper_layer.pdu import (
    Abort,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    PDataTf,
    Pdu,
    Pdv,
    ReleaseRp,
    ReleaseRq,
)

octet = st.integers(0, 255)
short = st.integers(0, 65535)
latin = st.characters(max_codepoint=255)
title = st.text(latin, max_size=16).map(lambda text: text.strip("\0 "))
uid = st.text("0123456789.", max_size=64)
blob = st.binary(max_size=80)

user_information_items: st.SearchStrategy[UserInformationItem] = st.one_of(
    st.builds(MaximumLength, value=st.integers(0, 2**32 - 1)),
    st.builds(ImplementationClassUid, uid=uid),
    st.builds(AsynchronousOperationsWindow, invoked=short, performed=short),
    st.builds(RoleSelection, sop_class_uid=uid, scu_role=st.booleans(), scp_role=st.booleans()),
    st.builds(ImplementationVersionName, name=st.text(latin, max_size=20)),
    st.builds(SopClassExtendedNegotiation, sop_class_uid=uid, application_information=blob),
    st.builds(
        SopClassCommonExtendedNegotiation,
        sop_class_uid=uid,
        service_class_uid=uid,
        related_sop_class_uids=st.lists(uid, max_size=4).map(tuple),
        version=octet,
    ),
    st.builds(
        UserIdentityRq,
        identity_type=octet,
        positive_response_requested=st.booleans(),
        primary_field=blob,
        secondary_field=blob,
    ),
    st.builds(UserIdentityAc, server_response=blob),
    st.builds(UnknownItem, item_type=octet.filter(lambda number: not 0x51 <= number <= 0x59), data=blob),
)


def _associate(kind: Any, contexts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        called_ae_title=title,
        calling_ae_title=title,
        presentation_contexts=st.lists(contexts, max_size=5).map(tuple),
        user_information=st.lists(user_information_items, max_size=6).map(tuple),
        protocol_version=short,
        application_context=uid,
        unknown_items=st.lists(
            st.builds(UnknownItem, item_type=st.sampled_from([0x11, 0x22, 0x30, 0x51, 0xFF]), data=blob), max_size=2
        ).map(tuple),
    )


pdus: st.SearchStrategy[Pdu] = st.one_of(
    _associate(
        AssociateRq,
        st.builds(
            ProposedContext,
            context_id=octet,
            abstract_syntax=uid,
            transfer_syntaxes=st.lists(uid, max_size=4).map(tuple),
        ),
    ),
    _associate(AssociateAc, st.builds(AnsweredContext, context_id=octet, result=octet, transfer_syntax=uid)),
    st.builds(AssociateRj, result=octet, source=octet, reason=octet),
    st.builds(
        PDataTf,
        pdvs=st.lists(
            st.builds(Pdv, context_id=octet, is_command=st.booleans(), is_last=st.booleans(), data=blob),
            min_size=1,
            max_size=4,
        ).map(tuple),
    ),
    st.just(ReleaseRq()),
    st.just(ReleaseRp()),
    st.builds(Abort, source=octet, reason=octet),
)
