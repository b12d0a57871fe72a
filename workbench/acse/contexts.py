"""Presentation contexts: which to propose for what is to be sent, and what an accepted one is (PS3.8 9.3.2.2, B.2).

A data set is sent as it is, never in another transfer syntax. So a syntax that must not be hidden by the acceptor's
choice of another one gets a context of its own. For the same reason, and beyond PS3.5 10.1, Implicit VR Little Endian
is not added to what is asked for: nothing could be sent on such a context.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import ProposedContext
from workbench.value import Value

MAX_CONTEXTS: Final = 128
"""Contexts that one association can hold: the odd numbers from 1 to 255 (PS3.8 9.3.2.2)."""

UNCOMPRESSED: Final = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
"""Transfer syntaxes between which a data set can be converted without touching pixel data, best first."""

ContextNeed: TypeAlias = tuple[str, str]
"""A SOP class and the transfer syntax in which an instance of it is to be sent."""


class ContextResult(IntEnum):
    """Result/Reason of an answered context (PS3.8 Table 9-18)."""

    ACCEPTED = 0
    USER_REJECTION = 1
    NO_REASON = 2
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AcceptedContext(Value):
    """A presentation context on which messages may be sent; the roles are those of the association requestor."""

    context_id: int
    abstract_syntax: str
    transfer_syntax: str
    scu_role: bool = True
    scp_role: bool = False


def propose(needs: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[ProposedContext, ...]]:
    """Gives the contexts for SOP classes, each with the transfer syntaxes that are wanted of it.

    The uncompressed syntaxes of a class share a context, in the order given: any of them will do. Each other one gets
    a context of its own. Repeated needs are merged, none is dropped; a class without syntaxes is proposed with the
    default one, Implicit VR Little Endian.

    Returns:
        One tuple for each association that is needed, of at most MAX_CONTEXTS contexts.
    """
    syntaxes_of: dict[str, dict[str, None]] = {}
    for sop_class, syntaxes in needs:
        syntaxes_of.setdefault(sop_class, {}).update(dict.fromkeys(syntaxes or (IMPLICIT_VR_LITTLE_ENDIAN,)))
    contexts: list[tuple[str, tuple[str, ...]]] = []
    for sop_class, wanted in syntaxes_of.items():
        shared = tuple(syntax for syntax in wanted if syntax in UNCOMPRESSED)
        if shared:
            contexts.append((sop_class, shared))
        contexts += [(sop_class, (syntax,)) for syntax in wanted if syntax not in UNCOMPRESSED]
    return number(contexts)


def propose_classes(*sop_classes: str) -> tuple[ProposedContext, ...]:
    """Gives a context for each of up to 128 SOP classes whose data sets are written as they are sent.

    Each is proposed in Explicit VR Little Endian and in the default, Implicit VR Little Endian.
    """
    (contexts,) = propose((uid, (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)) for uid in sop_classes)
    return contexts


def propose_for_instances(pairs: Iterable[ContextNeed]) -> list[tuple[ProposedContext, ...]]:
    """Gives one context for each distinct pair of SOP class and transfer syntax, in the order of first appearance.

    No syntaxes share a context here, for an instance can be sent in its own only. See `propose` for what is returned.
    """
    return number((sop_class, (syntax,)) for sop_class, syntax in dict.fromkeys(pairs))


def number(contexts: Iterable[tuple[str, tuple[str, ...]]]) -> list[tuple[ProposedContext, ...]]:
    """Gives contexts as they are, with the IDs 1, 3, 5 … 255, split where the IDs of an association are used up."""
    listed = list(contexts)
    return [
        tuple(
            ProposedContext(context_id=2 * place + 1, abstract_syntax=sop_class, transfer_syntaxes=syntaxes)
            for place, (sop_class, syntaxes) in enumerate(listed[start : start + MAX_CONTEXTS])
        )
        for start in range(0, len(listed), MAX_CONTEXTS)
    ]
