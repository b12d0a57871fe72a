"""Progress in words."""

import pytest

from ui.session.progress import ScanProgress, SendProgress


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (ScanProgress(), ""),
        (ScanProgress(found=1), "1 object"),
        (ScanProgress(found=1987, skipped=13), "1,987 objects, 13 skipped"),
        (ScanProgress(found=5, is_running=True), "Scanning: 5 objects"),
        (ScanProgress(is_running=True), "Scanning: 0 objects"),
    ],
)
def test_a_scan_tells_its_counts(progress: ScanProgress, sentence: str) -> None:
    assert progress.sentence == sentence


def test_a_send_under_way_tells_counts_rate_and_time_left() -> None:
    progress = SendProgress(
        node="PACS1",
        is_running=True,
        total=2000,
        stored=824,
        warnings=1,
        failed=1,
        bytes_done=400,
        bytes_total=1000,
        bytes_per_second=116e6,
        objects_per_second=221,
        remaining_seconds=5.2,
    )
    assert progress.done == 826
    assert progress.fraction == 0.4
    assert progress.sentence.split("   ·   ") == [
        "826 of 2,000",
        "824 stored",
        "1 warning",
        "1 failed",
        "116 MB/s, 221 objects/s",
        "about 5 s left",
    ]


@pytest.mark.parametrize(
    ("progress", "ending"),
    [
        (SendProgress(total=3, stored=1, is_running=True, ending="release"), "releasing after this object"),
        (SendProgress(total=3, stored=1, is_running=True, ending="abort"), "aborting"),
        (SendProgress(total=3, stored=1, not_sent=2, seconds=1.5), "in 1.50 s"),
    ],
)
def test_the_end_of_a_send_is_told(progress: SendProgress, ending: str) -> None:
    assert progress.sentence.endswith(ending)


def test_a_send_that_is_done_is_complete_even_without_bytes() -> None:
    assert SendProgress(total=2, stored=1, not_sent=1).fraction == 1.0
    assert SendProgress().fraction == 0.0
    assert SendProgress().sentence == ""
