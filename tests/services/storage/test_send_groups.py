"""Which contexts are proposed, and in which transfer syntax an instance goes out."""

from types import MappingProxyType

import pytest

from workbench.acse.agreement import Agreement
from workbench.acse.contexts import AcceptedContext
from workbench.services.storage.instances import MemoryInstance
from workbench.services.storage.proposals import AsListed, GivenSyntaxes, OwnSyntaxes
from workbench.services.storage.send_groups import chosen_syntax, groups
from workbench.services.transcoding.conversion import NATIVE, Conversion
from workbench.upper_layer.items import ProposedContext

EXPLICIT, IMPLICIT, BIG, _ = NATIVE
JPEG = "1.2.840.10008.1.2.4.50"


def instance(sop_class: str, syntax: str) -> MemoryInstance:
    return MemoryInstance(sop_class_uid=sop_class, sop_instance_uid="1.2", transfer_syntax_uid=syntax, data=b"")


def agreement(*accepted: tuple[str, str]) -> Agreement:
    contexts = {
        2 * place + 1: AcceptedContext(context_id=2 * place + 1, abstract_syntax=one, transfer_syntax=syntax)
        for place, (one, syntax) in enumerate(accepted)
    }
    return Agreement(contexts=contexts, results=(), roles=MappingProxyType({}), extended=MappingProxyType({}))


def test_without_conversion_each_pair_has_its_context() -> None:
    instances = [instance("1.2", EXPLICIT), instance("1.3", JPEG), instance("1.2", EXPLICIT)]
    (group,) = groups(instances, range(3), OwnSyntaxes(Conversion.NEVER))
    assert [(each.abstract_syntax, each.transfer_syntaxes) for each in group.contexts] == [
        ("1.2", (EXPLICIT,)),
        ("1.3", (JPEG,)),
    ]
    assert group.indices == (0, 1, 2)


def test_with_conversion_the_peer_has_a_choice_besides() -> None:
    instances = [instance("1.2", JPEG), instance("1.2", EXPLICIT), instance("1.2", "1.2.3.4")]
    (group,) = groups(instances, range(3), OwnSyntaxes(Conversion.DECOMPRESS))
    assert [each.transfer_syntaxes for each in group.contexts] == [(JPEG,), NATIVE, (EXPLICIT,), ("1.2.3.4",)]


@pytest.mark.parametrize("conversion", list(Conversion))
def test_no_instance_is_dropped_when_contexts_are_many(conversion: Conversion) -> None:
    instances = [instance(f"1.2.{number}", JPEG) for number in range(300)]
    found = list(groups(instances, range(300), OwnSyntaxes(conversion), [("1.2.840.10008.1.1", IMPLICIT)]))
    assert sorted(index for group in found for index in group.indices) == list(range(300))
    for group in found:
        assert len(group.contexts) <= 128
        offered = {each.abstract_syntax for each in group.contexts}
        assert all(instances[index].sop_class_uid in offered for index in group.indices)
        assert [each.context_id for each in group.contexts] == list(range(1, 2 * len(group.contexts), 2))


def test_only_the_instances_asked_for_are_looked_at() -> None:
    instances = [instance("1.2", EXPLICIT), instance("1.3", JPEG)]
    (group,) = groups(instances, [1], OwnSyntaxes(Conversion.NEVER))
    assert (group.indices, len(group.contexts)) == ((1,), 1)
    assert list(groups(instances, [], OwnSyntaxes(Conversion.NEVER))) == []


@pytest.mark.parametrize(
    ("own", "accepted", "conversion", "chosen"),
    [
        (JPEG, [JPEG, EXPLICIT], Conversion.DECOMPRESS, JPEG),
        (JPEG, [IMPLICIT, EXPLICIT], Conversion.DECOMPRESS, EXPLICIT),
        (JPEG, [IMPLICIT], Conversion.DECOMPRESS, IMPLICIT),
        (JPEG, [IMPLICIT], Conversion.DECOMPRESS_LOSSLESS, JPEG),
        (EXPLICIT, [IMPLICIT], Conversion.UNCOMPRESSED, IMPLICIT),
        (EXPLICIT, [IMPLICIT], Conversion.NEVER, EXPLICIT),
        (EXPLICIT, [], Conversion.DECOMPRESS, EXPLICIT),
    ],
)
def test_another_syntax_only_when_its_own_is_not_accepted(
    own: str, accepted: list[str], conversion: Conversion, chosen: str
) -> None:
    found = chosen_syntax(agreement(*(("1.2", syntax) for syntax in accepted)), instance("1.2", own), conversion)
    assert found == chosen


def test_of_several_contexts_the_one_proposed_first_is_converted_into() -> None:
    deflated = instance("1.2", NATIVE[3])
    for first, second, chosen in (
        (BIG, EXPLICIT, BIG),
        (EXPLICIT, BIG, EXPLICIT),
        (IMPLICIT, BIG, BIG),
        (IMPLICIT, IMPLICIT, IMPLICIT),
    ):
        accepted = agreement(("1.2", first), ("1.2", second))
        assert chosen_syntax(accepted, deflated, Conversion.UNCOMPRESSED) == chosen


def test_what_may_not_be_deflated_is_not_proposed_so() -> None:
    (group,) = groups([instance("1.2", EXPLICIT)], [0], OwnSyntaxes(Conversion.PLAIN))
    assert [each.transfer_syntaxes for each in group.contexts] == [(EXPLICIT,), (EXPLICIT, IMPLICIT, BIG)]


def test_preferred_syntax_wins_where_the_instance_may_be_converted_into_it() -> None:
    both = agreement(("1.2", EXPLICIT), ("1.2", IMPLICIT))
    ours = instance("1.2", EXPLICIT)
    assert chosen_syntax(both, ours, Conversion.UNCOMPRESSED, IMPLICIT) == IMPLICIT
    assert chosen_syntax(both, ours, Conversion.UNCOMPRESSED, BIG) == EXPLICIT
    assert chosen_syntax(both, ours, Conversion.NEVER, IMPLICIT) == EXPLICIT


def test_what_is_always_proposed_comes_first_and_nobody_is_called_for_it_alone() -> None:
    proposal = GivenSyntaxes(((EXPLICIT,), (IMPLICIT,)), classes=[f"1.3.{number}" for number in range(64)])
    (first, second) = groups([instance("1.2", JPEG), instance("1.3.5", JPEG)], range(2), proposal)
    assert [len(each.contexts) for each in (first, second)] == [128, 2]
    assert (first.indices, second.indices) == ((1,), (0,))


def test_listed_contexts_are_repeated_as_they_are_listed() -> None:
    listed = [ProposedContext(context_id=1, abstract_syntax="1.2", transfer_syntaxes=(JPEG,))] * 130
    first, second = groups([instance("1.2", JPEG)], [0], AsListed(listed))
    assert [len(each.contexts) for each in (first, second)] == [128, 2]
    assert (first.indices, second.indices) == ((0,), ())


def test_instances_without_a_proposal_are_in_a_group_of_their_own() -> None:
    found = list(groups([instance("1.2", JPEG), instance("1.3", JPEG)], range(2), AsListed([])))
    assert [(each.contexts, each.indices) for each in found] == [((), (0, 1))]
