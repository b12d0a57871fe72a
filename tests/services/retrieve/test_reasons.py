"""What the end of a retrieve means, in sentences."""

from dataclasses import replace

import pytest

from workbench.services.retrieve.progress import Progress
from workbench.services.retrieve.reasons import Case, explain

MOVE = Case(
    service="C-MOVE",
    peer="PACS",
    peer_place="10.0.0.1:104",
    own="STATION",
    model="Study Root",
    destination="STORE",
    destination_place="10.0.0.7:11112",
)
GET = replace(MOVE, service="C-GET", destination="STATION", destination_place="")


@pytest.mark.parametrize(
    ("case", "status", "progress", "sentences"),
    [
        (
            MOVE,
            0xA801,
            Progress(),
            "PACS does not know STORE as a move destination. Who administers PACS (10.0.0.1:104) must enter it there: "
            "AE title STORE, host 10.0.0.7, port 11112. Titles are compared exactly: capitals, small letters and "
            "spaces in between count.",
        ),
        (
            replace(MOVE, destination_place=""),
            0xA801,
            Progress(),
            "PACS does not know STORE as a move destination. Who administers PACS (10.0.0.1:104) must enter it there: "
            "AE title STORE, and the host and port it listens on. Titles are compared exactly: capitals, small letters "
            "and spaces in between count.",
        ),
        (
            MOVE,
            0xA702,
            Progress(failed=3),
            "PACS knows STORE, but could not store there. Is a storage SCP running at 10.0.0.7:11112, does PACS have "
            "the right host and port of it, and does it let PACS call?",
        ),
        (
            replace(GET, refused_classes=2),
            0xA702,
            Progress(failed=3),
            "None of the instances could be stored over this association. PACS accepted 2 storage SOP classes not at "
            "all, or not with the SCP role for us: instances of those cannot come by C-GET.",
        ),
        (
            replace(MOVE, identifier_problem="(0020,000D) Study Instance UID is missing"),
            0xA900,
            Progress(),
            "The identifier is not one of Study Root: (0020,000D) Study Instance UID is missing.",
        ),
        (
            MOVE,
            0xA900,
            Progress(),
            "The identifier has all that Study Root asks for; PACS may want further keys, or none but the unique keys "
            "of the level and those above it.",
        ),
        (
            MOVE,
            0xA701,
            Progress(),
            "PACS could not find out what matches. Ask for less at a time, a series instead of a study, or later.",
        ),
        (MOVE, 0x0122, Progress(), "PACS does not offer C-MOVE of Study Root."),
        (MOVE, 0x0211, Progress(), "PACS does not offer C-MOVE of Study Root."),
        (
            MOVE,
            0x0124,
            Progress(),
            "PACS does not let STATION retrieve; who administers it must allow that AE title.",
        ),
        (
            MOVE,
            0xC001,
            Progress(),
            "Only the log of PACS says more: statuses Cxxx mean whatever their implementer chose.",
        ),
        (MOVE, 0xB000, Progress(completed=2, failed=1), "1 of 3 instances failed."),
        (
            MOVE,
            0xB000,
            Progress(completed=2, warning=1),
            "All 3 instances are stored, 1 of them with a warning.",
        ),
        (MOVE, 0xFE00, Progress(completed=2, remaining=5), "2 instances were stored before, 5 were not begun."),
        (MOVE, 0xFE00, Progress(completed=2), "2 instances were stored before."),
        (MOVE, 0x0000, Progress(completed=2), ""),
        (
            MOVE,
            0x0000,
            Progress(),
            "Nothing was transferred: PACS found nothing that matches the identifier.",
        ),
        (replace(MOVE, is_told=False), 0x0000, Progress(), ""),
        (replace(MOVE, arrived=2), 0x0000, Progress(completed=2), ""),
        (
            replace(MOVE, arrived=1),
            0x0000,
            Progress(completed=2),
            "PACS counts 2 as stored, but only 1 arrived at STORE.",
        ),
        (
            replace(MOVE, arrived=0),
            0x0000,
            Progress(completed=2),
            "PACS counts 2 as stored, but nothing arrived at STORE: PACS may send to another host or port under that "
            "AE title; host 10.0.0.7, port 11112 is right.",
        ),
        (MOVE, 0x0110, Progress(), ""),
    ],
)
def test_status_and_what_we_know_make_advice(case: Case, status: int, progress: Progress, sentences: str) -> None:
    assert explain(case, status, progress) == sentences


def test_an_ipv6_address_keeps_its_colons() -> None:
    text = explain(replace(MOVE, destination_place="fe80::1:11112"), 0xA801, Progress())
    assert "host fe80::1, port 11112" in text
