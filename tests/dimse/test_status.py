"""Statuses: categories and words; pynetdicom's and DCMTK's lists witness which codes each service has."""

import re

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


# (first, last, category) of every status there is (PS3.7 C.1 to C.5)
OF_ALL = [
    (0x0000, 0x0000, Category.SUCCESS),
    (0x0001, 0x0001, Category.WARNING),
    (0x0002, 0x0106, Category.FAILURE),
    (0x0107, 0x0107, Category.WARNING),
    (0x0108, 0x0115, Category.FAILURE),
    (0x0116, 0x0116, Category.WARNING),
    (0x0117, 0xAFFF, Category.FAILURE),
    (0xB000, 0xBFFF, Category.WARNING),
    (0xC000, 0xFDFF, Category.FAILURE),
    (0xFE00, 0xFE00, Category.CANCEL),
    (0xFE01, 0xFEFF, Category.FAILURE),
    (0xFF00, 0xFF01, Category.PENDING),
    (0xFF02, 0xFFFF, Category.FAILURE),
]


def test_all_65536_statuses_have_one_category() -> None:
    assert [first for first, _, _ in OF_ALL] == [0, *(last + 1 for _, last, _ in OF_ALL[:-1])]
    for first, last, expected in OF_ALL:
        assert {category(status) for status in range(first, last + 1)} == {expected}, f"{first:04X}H"


# PS3.7 Annex C and 9.1, 10.1: every code that the standard names for all services, with a word of its name.
ANNEX_C = {
    0x0000: "success",
    0x0001: "optional attributes are not supported",
    0x0105: "no such attribute",
    0x0106: "invalid attribute value",
    0x0107: "attribute list error",
    0x0110: "processing failure",
    0x0111: "duplicate SOP instance",
    0x0112: "no such SOP instance",
    0x0113: "no such event type",
    0x0114: "no such argument",
    0x0115: "invalid argument value",
    0x0116: "attribute value out of range",
    0x0117: "invalid SOP instance",
    0x0118: "no such SOP class",
    0x0119: "class-instance conflict",
    0x0120: "missing attribute",
    0x0121: "missing attribute value",
    0x0122: "SOP class not supported",
    0x0123: "no such action",
    0x0124: "not authorized",
    0x0210: "duplicate invocation",
    0x0211: "unrecognized operation",
    0x0212: "mistyped argument",
    0x0213: "resource limitation",
    0xFE00: "cancel",
    0xFF00: "pending",
}


@pytest.mark.parametrize(("status", "words"), ANNEX_C.items())
def test_every_code_of_annex_c_is_named(status: int, words: str) -> None:
    assert words.lower() in describe(status).lower()


# service -> the statuses that DCMTK knows by name for it, with key words of their names
DCMTK = {
    "C-STORE": "A700 resources, A7FF resources, 0122 class not supported, A900 not match, A9FF not match, "
    "C000 understand, CFFF understand, B000 coercion, B007 not match, B006 elements discarded",
    "C-FIND": "A700 resources, 0122 class not supported, A900 identifier, C000 process, C100 process, C200 process, "
    "CFFF process, FE00 cancel, FF00 pending, FF01 optional keys",
    "Relevant Patient Information": "C100 more than one match, C200 template",
    "C-MOVE": "A701 matches, A702 sub-operations, 0122 class not supported, A801 destination unknown, A900 identifier, "
    "AA00 frames, AA01 new object, AA02 extract frames, AA03 time-based, AA04 invalid request, C000 process, "
    "FE00 cancel, B000 failures",
    "C-GET": "A701 matches, A702 sub-operations, 0122 class not supported, A900 identifier, AA00 frames, "
    "AA01 new object, AA02 extract frames, AA03 time-based, AA04 invalid request, C000 process, FE00 cancel, "
    "B000 failures",
    "Print Management": "B600 memory allocation, B601 session printing, B602 empty page, B603 empty page, "
    "B604 demagnified, B605 density, B609 cropped, B60A decimated, C600 film box, C601 queue is full, "
    "C602 queue is full, C603 larger, C604 position, C605 insufficient memory, C606 VOI LUT, C613 combined",
    "Application Event Logging": "B101 synchronization, B102 study, B104 inconsistent, C101 not available, "
    "C102 template, C103 match, C104 inconsistent",
    "Media Creation Management": "A510 already, C201 completed, C202 in progress, C203 denied",
}


@pytest.mark.parametrize("service", DCMTK)
def test_every_status_that_dcmtk_names_has_the_same_meaning(service: str) -> None:
    for entry in DCMTK[service].split(", "):
        code, _, words = entry.partition(" ")
        assert words.lower() in describe(int(code, 16), service).lower(), entry


# our name of a service -> pynetdicom's table
WITNESSES = {
    "C-ECHO": "VERIFICATION_SERVICE_CLASS_STATUS",
    "C-STORE": "STORAGE_SERVICE_CLASS_STATUS",
    "C-GET": "QR_GET_SERVICE_CLASS_STATUS",
    "C-MOVE": "QR_MOVE_SERVICE_CLASS_STATUS",
    "Repository Query": "QR_FIND_SERVICE_CLASS_STATUS",
    "Modality Worklist": "MODALITY_WORKLIST_SERVICE_CLASS_STATUS",
    "Relevant Patient Information": "RELEVANT_PATIENT_SERVICE_CLASS_STATUS",
    "Substance Administration Query": "SUBSTANCE_ADMINISTRATION_SERVICE_CLASS_STATUS",
    "Storage Management": "STORAGE_MANAGEMENT_SERVICE_CLASS_STATUS",
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


def stems(text: str) -> set[str]:
    """Gives the beginnings of the words that carry meaning."""
    filling = " a an and any as at be been by for from has in is it its not of on one or that the this to "
    return {word[:5] for word in re.findall(r"[a-z0-9]+", text.lower()) if f" {word} " not in filling}


@pytest.mark.parametrize(("service", "table"), WITNESSES.items())
def test_a_status_means_what_it_means_to_pynetdicom(service: str, table: str) -> None:
    theirs = getattr(pynetdicom_status, table)
    assert {one: category(one).value for one in theirs} == {one: kind.lower() for one, (kind, _) in theirs.items()}
    strange = {}
    for one, (_, words) in theirs.items():
        ours = describe(one, service).partition(" ")[2]
        shared = stems(words) & stems(ours)
        if len(shared) < 0.4 * min(len(stems(words)), len(stems(ours))):
            strange[words] = ours
    assert strange == {}


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
