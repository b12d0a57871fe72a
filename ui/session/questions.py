"""What the query panel asks for and how it reads the answers: identifiers from fields, rows from identifiers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydicom.config import IGNORE
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from ui.models.query import ElementLine, MatchRow
from workbench import dictionary
from workbench.errors import ConfigError
from workbench.services.query.models import (
    IMAGE,
    MODALITY_WORKLIST,
    PATIENT,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    SERIES,
    STUDY,
    STUDY_ROOT,
    Model,
)

Keys = tuple[tuple[int, str], ...]

_PATIENT_NAME, _PATIENT_ID, _ACCESSION = 0x00100010, 0x00100020, 0x00080050
_LEVEL, _CHARACTER_SET = 0x00080052, 0x00080005
_WHOLE_NUMBERS = ("US", "SS", "UL", "SL", "UV", "SV")
_STEP = 0x00400100  # Scheduled Procedure Step Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one can ask a node for: an information model, and the level at which to begin."""

    title: str
    model: Model
    level: str


QUESTIONS: Final = (
    Question(title="Studies", model=STUDY_ROOT, level=STUDY),
    Question(title="Patients", model=PATIENT_ROOT, level=PATIENT),
    Question(title="Worklist", model=MODALITY_WORKLIST, level=""),
    Question(title="Studies, Patient Root", model=PATIENT_ROOT, level=STUDY),
    Question(title="Patients, Patient/Study Only", model=PATIENT_STUDY_ONLY, level=PATIENT),
)

