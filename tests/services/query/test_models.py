"""The information models and their SOP classes."""

import re

import pytest
from pydicom._uid_dict import UID_dictionary

from workbench.services.query.models import (
    COMPOSITE_INSTANCE_ROOT,
    MODELS,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    RELEVANT_PATIENT_CARDIAC,
    REPOSITORY_QUERY,
    STUDY_ROOT,
    Model,
    model_of,
)

# Classes of the dictionary that are queried or retrieved from but are another service's, or retired.
_ELSEWHERE = {"1.2.840.10008.5.1.4.32.1", "1.2.840.10008.5.1.4.34.6.5"}


def test_every_query_and_retrieval_class_of_the_dictionary_has_its_model() -> None:
    named = re.compile(r" - (FIND|MOVE|GET)$|Query( SOP Class)?$")
    expected = {uid for uid, entry in UID_dictionary.items() if entry[1] == "SOP Class" and named.search(entry[0])}
    assert {uid for model in MODELS for uid in model.sop_classes} == expected - _ELSEWHERE


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_classes_of_a_model_are_what_they_are_used_for(model: Model) -> None:
    for uid, operation in ((model.find, "FIND"), (model.move, "MOVE"), (model.get, "GET")):
        if uid:
            assert model_of(uid) is model
            assert UID_dictionary[uid][0].endswith((f" - {operation}", "Query", "Query SOP Class"))


def test_levels_have_their_unique_keys() -> None:
    assert PATIENT_ROOT.levels == ("PATIENT", "STUDY", "SERIES", "IMAGE")
    assert STUDY_ROOT.levels == REPOSITORY_QUERY.levels == ("STUDY", "SERIES", "IMAGE")
    assert PATIENT_STUDY_ONLY.levels == ("PATIENT", "STUDY")
    assert [PATIENT_ROOT.unique_keys[level] for level in PATIENT_ROOT.levels] == [
        0x00100020,
        0x0020000D,
        0x0020000E,
        0x00080018,
    ]
    assert not COMPOSITE_INSTANCE_ROOT.find
    assert RELEVANT_PATIENT_CARDIAC.service == "Relevant Patient Information"


def test_other_classes_have_no_model() -> None:
    with pytest.raises(KeyError):
        model_of("1.2.840.10008.1.1")
