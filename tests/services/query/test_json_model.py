"""Responses in the DICOM JSON Model."""

import json

import pytest
from pydicom.dataset import Dataset

from tests.services.query.responses import EVERYTHING
from workbench.services.query.identifiers import Element
from workbench.services.query.json_model import json_model


def test_the_model_of_a_response() -> None:
    model = json_model(EVERYTHING)
    assert json.loads(json.dumps(model)) == model
    assert model["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "Müller^Hans"}]}
    assert model["00080008"] == {"vr": "CS", "Value": ["A", None, "B"]}
    assert model["00080050"] == {"vr": "SH"}
    assert model["00280009"] == {"vr": "AT", "Value": ["00181063"]}
    assert model["00280010"] == {"vr": "US", "Value": [5, 6]}
    assert model["00280030"] == {"vr": "DS", "Value": [0.5, 0.25]}
    assert model["00200013"] == {"vr": "IS", "Value": [12]}
    assert model["00189087"] == {"vr": "FD", "Value": [1.5]}
    assert model["00281201"] == {"vr": "OW", "InlineBinary": "AAECAw=="}
    assert model["00081110"] == {"vr": "SQ"}
    assert model["00400275"]["Value"][1] == {}
    assert model["00400275"]["Value"][0]["00400400"] == {"vr": "LT", "Value": ["éè"]}


def test_pydicom_reads_it() -> None:
    data_set = Dataset.from_json(json_model(EVERYTHING))
    assert (data_set.PatientName, data_set.Rows) == ("Müller^Hans", [5, 6])


def test_the_groups_of_a_name_are_parted() -> None:
    name = "Yamada^Tarou=山田^太郎=やまだ^たろう".encode()
    model = json_model((Element(0x00080005, "CS", b"ISO_IR 192"), Element(0x00100010, "PN", name)))
    assert model["00100010"]["Value"] == [
        {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}
    ]


@pytest.mark.parametrize("charset", [b"ISO_IR 100", b"ISO_IR 192", b"\\ISO 2022 IR 87 "])
def test_a_character_set_that_is_named_is_that_of_json(charset: bytes) -> None:
    named = Element(0x00080005, "CS", charset)
    model = json_model((named, Element(0x00400275, "SQ", ((named,), ()))))
    assert model["00080005"] == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert model["00400275"]["Value"] == [{"00080005": model["00080005"]}, {}]


def test_a_character_set_that_is_not_named_stays_so() -> None:
    assert json_model((Element(0x00080005, "CS", b""),)) == {"00080005": {"vr": "CS"}}


def test_what_is_no_number_of_its_vr_stays_text() -> None:
    elements = (
        Element(0x00200013, "IS", b"1-2 "),
        Element(0x00101030, "DS", b"inf "),
        Element(0x00189087, "FD", "nan"),
    )
    assert [each.get("Value") for each in json_model(elements).values()] == [["1-2"], ["inf"], ["nan"]]
