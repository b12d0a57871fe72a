"""Which instances go over which association, and what is proposed on each.

A `Proposal` says which presentation contexts an instance needs. Instances whose contexts do not fit into the 128 of one
association are sent over the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from workbench.acse.agreement import Agreement
from workbench.acse.contexts import MAX_CONTEXTS, ContextNeed, number
from workbench.services.storage.instances import Sendable
from workbench.services.storage.proposals import Context, OwnSyntaxes, Proposal
from workbench.services.transcoding.conversion import Conversion
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import ProposedContext

_OWN = OwnSyntaxes()
_NOWHERE = -1
# Among contexts that an instance has to be converted for: those that keep its VRs come first, a deflated one last.
_RANKS: Final = {EXPLICIT_VR_LITTLE_ENDIAN: 0, EXPLICIT_VR_BIG_ENDIAN: 0, IMPLICIT_VR_LITTLE_ENDIAN: 1}


class Group(NamedTuple):
    """What is proposed on one association, and the places of the instances that it is for."""

    contexts: tuple[ProposedContext, ...]
    indices: tuple[int, ...]


def groups(
    instances: Sequence[Sendable], indices: Iterable[int], proposal: Proposal = _OWN, extra: Sequence[ContextNeed] = ()
) -> Iterator[Group]:
    """Gives the associations that are needed; every instance is in exactly one, in the order given.

    Those for which nothing is to be proposed are in a group without contexts, which comes first.

    Args:
        indices: the places of the instances to send.
        extra: proposed besides what the proposal wants.
    """
    found: list[tuple[list[Context], list[int]]] = [([], [])]
    for context in proposal.always:
        _put(context, found)
    for sop_class, syntax in dict.fromkeys(extra):
        _room_for([(sop_class, (syntax,))], found)
    place: dict[ContextNeed, int] = {}
    unproposed: list[int] = []
    for index in indices:
        instance = instances[index]
        need = (instance.sop_class_uid, instance.transfer_syntax_uid)
        if need not in place:
            contexts = proposal.contexts(need)
            place[need] = _room_for(contexts, found) if contexts else _NOWHERE
        (unproposed if place[need] == _NOWHERE else found[place[need]][1]).append(index)
    if unproposed:
        yield Group((), tuple(unproposed))
    for contexts, chosen in found:
        if contexts:
            (numbered,) = number(contexts)
            yield Group(numbered, tuple(chosen))


def chosen_syntax(agreement: Agreement, instance: Sendable, conversion: Conversion, preferred: str = "") -> str:
    """Gives the transfer syntax in which an instance is to be sent: another one only if the peer refuses its own.

    Then an explicit one is taken before the implicit one, and of several the one that was proposed first.

    Args:
        preferred: what an instance is converted into even if the peer takes its own; empty for none.
    """
    own = instance.transfer_syntax_uid
    contexts = (each for each in agreement.by_sop_class.get(instance.sop_class_uid, ()) if each.scu_role)
    accepted = [each.transfer_syntax for each in sorted(contexts, key=lambda each: each.context_id)]
    targets = conversion.targets(own)
    if preferred in accepted and preferred in targets:
        return preferred
    if own in accepted:
        return own
    possible = (syntax for syntax in accepted if syntax in targets)
    return min(possible, key=lambda syntax: _RANKS.get(syntax, len(_RANKS)), default=own)


def _put(context: Context, found: list[tuple[list[Context], list[int]]]) -> None:
    """Adds a context, whether or not there is one like it."""
    if len(found[-1][0]) == MAX_CONTEXTS:
        found.append(([], []))
    found[-1][0].append(context)


def _room_for(contexts: Sequence[Context], found: list[tuple[list[Context], list[int]]]) -> int:
    """Puts contexts into the first association that holds them or has room for them, and gives its place."""
    for place, (held, _) in enumerate(found):
        missing = [context for context in dict.fromkeys(contexts) if context not in held]
        if len(held) + len(missing) <= MAX_CONTEXTS:
            held.extend(missing)
            return place
    found.append((list(dict.fromkeys(contexts)), []))
    return len(found) - 1
