"""What is proposed: nothing hidden, nothing dropped, at most 128 contexts to an association."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acse.requests import BIG_ENDIAN, CT_IMAGE, DEFLATED, EXPLICIT, IMPLICIT, J2K, JPEG, MR_IMAGE, VERIFICATION
from workbench.acse.contexts import MAX_CONTEXTS, ContextResult, number, propose, propose_classes, propose_for_instances
from workbench.upper_layer.items import ProposedContext
from workbench.upper_layer.reasons import CONTEXT_RESULTS


def brief(associations: list[tuple[ProposedContext, ...]]) -> list[list[tuple[int, str, tuple[str, ...]]]]:
    return [
        [(context.context_id, context.abstract_syntax, context.transfer_syntaxes) for context in contexts]
        for contexts in associations
    ]


def test_uncompressed_syntaxes_share_a_context_and_each_other_one_has_its_own() -> None:
    needs = [(CT_IMAGE, (JPEG, EXPLICIT, J2K, IMPLICIT, DEFLATED, BIG_ENDIAN)), (VERIFICATION, (IMPLICIT,))]
    assert brief(propose(needs)) == [
        [
            (1, CT_IMAGE, (EXPLICIT, IMPLICIT, BIG_ENDIAN)),
            (3, CT_IMAGE, (JPEG,)),
            (5, CT_IMAGE, (J2K,)),
            (7, CT_IMAGE, (DEFLATED,)),
            (9, VERIFICATION, (IMPLICIT,)),
        ]
    ]


def test_needs_of_one_class_are_merged() -> None:
    needs = [(CT_IMAGE, (IMPLICIT,)), (MR_IMAGE, (JPEG,)), (CT_IMAGE, (EXPLICIT, JPEG)), (MR_IMAGE, (JPEG,))]
    assert brief(propose(needs)) == [
        [(1, CT_IMAGE, (IMPLICIT, EXPLICIT)), (3, CT_IMAGE, (JPEG,)), (5, MR_IMAGE, (JPEG,))]
    ]


def test_a_class_without_syntaxes_is_proposed_with_the_default_one() -> None:
    assert brief(propose([(VERIFICATION, ())])) == [[(1, VERIFICATION, (IMPLICIT,))]]


def test_classes_are_proposed_in_the_syntaxes_that_everybody_writes() -> None:
    contexts = propose_classes("1.2.3", "1.2.4")
    assert [context.abstract_syntax for context in contexts] == ["1.2.3", "1.2.4"]
    assert {context.transfer_syntaxes for context in contexts} == {(EXPLICIT, IMPLICIT)}


def test_instances_get_a_context_for_each_class_and_syntax() -> None:
    pairs = [(CT_IMAGE, IMPLICIT), (CT_IMAGE, EXPLICIT), (MR_IMAGE, JPEG), (CT_IMAGE, IMPLICIT)]
    assert brief(propose_for_instances(pairs)) == [
        [(1, CT_IMAGE, (IMPLICIT,)), (3, CT_IMAGE, (EXPLICIT,)), (5, MR_IMAGE, (JPEG,))]
    ]


@pytest.mark.parametrize("nothing", [propose([]), propose_for_instances([]), number([])])
def test_nothing_to_send_needs_no_association(nothing: list[tuple[ProposedContext, ...]]) -> None:
    assert nothing == []


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (127, [127]), (128, [128]), (129, [128, 1]), (300, [128, 128, 44])]
)
def test_more_than_128_contexts_need_more_associations(count: int, sizes: list[int]) -> None:
    associations = propose_for_instances((f"1.2.{place}", IMPLICIT) for place in range(count))
    assert [len(contexts) for contexts in associations] == sizes
    assert [context.context_id for context in associations[0]] == list(range(1, 2 * sizes[0], 2))
    assert [context.context_id for context in associations[-1]] == list(range(1, 2 * sizes[-1], 2))


@given(st.lists(st.tuples(st.integers(0, 400).map(lambda n: f"1.2.{n}"), st.sampled_from([IMPLICIT, EXPLICIT, JPEG]))))
def test_every_instance_finds_its_context_in_exactly_one_association(pairs: list[tuple[str, str]]) -> None:
    found = [
        (context.abstract_syntax, *context.transfer_syntaxes)
        for contexts in propose_for_instances(pairs)
        for context in contexts
    ]
    assert found == list(dict.fromkeys(pairs))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 200).map(lambda n: f"1.2.{n}"),
            st.lists(st.sampled_from([IMPLICIT, EXPLICIT, BIG_ENDIAN, JPEG, J2K]), min_size=1),
        )
    )
)
def test_every_need_is_proposed(needs: list[tuple[str, list[str]]]) -> None:
    associations = propose(needs)
    offered = {
        (context.abstract_syntax, syntax)
        for contexts in associations
        for context in contexts
        for syntax in context.transfer_syntaxes
    }
    assert offered == {(sop_class, syntax) for sop_class, syntaxes in needs for syntax in syntaxes}
    assert all(len(contexts) <= MAX_CONTEXTS for contexts in associations)


def test_the_results_are_those_of_the_upper_layer() -> None:
    assert [result.value for result in ContextResult] == list(CONTEXT_RESULTS)
