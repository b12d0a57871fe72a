"""Whom the local AE serves and what it accepts, from the settings."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.acse.policy import Policy, may_be_storage
from workbench.acse.profiles import Profile
from workbench.config import LocalAe, Node
from workbench.services.offers import Offer, policy_for


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
    )
    if profile is None:
        return replace(offered, accept_unlisted=may_be_storage)
    return replace(offered, contexts=profile.accepted_syntaxes(), prefer_own_order=True, roles=profile.granted_roles())
