"""Whom the local AE serves and what it accepts, from the settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from workbench.acse.policy import Policy
from workbench.acse.profiles import Profile
from workbench.config import LocalAe, Node
from workbench.services.archive import MODELS, accepted_classes, may_be_new_storage
from workbench.services.commitment.references import STORAGE_COMMITMENT
from workbench.services.offers import Offer, policy_for
from workbench.services.procedure_step.scu import MODALITY_PERFORMED_PROCEDURE_STEP
from workbench.services.query.models import MODALITY_WORKLIST

WORKLIST: Final = "worklist"
COMMITMENT: Final = "commitment"

# What besides storage is answered, and the SOP classes of which one is enough for that.
_SERVICES: Final[Mapping[str, frozenset[str]]] = {
    "queries": frozenset(model.find for model in MODELS),
    "retrieval": frozenset(uid for model in MODELS for uid in (model.move, model.get)),
    WORKLIST: frozenset({MODALITY_WORKLIST.find}),
    "procedure steps": frozenset({MODALITY_PERFORMED_PROCEDURE_STEP}),
    COMMITMENT: frozenset({STORAGE_COMMITMENT}),
}


def allowed_titles(local: LocalAe, nodes: Iterable[Node]) -> frozenset[str] | None:
    """Gives the AE titles that may call: the list, the nodes and ourselves; None when anyone may.

    A node has been entered by hand, so its title is as good as one of the list.
    """
    if local.allowed_calling is None:
        return None
    return frozenset({local.ae_title, *local.allowed_calling, *(node.ae_title for node in nodes)})


def acceptance(local: LocalAe, nodes: Iterable[Node], profile: Profile | None, offers: Sequence[Offer] = ()) -> Policy:
    """Gives the policy of the local AE.

    Args:
        profile: what is accepted; None accepts what is offered, and storage SOP Classes that are not known.
        offers: what the services of the local AE can answer.
    """
    offered = policy_for(
        offers,
        ae_title=local.ae_title,
        allowed_calling=allowed_titles(local, nodes),
        max_pdu_length=local.max_pdu_length,
        always_accept_default_role=True,  # some SCPs report storage commitments without asking for their role
    )
    if profile is None:
        return replace(offered, accept_unlisted=may_be_new_storage)
    return profile.accepted_by(offered)


def answered_services(local: LocalAe, profile: Profile | None) -> tuple[str, ...]:
    """Gives what the local AE answers besides storage, in a word each: "queries", "worklist", "commitment" ….

    Args:
        profile: what is accepted; None accepts all that can be answered.
    """
    accepted = set(accepted_classes(local, has_worklist=True))
    if profile is not None:
        accepted &= set(profile.accepted_syntaxes())
    return tuple(words for words, classes in _SERVICES.items() if classes & accepted)
