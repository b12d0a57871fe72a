"""The words of PS3.8's numbers."""

from workbench.upper_layer.reasons import (
    ABORT_REASONS,
    CONTEXT_RESULTS,
    USER_IDENTITY_TYPES,
    describe_abort,
    describe_context_result,
    describe_rejection,
)


def test_context_results_are_those_of_table_9_18() -> None:
    assert sorted(CONTEXT_RESULTS) == [0, 1, 2, 3, 4]
    assert describe_context_result(0) == "accepted"
    assert describe_context_result(9) == "undefined result 9"


def test_the_words_of_rejections_and_aborts_are_here_too() -> None:
    assert "(1/1/7)" in describe_rejection(1, 1, 7)
    assert "(2/2)" in describe_abort(2, 2)
    assert sorted(ABORT_REASONS) == [0, 1, 2, 4, 5, 6]  # 3 is reserved
    assert sorted(USER_IDENTITY_TYPES) == [1, 2, 3, 4, 5]
