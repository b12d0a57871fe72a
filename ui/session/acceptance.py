"""Whom the local AE serves and what it accepts, from the settings."""

from collections.abc import Iterable

from workbench import dictionary
from workbench.acse.policy import Policy, storage_policy
from workbench.acse.profiles import Profile
from workbench.config import LocalAe, Node


def allowed_titles(local: LocalAe, nodes: Iterable[Node]) -> frozenset[str] | None:
    """Gives the AE titles that may call: the list, the nodes and ourselves; None when anyone may.

    A node has been entered by hand, so its title is as good as one of the list.
    """
    if local.allowed_calling is None:
        return None
    return frozenset({local.ae_title, *local.allowed_calling, *(node.ae_title for node in nodes)})


def acceptance(local: LocalAe, nodes: Iterable[Node], profile: Profile | None) -> Policy:
    """Gives the policy of the local AE.

    Args:
        profile: what is accepted; None accepts Verification and every storage SOP Class, known or not, in any syntax.
    """
    titles = allowed_titles(local, nodes)
    if profile is None:
        return storage_policy(
            dictionary.storage_sop_classes(),
            ae_title=local.ae_title,
            allowed_calling=titles,
            accept_unknown=True,
            max_pdu_length=local.max_pdu_length,
        )
    return Policy(
        ae_title=local.ae_title,
        allowed_calling=titles,
        contexts=profile.accepted_syntaxes(),
        prefer_own_order=True,
        roles=profile.granted_roles(),
        max_pdu_length=local.max_pdu_length,
    )
