"""Keys as people write them: paths, tags, names, values, and what is said of wrong ones."""

import pytest

from workbench.errors import ConfigError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.key_paths import MOST_ITEMS, parse_key

NAMES = AttributeNames()


@pytest.mark.parametrize(
    ("text", "steps", "value"),
    [
        ("0010,0010", [(0x00100010, "PN", None)], None),
        ("0010,0010=", [(0x00100010, "PN", None)], ""),
        ("(0008,0052)=STUDY", [(0x00080052, "CS", None)], "STUDY"),
        ("0010,0010 =DOE", [(0x00100010, "PN", None)], "DOE"),
        ("8,52=STUDY", [(0x00080052, "CS", None)], "STUDY"),
        ("PatientName=DOE^J*", [(0x00100010, "PN", None)], "DOE^J*"),
        ("PatientName=a=b", [(0x00100010, "PN", None)], "a=b"),
        ("RETIRED_IdentifyingComments=x", [(0x00084000, "LT", None)], "x"),
        ("5002,0010=1", [(0x50020010, "US", None)], "1"),
        ("PixelData=12", [(0x7FE00010, "OW", None)], "12"),
        ("ScheduledProcedureStepSequence", [(0x00400100, "SQ", None)], None),
        ("ScheduledProcedureStepSequence=", [(0x00400100, "SQ", None)], ""),
        ("ScheduledProcedureStepSequence[0]", [(0x00400100, "SQ", 0)], None),
        (
            "(0040,0100)[1].(0040,0008)[0].CodeValue=X",
            [(0x00400100, "SQ", 1), (0x00400008, "SQ", 0), (0x00080100, "SH", None)],
            "X",
        ),
        ("0009,1001[0].PatientID", [(0x00091001, "SQ", 0), (0x00100020, "LO", None)], None),
    ],
)
def test_path_and_value(text: str, steps: list[tuple[int, str, int | None]], value: str | None) -> None:
    key = parse_key(text, NAMES)
    assert [(step.tag, step.vr, step.item) for step in key.steps] == steps
    assert key.value == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "character 1: an attribute is expected"),
        ("=x", "character 1: an attribute is expected"),
        ("PatientNam=x", "character 1: there is no attribute 'PatientNam'; PatientName?"),
        ("patientname=x", "'patientname'; PatientName?"),
        ("Nonsense=x", "there is no attribute 'Nonsense'"),
        (" PatientID=x", "character 1: an attribute is expected"),
        ("PatientID =x", "character 10: ' ' cannot follow PatientID"),
        ("(0010,0010=x", "character 1: the bracket of (0010,0010 is not closed"),
        ("0010=x", "character 1: an attribute is expected"),
        ("PatientName[0].Modality=CT", "character 12: PatientName is no sequence and has no items"),
        ("PatientName.Modality=CT", "character 12: '.Modality' cannot follow PatientName: it is no sequence"),
        ("ScheduledProcedureStepSequence.Modality=CT", "whose item must be told: ScheduledProcedureStepSequence[0]"),
        ("ScheduledProcedureStepSequence[*].Modality=CT", "[*] stands for no item"),
        ("ScheduledProcedureStepSequence=x", "character 32: ScheduledProcedureStepSequence is a sequence"),
        (f"ScheduledProcedureStepSequence[{MOST_ITEMS}]", f"beyond the {MOST_ITEMS}"),
        ("ScheduledProcedureStepSequence[0].Foo=x", "character 35: there is no attribute 'Foo'"),
        ("0002,0010=1", "(0002,0010) is no attribute that can be asked for"),
        ("0000,0002=1", "is no attribute that can be asked for"),
        ("0008,0000=1", "is no attribute that can be asked for"),
        ("FFFE,E000=1", "is no attribute that can be asked for"),
    ],
)
def test_a_wrong_key_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_key(text, NAMES)
    assert str(caught.value).startswith(f"key {text!r}")
    assert problem in str(caught.value)
