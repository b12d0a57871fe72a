"""Statuses: categories and words; pynetdicom's tables are the witness for which codes each service has."""

import pytest
from pynetdicom import status as pynetdicom_status
from pynetdicom.status import code_to_category

from workbench.dimse.status import ACKNOWLEDGED_STORE, SERVICES, Category, category, describe


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x0000, Category.SUCCESS),
        (0x0001, Category.WARNING),
        (0x0105, Category.FAILURE),
        (0x0107, Category.WARNING),
        (0x0116, Category.WARNING),
        (0x0122, Category.FAILURE),
        (0x0211, Category.FAILURE),
        (0x7777, Category.FAILURE),  # undefined: never taken for a success
        (0xA700, Category.FAILURE),
        (0xAFFF, Category.FAILURE),
        (0xB000, Category.WARNING),
        (0xBFFF, Category.WARNING),
        (0xC000, Category.FAILURE),
        (0xFDFF, Category.FAILURE),
        (0xFE00, Category.CANCEL),
        (0xFE01, Category.FAILURE),
        (0xFF00, Category.PENDING),
        (0xFF01, Category.PENDING),
        (0xFF02, Category.FAILURE),
        (0xFFFF, Category.FAILURE),
    ],
)
def test_categories(status: int, expected: Category) -> None:
    assert category(status) is expected


def test_categories_agree_with_pynetdicoms() -> None:
    theirs = {status: code_to_category(status).lower() for status in range(0x10000)}
    known = {status: name for status, name in theirs.items() if name != "unknown"}
    assert {status: category(status).value for status in known} == known


# our name of a service -> pynetdicom's table
WITNESSES = {
    "C-ECHO": "VERIFICATION_SERVICE_CLASS_STATUS",
    "C-STORE": "STORAGE_SERVICE_CLASS_STATUS",
    "C-GET": "QR_GET_SERVICE_CLASS_STATUS",
    "C-MOVE": "QR_MOVE_SERVICE_CLASS_STATUS",
    "Repository Query": "QR_FIND_SERVICE_CLASS_STATUS",
    "Modality Worklist": "MODALITY_WORKLIST_SERVICE_CLASS_STATUS",
    "Relevant Patient Information": "RELEVANT_PATIENT_SERVICE_CLASS_STATUS",
    "Non-Patient Object Storage": "NON_PATIENT_SERVICE_CLASS_STATUS",
    "Modality Performed Procedure Step": "PROCEDURE_STEP_STATUS",
    "Storage Commitment": "STORAGE_COMMITMENT_SERVICE_CLASS_STATUS",
    "Print Management": "PRINT_JOB_MANAGEMENT_SERVICE_CLASS_STATUS",
    "Unified Procedure Step": "UNIFIED_PROCEDURE_STEP_SERVICE_CLASS_STATUS",
    "Application Event Logging": "APPLICATION_EVENT_LOGGING_SERVICE_CLASS_STATUS",
    "Media Creation Management": "MEDIA_CREATION_MANAGEMENT_SERVICE_CLASS_STATUS",
    "RT Machine Verification": "RT_MACHINE_VERIFICATION_SERVICE_CLASS_STATUS",
}


@pytest.mark.parametrize(("service", "table"), WITNESSES.items())
def test_every_status_of_a_service_has_words(service: str, table: str) -> None:
    nameless = [
        f"{one:04X}" for one in getattr(pynetdicom_status, table) if ": not a status of" in describe(one, service)
    ]
    assert nameless == []


@pytest.mark.parametrize("service", SERVICES)
def test_words_begin_with_what_the_category_is(service: str) -> None:
    beginnings = {
        Category.SUCCESS: ("Success",),
        Category.PENDING: ("Pending",),
        Category.CANCEL: ("Cancel",),
        Category.WARNING: ("Warning",),
        Category.FAILURE: ("Failure", "Refused", "Error"),
    }
    for row in SERVICES[service]:
        assert row.words.startswith(beginnings[category(row.first)]), row
        assert row.first <= row.last
        assert category(row.first) is category(row.last)


@pytest.mark.parametrize(
    ("status", "service", "words"),
    [
        (0x0000, None, "0000H Success"),
        (0x0000, "C-STORE", "0000H Success"),
        (0xA700, "C-STORE", "A700H Refused: out of resources"),
        (0xA7FF, "C-STORE", "A7FFH Refused: out of resources"),
        (0xA900, "C-STORE", "A900H Error: data set does not match SOP class"),
        (0xA900, "C-FIND", "A900H Error: identifier does not match SOP class"),
        (0xC123, "C-STORE", "C123H Error: cannot understand"),
        (0xB000, "C-STORE", "B000H Warning: coercion of data elements"),
        (0xB000, "C-MOVE", "B000H Warning: sub-operations complete, one or more failures or warnings"),
        (0xA801, "C-MOVE", "A801H Refused: move destination unknown"),
        (0xA801, "C-GET", "A801H Failure: not a status of C-GET"),
        (0xC100, "Relevant Patient Information", "C100H Failure: more than one match found"),
        (0xC100, "Modality Worklist", "C100H Error: unable to process"),
        (0x0110, "N-SET", "0110H Failure: processing failure"),
        (
            0x0110,
            "Modality Performed Procedure Step",
            "0110H Failure: performed procedure step object may no longer be updated",
        ),
        (0x0122, "C-STORE", "0122H Refused: SOP class not supported"),
        (0xFE00, "C-FIND", "FE00H Cancel: matching terminated by a cancel request"),
        (0xFF00, None, "FF00H Pending"),
        (0x7777, "C-ECHO", "7777H Failure: not a status of C-ECHO"),
        (0xB123, None, "B123H Warning: not a general status"),
        (0xA700, "no such service", "A700H Failure: not a general status"),
    ],
)
def test_a_status_in_words(status: int, service: str | None, words: str) -> None:
    assert describe(status, service) == words


def test_a_store_is_acknowledged_by_success_and_its_three_warnings() -> None:
    assert {0x0000, 0xB000, 0xB006, 0xB007} == ACKNOWLEDGED_STORE
    assert all(category(status) in (Category.SUCCESS, Category.WARNING) for status in ACKNOWLEDGED_STORE)