# What is asked back at each level; empty values are universal matching (PS3.4 C.2.2.2.3).
_ASKED: Final[Mapping[str, tuple[int, ...]]] = {
    PATIENT: (_PATIENT_NAME, _PATIENT_ID, 0x00100030, 0x00100040, 0x00201200, 0x00201202, 0x00201204),
    STUDY: (
        0x00080020, 0x00080030, _ACCESSION, 0x00080061, 0x00081030, _PATIENT_NAME, _PATIENT_ID, 0x0020000D, 0x00200010,
        0x00201206, 0x00201208,
    ),
    SERIES: (0x00080021, 0x00080031, 0x00080060, 0x0008103E, 0x00180015, 0x0020000E, 0x00200011, 0x00201209),
    IMAGE: (0x00080016, 0x00080018, 0x00080023, 0x00080033, 0x00200013, 0x00280008),
    "": (_ACCESSION, _PATIENT_NAME, _PATIENT_ID, 0x00100030, 0x0020000D, 0x00321060, 0x00401001),
}  # fmt: skip
_STEP_ASKED: Final = (0x00080060, 0x00400001, 0x00400002, 0x00400003, 0x00400006, 0x00400007, 0x00400009)
_MODALITY: Final[Mapping[str, int]] = {STUDY: 0x00080061, SERIES: 0x00080060}
_DATE: Final[Mapping[str, int]] = {STUDY: 0x00080020, SERIES: 0x00080021, "": 0x00400002}
_KEY: Final[Mapping[str, int]] = {PATIENT: _PATIENT_ID, STUDY: 0x0020000D, SERIES: 0x0020000E, IMAGE: 0x00080018}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What was typed; empty fields ask for everything. `further` is "Keyword=value; gggg,eeee=value"."""

    patient: str = ""
    patient_id: str = ""
    date: str = ""
    modality: str = ""
    accession: str = ""
    further: str = ""


def identifier_of(question: Question, level: str, parents: Keys, fields: Fields) -> Dataset:
    """Gives the identifier for a level below what `parents` name, or for the top with what was typed.

    Raises:
        ConfigError: a further key is no attribute, or a date no date.
    """
    asked = Dataset()
    if level:
        asked.QueryRetrieveLevel = level
    for tag in _ASKED[level]:
        _put(asked, tag, "")
    step = _step(asked) if level == "" else asked
    if level == question.level:
        _put(asked, _PATIENT_NAME, fields.patient)
        _put(asked, _PATIENT_ID, fields.patient_id)
        if level in _DATE:
            _put(step, _DATE[level], _range(fields.date))
            _put(step, _MODALITY.get(level, 0x00080060), fields.modality)
        if level in (STUDY, ""):
            _put(asked, _ACCESSION, fields.accession)
        for tag, value in _further(fields.further):
            _put(asked, tag, value)
    for tag, value in parents:
        _put(asked, tag, value)
    if not _is_ascii(asked):
        asked.SpecificCharacterSet = "ISO_IR 192"
    return asked


def identifier_to_retrieve(row: MatchRow) -> Dataset:
    """Gives the identifier that retrieves a match: its level and the unique keys that lead to it (PS3.4 C.4.2.1.4)."""
    asked = Dataset()
    asked.QueryRetrieveLevel = row.level
    for tag, value in row.keys:
        _put(asked, tag, value)
    return asked


def row_of(match: Dataset, level: str, parents: Keys) -> MatchRow:
    """Gives the row for a match."""
    step = match
    if level == "" and _text(match, _STEP):
        steps = match[_STEP].value
        step = steps[0] if steps else Dataset()
    uid = _text(match, _KEY.get(level, 0x00401001)) or _text(match, _ACCESSION)
    return MatchRow(
        level=level,
        keys=(*parents, (_KEY[level], uid)) if level else (),
        patient=_text(match, _PATIENT_NAME).replace("^", " ").strip(),
        patient_id=_text(match, _PATIENT_ID),
        when=_when(match if level else step, level),
        modality=_text(step, 0x00080061) or _text(step, 0x00080060),
        description=_description(match, step, level),
        contains=_contains(match, level),
        uid=uid,
        elements=tuple(element_lines(match)),
    )


def next_level(question: Question, level: str) -> str:
    """Gives the level below, empty where there is none."""
    levels = question.model.levels
    at = levels.index(level) + 1 if level in levels else len(levels)
    return levels[at] if at < len(levels) else ""


def element_lines(data_set: Dataset, depth: str = "") -> Iterable[ElementLine]:
    """Gives the elements of a data set for people, those of items after their sequence."""
    for element in data_set:
        tag = int(element.tag)
        name = depth + (dictionary.tag_name(tag) or "Private")
        label = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if element.VR == "SQ":
            yield ElementLine(tag=label, name=name, vr="SQ", value=f"{len(element.value)} items")
            for item in element.value:
                yield from element_lines(item, depth + "> ")
        else:
            yield ElementLine(tag=label, name=name, vr=str(element.VR), value=_text(data_set, tag))


def _step(asked: Dataset) -> Dataset:
    item = Dataset()
    for tag in _STEP_ASKED:
        _put(item, tag, "")
    asked.ScheduledProcedureStepSequence = [item]
    return item


def _put(data_set: Dataset, tag: int, value: str) -> None:
    vr = dictionary_VR(tag)
    values: list[str] | list[int] = value.split("\\")
    if vr in _WHOLE_NUMBERS and value:
        try:
            values = [int(each) for each in value.split("\\")]
        except ValueError:
            raise ConfigError(f"{dictionary.tag_name(tag)}: {value!r} is not a whole number") from None
    single = values[0] if len(values) == 1 else values
    data_set.add(DataElement(tag, vr, single if value else None, validation_mode=IGNORE))


def _range(text: str) -> str:
    """Takes a date or a range in the form of DICOM, or with hyphens within dates and ".." between them."""
    ends = [end.strip().replace("-", "") for end in text.split("..")] if ".." in text else text.strip().split("-")
    if text.strip().count("-") == 2 and ".." not in text:
        ends = ["".join(ends)]
    if any(end and not (len(end) == 8 and end.isdigit()) for end in ends) or len(ends) > 2:
        raise ConfigError(f"date: {text!r} is neither a date such as 2026-11-22 nor a range such as 20261101-20261122")
    return "-".join(ends)


def _further(text: str) -> Iterable[tuple[int, str]]:
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, _, value = part.partition("=")
        tag = _tag(name.strip())
        if tag is None:
            raise ConfigError(f"further key: {name.strip()!r} is neither a keyword nor a tag such as 0008,0090")
        yield tag, value.strip()


def _tag(name: str) -> int | None:
    digits = name.strip("()").replace(",", "")
    if len(digits) == 8 and all(mark in "0123456789abcdefABCDEF" for mark in digits):
        tag = int(digits, 16)
        return tag if dictionary.tag_keyword(tag) else None
    return tag_for_keyword(name) if name else None


def _is_ascii(data_set: Dataset) -> bool:
    return all(
        all(map(_is_ascii, element.value)) if element.VR == "SQ" else str(element.value).isascii()
        for element in data_set
    )


def _text(data_set: Dataset, tag: int) -> str:
    value = data_set[tag].value if tag in data_set else None
    if value is None:
        return ""
    return "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value).strip()


def _when(data_set: Dataset, level: str) -> str:
    pairs = {
        STUDY: (0x00080020, 0x00080030),
        SERIES: (0x00080021, 0x00080031),
        IMAGE: (0x00080023, 0x00080033),
        "": (0x00400002, 0x00400003),
        PATIENT: (0x00100030, 0x00100032),
    }
    date, time = (_text(data_set, tag) for tag in pairs[level])
    try:
        day = datetime.strptime(date, "%Y%m%d").strftime("%Y-%m-%d")
    except ValueError:
        day = date
    clock = ":".join(filter(None, (time[0:2], time[2:4], time[4:6])))
    return f"{day} {clock}".strip()


def _description(match: Dataset, step: Dataset, level: str) -> str:
    if level == "":
        return _text(step, 0x00400007) or _text(match, 0x00321060)
    if level == IMAGE:
        uid = _text(match, 0x00080016)
        return dictionary.sop_class_short(uid) if uid else ""
    return _text(match, {STUDY: 0x00081030, SERIES: 0x0008103E, PATIENT: 0x00100040}[level])


def _contains(match: Dataset, level: str) -> str:
    counts = {
        PATIENT: ((0x00201200, "study", "studies"), (0x00201204, "object", "objects")),
        STUDY: ((0x00201206, "series", "series"), (0x00201208, "object", "objects")),
        SERIES: ((0x00201209, "object", "objects"),),
        IMAGE: ((0x00280008, "frame", "frames"),),
    }.get(level, ())
    found = [(_text(match, tag), one, many) for tag, one, many in counts]
    return ", ".join(f"{count} {one if count == '1' else many}" for count, one, many in found if count)
