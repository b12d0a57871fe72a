"""Outcomes, counted and reported."""

from datetime import datetime

import pytest

from workbench.config import LocalAe, Node
from workbench.services.storage.instances import MemoryInstance
from workbench.services.storage.outcomes import Outcome, Summary, report, state_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

INSTANCES = tuple(
    MemoryInstance(
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid=f"1.2.{number}",
        transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
        data=b"\0" * 10,
    )
    for number in range(5)
)
OUTCOMES = (
    Outcome(instance=INSTANCES[0], state="stored", status=0, reason="0000H Success", association=1),
    Outcome(
        instance=INSTANCES[1],
        state="warning",
        status=0xB000,
        reason="B000H Warning: coercion of data elements",
        association=1,
        transfer_syntax_uid=IMPLICIT_VR_LITTLE_ENDIAN,
    ),
    Outcome(instance=INSTANCES[2], state="failed", reason="the connection is closed", association=2),
    Outcome(instance=INSTANCES[3], state="not sent", reason="released on request"),
    None,
)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0x0000, "stored"),
        *((status, "warning") for status in (0x0001, 0x0107, 0x0116, 0xB000, 0xB006, 0xB007)),
        *((status, "failed") for status in (0x0106, 0xA700, 0xA900, 0xB001, 0xC000, 0xFE00)),
    ],
)
def test_state_is_what_the_status_means_for_the_instance(status: int, state: str) -> None:
    assert state_of(status) == state


def test_summary_counts_states_and_acknowledged_bytes() -> None:
    summary = Summary.of(OUTCOMES, 1.5)
    assert summary == Summary(stored=1, warnings=1, failed=1, not_sent=1, seconds=1.5, bytes=20)
    assert not summary.is_acknowledged
    assert Summary.of(OUTCOMES[:2], 1.0).is_acknowledged


def test_converted_is_what_went_out_otherwise_than_it_is() -> None:
    assert [outcome.is_converted for outcome in OUTCOMES if outcome] == [False, True, False, False]


def test_report_counts_by_status_and_lists_every_instance() -> None:
    node = Node(name="pacs", host="192.0.2.1", port=104, ae_title="PACS")
    text = report(INSTANCES, OUTCOMES, node, LocalAe(ae_title="CT3"), when=datetime(2024, 2, 29, 12))
    lines = text.splitlines()
    assert lines[:13] == [
        "Report of a C-STORE transfer",
        "date: 2024-02-29 12:00:00",
        "from: CT3",
        "to: PACS at 192.0.2.1:104",
        "instances: 5",
        "associations: 2",
        "",
        "       1  0000H Success",
        "       1  B000H Warning: coercion of data elements",
        "       1  failed",
        "       1  not sent",
        "       1  waiting",
        "",
    ]
    assert "    sent in: Implicit VR Little Endian" in lines
    assert "    result: failed (association 2): the connection is closed" in lines
    assert lines[-1] == "    result: waiting"
    assert all(f"    SOP Instance UID: {instance.sop_instance_uid}" in lines for instance in INSTANCES)
