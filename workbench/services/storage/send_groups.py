"""Which presentation contexts to propose for instances, and which instances go over which association.

An instance needs the context of its own transfer syntax and, when it may be converted, one in which the peer can take
its choice of what it could become. Instances whose contexts do not fit into the 128 of one association are sent over
the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from workbench.acse.agreement import Agreement
from workbench.acse.contexts import MAX_CONTEXTS, ContextNeed, number
from workbench.services.storage.instances import Sendable
from workbench.services.transcoding.conversion import NATIVE, Conversion
from workbench.upper_layer.items import ProposedContext

_Context = tuple[str, tuple[str, ...]]


class Group(NamedTuple):
    """What is proposed on one association, and the places of the instances that it is for."""

    contexts: tuple[ProposedContext, ...]
    indices: tuple[int, ...]


def groups(
    instances: Sequence[Sendable], indices: Iterable[int], conversion: Conversion, extra: Sequence[ContextNeed] = ()
) -> Iterator[Group]:
    """Gives the associations that are needed; every instance is in exactly one, in the order given.

    Args:
        indices: the places of the instances to send.
        extra: proposed besides what the instances need.
    """
    found: list[tuple[dict[_Context, None], list[int]]] = [({}, [])]
    for need in dict.fromkeys(extra):
        _room_for([_own(need)], found)
    place: dict[ContextNeed, int] = {}
    for index in indices:
        instance = instances[index]
        need = (instance.sop_class_uid, instance.transfer_syntax_uid)
        if need not in place:
            place[need] = _room_for(_contexts(need, conversion), found)
        found[place[need]][1].append(index)
    for contexts, chosen in found:
        if contexts:
            (proposal,) = number(contexts)
            yield Group(proposal, tuple(chosen))


def chosen_syntax(agreement: Agreement, instance: Sendable, conversion: Conversion) -> str:
    """Gives the transfer syntax in which an instance is to be sent: another one only if the peer refuses its own."""
    own = instance.transfer_syntax_uid
    accepted = {
        context.transfer_syntax
        for context in agreement.by_sop_class.get(instance.sop_class_uid, ())
        if context.scu_role
    }
    if own in accepted:
        return own
    return next((syntax for syntax in conversion.targets(own) if syntax in accepted), own)


def _room_for(contexts: Sequence[_Context], found: list[tuple[dict[_Context, None], list[int]]]) -> int:
    """Puts contexts into the first association that holds them or has room for them, and gives its place."""
    for place, (held, _) in enumerate(found):
        if len(held) + sum(context not in held for context in contexts) <= MAX_CONTEXTS:
            held.update(dict.fromkeys(contexts))
            return place
    found.append((dict.fromkeys(contexts), []))
    return len(found) - 1


def _contexts(need: ContextNeed, conversion: Conversion) -> list[_Context]:
    if not conversion.targets(need[1]):
        return [_own(need)]
    return [_own(need), (need[0], NATIVE)]


def _own(need: ContextNeed) -> _Context:
    return need[0], (need[1],)
