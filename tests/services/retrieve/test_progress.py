"""The counts of a retrieve."""

from workbench.dimse.messages import CGetRsp, CMoveRsp
from workbench.services.retrieve.progress import Progress, RetrieveResult, is_told


def response(
    *, remaining: int | None = None, completed: int | None = None, failed: int | None = None, warning: int | None = None
) -> CMoveRsp:
    return CMoveRsp(
        message_id_being_responded_to=1,
        status=0xFF00,
        number_of_remaining_suboperations=remaining,
        number_of_completed_suboperations=completed,
        number_of_failed_suboperations=failed,
        number_of_warning_suboperations=warning,
    )


def test_counts_are_those_of_the_response() -> None:
    progress = Progress.of(response(remaining=3, completed=2, failed=1, warning=4))
    assert (progress.remaining, progress.completed, progress.failed, progress.warning) == (3, 2, 1, 4)
    assert (progress.stored, progress.performed, progress.total) == (6, 7, 10)


def test_counts_that_are_not_told_are_none_or_unknown() -> None:
    progress = Progress.of(CGetRsp(message_id_being_responded_to=1, status=0))
    assert (progress.remaining, progress.performed, progress.total) == (None, 0, None)


def test_a_response_tells_once_it_has_any_count_of_what_ended() -> None:
    assert is_told(response(completed=0))
    assert is_told(response(failed=1))
    assert not is_told(response(remaining=1))


def test_a_result_is_complete_when_nothing_failed() -> None:
    assert RetrieveResult(completed=1, status=0x0000, words="", reason="").is_complete
    assert not RetrieveResult(completed=1, failed=1, status=0x0000, words="", reason="").is_complete
    assert not RetrieveResult(completed=1, status=0xB000, words="", reason="").is_complete
