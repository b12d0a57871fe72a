"""Relevant Patient Information Query: one patient or none."""

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.services.query.archives import ask, asking, made
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import RELEVANT_PATIENT_GENERAL
from workbench.services.query.relevant_patient import relevant_patient_provider

REPORTS = [
    made(PatientID="1", PatientName="Doe", CompletionFlag="COMPLETE"),
    made(PatientID="2", PatientName="Roe^A"),
    made(PatientID="2", PatientName="Roe^B"),
]


def asked(patient_id: str, template: str = "9007", **keys: Any) -> Dataset:
    item = made(MappingResource="DCMR", TemplateIdentifier=template)
    return made(PatientID=patient_id, PatientName="", ContentTemplateSequence=[item], **keys)


@pytest.mark.parametrize(
    ("identifier", "status", "matches", "words"),
    [
        (asked("1"), 0x0000, 1, "Success"),
        (asked("9"), 0x0000, 0, "Success"),
        (asked("2"), 0xC100, 0, "more than one match"),
        (asked("1", "1234"), 0xC200, 0, "template 1234 is not supported"),
        (asked("*"), 0xA900, 0, "(0010,0020) has no single value"),
        (asked("1*"), 0xA900, 0, "(0010,0020) has no single value"),
    ],
)
async def test_one_patient_is_told_of_or_none(identifier: Dataset, status: int, matches: int, words: str) -> None:
    scp = FindScp([RELEVANT_PATIENT_GENERAL], relevant_patient_provider(REPORTS))
    async with asking(scp, [RELEVANT_PATIENT_GENERAL]) as association:
        found, result = await ask(association, RELEVANT_PATIENT_GENERAL, identifier)
    assert (result.status, len(found)) == (status, matches)
    assert words in result.reason


async def test_the_whole_report_is_returned() -> None:
    scp = FindScp([RELEVANT_PATIENT_GENERAL], relevant_patient_provider(REPORTS))
    async with asking(scp, [RELEVANT_PATIENT_GENERAL]) as association:
        (match,), _ = await ask(association, RELEVANT_PATIENT_GENERAL, asked("1"))
    assert match.data_set == REPORTS[0]
