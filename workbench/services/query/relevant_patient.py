"""Relevant Patient Information Query: a patient's history as a structured report in the response (PS3.4 Annex Q)."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from typing import Final

from pydicom.dataset import Dataset

from workbench.errors import StatusError
from workbench.services.query.data_sets import Source, data_set_provider
from workbench.services.query.find_scp import FindRequest, Provider
from workbench.services.query.levels import refusal
from workbench.services.query.models import PATIENT_ID
from workbench.storage.matching import Kind

TEMPLATE_NOT_SUPPORTED: Final = 0xC200  # PS3.4 Q.4.1.1.4
CONTENT_TEMPLATE_SEQUENCE: Final = 0x0040A504
TEMPLATE_IDENTIFIER: Final = 0x0040DB00


def relevant_patient_provider(source: Source, *, templates: Collection[str] = ("9007", "9000", "3802")) -> Provider:
    """Gives a provider that answers from reports in memory; a patient has one, which is returned whole.

    Args:
        source: the reports, with the attributes of their patient.
        templates: the Template Identifiers that the reports follow; the defaults are those of PS3.16 for the general,
            the breast imaging and the cardiac query.
    """
    return _Reports(data_set_provider(source, is_projected=False), frozenset(templates))


class _Reports:
    def __init__(self, reports: Provider, templates: frozenset[str]) -> None:
        self._reports = reports
        self._templates = templates

    def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the report of the one patient that is asked for."""
        identifier = request.identifier
        patient = identifier.condition(PATIENT_ID)
        if patient is None or patient.kind is not Kind.SINGLE:
            raise refusal(PATIENT_ID, "has no single value")  # PS3.4 Table Q.4-1: a required key
        wanted = identifier.condition(CONTENT_TEMPLATE_SEQUENCE)
        named = [each for each in (wanted.items if wanted else ()) if each.tag == TEMPLATE_IDENTIFIER]
        if any(each.values[:1] and each.values[0] not in self._templates for each in named):
            raise StatusError(TEMPLATE_NOT_SUPPORTED, f"template {named[0].values[0][:16]} is not supported")
        conditions = tuple(each for each in identifier.conditions if each is not wanted)
        return self._reports.matches(replace(request, identifier=replace(identifier, conditions=conditions)))
