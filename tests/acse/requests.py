"""Requests and answers of associations, for tests: what matters is given, the rest is ordinary."""

from collections.abc import Sequence

from workbench.acse.user_information import user_information
from workbench.upper_layer.items import AnsweredContext, ProposedContext, UserInformationItem
from workbench.upper_layer.pdu import AssociateAc, AssociateRq

VERIFICATION = "1.2.840.10008.1.1"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
JPEG = "1.2.840.10008.1.2.4.50"
J2K = "1.2.840.10008.1.2.4.90"


def proposed(context_id: int, sop_class: str = VERIFICATION, *syntaxes: str) -> ProposedContext:
    return ProposedContext(context_id=context_id, abstract_syntax=sop_class, transfer_syntaxes=syntaxes or (IMPLICIT,))


def answered(context_id: int, syntax: str = IMPLICIT, *, result: int = 0) -> AnsweredContext:
    return AnsweredContext(context_id=context_id, result=result, transfer_syntax=syntax)


def associate_rq(
    *contexts: ProposedContext,
    items: Sequence[UserInformationItem] = (),
    called: str = "WORKBENCH",
    calling: str = "STORESCU",
    max_length: int = 16_384,
) -> AssociateRq:
    """A request for the contexts, or for Verification."""
    return AssociateRq(
        called_ae_title=called,
        calling_ae_title=calling,
        presentation_contexts=contexts or (proposed(1),),
        user_information=user_information(max_length, items),
    )


def associate_ac(
    *contexts: AnsweredContext, items: Sequence[UserInformationItem] = (), max_length: int = 16_384
) -> AssociateAc:
    """An answer with the contexts, or one that accepts context 1."""
    return AssociateAc(
        called_ae_title="WORKBENCH",
        calling_ae_title="STORESCU",
        presentation_contexts=contexts or (answered(1),),
        user_information=user_information(max_length, items),
    )
