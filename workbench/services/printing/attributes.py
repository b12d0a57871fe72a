"""Which attributes the instances of Print Management have, which values are allowed, and what holds when none is given.

One table for each SOP class (PS3.4 H.4.1 to H.4.9; the values are those of PS3.3 C.13). A required attribute that is
missing is answered 0120H, one without a value 0121H, a value that is not allowed 0106H; attributes that are not in the
table are named in a warning, 0107H.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from workbench.dimse.status import INVALID_ATTRIBUTE_VALUE, MISSING_ATTRIBUTE, MISSING_ATTRIBUTE_VALUE
from workbench.errors import StatusError
from workbench.storage import element_texts

_ALWAYS_TAKEN: Final = frozenset({0x00080005, 0x00080016, 0x00080018})  # Specific Character Set and the SOP Common UIDs
_LONGEST_TEXT: Final = 1024  # characters of ST, PS3.5 Table 6.2-1
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}")


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword
    return tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of an instance.

    Attributes:
        keyword: its keyword in PS3.6.
        kind: CS, IS, US, DS, text (any text) or SQ, of which one item is taken.
        required: it must come with N-CREATE, and with a value; for image and annotation boxes with N-SET.
        values: the values that are taken; none given: any of its kind.
        default: what holds when it is not given; None: nothing.
        fixed: it cannot be changed by N-SET.
        bounds: the least and the greatest number.
    """

    keyword: str
    kind: str = "text"
    required: bool = False
    values: frozenset[str] = frozenset()
    default: str | int | None = None
    fixed: bool = False
    bounds: tuple[int, int] = (0, 65535)

    @property
    def tag(self) -> int:
        """Its tag."""
        return _tag(self.keyword)


Rules = Mapping[int, Attribute]


def _rules(*attributes: Attribute) -> Rules:
    return {attribute.tag: attribute for attribute in attributes}


_PRIORITIES = frozenset({"HIGH", "MED", "LOW"})
_YES_NO = frozenset({"YES", "NO"})
_MAGNIFICATIONS = frozenset({"REPLICATE", "BILINEAR", "CUBIC", "NONE"})

# PS3.4 H.4.1.2.1.1
FILM_SESSION_RULES: Final = _rules(
    Attribute(keyword="NumberOfCopies", kind="IS", default=1, bounds=(1, 999)),
    Attribute(keyword="PrintPriority", kind="CS", values=_PRIORITIES, default="MED"),
    Attribute(keyword="MediumType", kind="CS", default="BLUE FILM"),
    Attribute(keyword="FilmDestination", kind="CS", default="PROCESSOR"),
    Attribute(keyword="FilmSessionLabel"),
    Attribute(keyword="MemoryAllocation", kind="IS", bounds=(0, 2**31 - 1)),
    Attribute(keyword="OwnerID"),
)

# What film boxes and image boxes share, PS3.4 H.4.2.2.1.1 and H.4.3.1.2.1.1
_RENDERING = (
    Attribute(keyword="SmoothingType", kind="CS"),
    Attribute(keyword="MinDensity", kind="US"),
    Attribute(keyword="ReferencedPresentationLUTSequence", kind="SQ"),
)

# PS3.4 H.4.2.2.1.1
FILM_BOX_RULES: Final = _rules(
    Attribute(keyword="ImageDisplayFormat", required=True, fixed=True),
    Attribute(keyword="ReferencedFilmSessionSequence", kind="SQ", required=True, fixed=True),
    Attribute(
        keyword="FilmOrientation",
        kind="CS",
        values=frozenset({"PORTRAIT", "LANDSCAPE"}),
        default="PORTRAIT",
        fixed=True,
    ),
    Attribute(keyword="FilmSizeID", kind="CS", default="14INX17IN", fixed=True),
    Attribute(keyword="AnnotationDisplayFormatID", kind="CS", fixed=True),
    Attribute(keyword="MagnificationType", kind="CS", values=_MAGNIFICATIONS, default="BILINEAR"),
    Attribute(keyword="MaxDensity", kind="US", default=300),
    Attribute(keyword="ConfigurationInformation", default=""),
    Attribute(keyword="BorderDensity", kind="CS", default="BLACK"),
    Attribute(keyword="EmptyImageDensity", kind="CS", default="BLACK"),
    Attribute(keyword="Trim", kind="CS", values=_YES_NO, default="NO"),
    Attribute(keyword="Illumination", kind="US"),
    Attribute(keyword="ReflectedAmbientLight", kind="US"),
    Attribute(keyword="RequestedResolutionID", kind="CS", values=frozenset({"STANDARD", "HIGH"})),
    *_RENDERING,
)

# PS3.4 H.4.3.1.2.1.1 and H.4.3.2.2.1.1; the image itself is looked at by `received`.
IMAGE_BOX_RULES: Final = _rules(
    Attribute(keyword="ImageBoxPosition", kind="US", required=True, bounds=(1, 65535)),
    Attribute(keyword="BasicGrayscaleImageSequence", kind="SQ"),
    Attribute(keyword="BasicColorImageSequence", kind="SQ"),
    Attribute(keyword="Polarity", kind="CS", values=frozenset({"NORMAL", "REVERSE"})),
    Attribute(keyword="MagnificationType", kind="CS", values=_MAGNIFICATIONS),
    Attribute(keyword="MaxDensity", kind="US"),
    Attribute(keyword="ConfigurationInformation"),
    Attribute(keyword="RequestedImageSize", kind="DS"),
    Attribute(keyword="RequestedDecimateCropBehavior", kind="CS", values=frozenset({"DECIMATE", "CROP", "FAIL"})),
    *_RENDERING,
)

# PS3.4 H.4.4.1.2.1.1
ANNOTATION_BOX_RULES: Final = _rules(
    Attribute(keyword="AnnotationPosition", kind="US", required=True, bounds=(1, 65535)),
    Attribute(keyword="TextString"),
)

# PS3.4 H.4.9.1.2.1.1
PRESENTATION_LUT_RULES: Final = _rules(
    Attribute(keyword="PresentationLUTSequence", kind="SQ"),
    Attribute(keyword="PresentationLUTShape", kind="CS", values=frozenset({"IDENTITY", "LIN OD"})),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Attributes as they are kept, and the tags of those that were not understood."""

    attributes: Dataset
    unknown: tuple[int, ...]


def take(rules: Rules, data_set: Dataset, *, is_new: bool) -> Taken:
    """Checks the attributes of N-CREATE (`is_new`) or N-SET against the rules of their class.

    Returns:
        The attributes that the rules know, as they will be kept; on N-CREATE with the defaults for what was not given.

    Raises:
        StatusError: 0120H, 0121H or 0106H, with the element and its value.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values of a peer are judged here, not by pydicom
        return _take(rules, data_set, is_new=is_new)


def _take(rules: Rules, data_set: Dataset, *, is_new: bool) -> Taken:
    kept = Dataset()
    absent = [tag for tag, rule in rules.items() if rule.required and tag not in data_set]
    if is_new and absent:
        name = rules[absent[0]].keyword
        raise StatusError(MISSING_ATTRIBUTE, f"{name} is missing", attribute_identifier_list=tuple(absent))
    for tag in sorted(int(tag) for tag in data_set.keys()):  # noqa: SIM118 - iterating would decode every element
        rule = rules.get(tag)
        if rule is None:
            continue
        if rule.fixed and not is_new:
            raise StatusError(INVALID_ATTRIBUTE_VALUE, f"{rule.keyword} cannot be changed", offending_element=(tag,))
        _keep(kept, rule, data_set)
    if is_new:
        for tag, rule in rules.items():
            if rule.default is not None and tag not in kept:
                setattr(kept, rule.keyword, rule.default)
    unknown = [int(tag) for tag in data_set.keys() if int(tag) not in rules]  # noqa: SIM118
    return Taken(kept, tuple(tag for tag in unknown if tag not in _ALWAYS_TAKEN and tag & 0xFFFF))


def put(data_set: Dataset, keyword: str, value: str | int) -> None:
    """Sets a value, also one that a peer gave and that its VR does not allow."""
    tag = _tag(keyword)
    data_set.add(DataElement(tag, dictionary_VR(tag), value, validation_mode=config.IGNORE))


def texts_of(data_set: Dataset, keyword: str) -> tuple[str, ...]:
    """Gives the values of an element as text, whatever a peer has put there; none when it is absent or unreadable."""
    return element_texts.texts_of(data_set, _tag(keyword))


def text_of(data_set: Dataset, keyword: str) -> str:
    """Gives the values of an element as one text with backslashes; empty when there is none."""
    return "\\".join(texts_of(data_set, keyword))


def number_of(data_set: Dataset, keyword: str) -> int | None:
    """Gives the first value of an element as a whole number; None when there is none."""
    texts = texts_of(data_set, keyword)
    try:
        return int(texts[0]) if texts else None
    except ValueError:
        return None


def items_of(data_set: Dataset, keyword: str) -> list[Dataset]:
    """Gives the items of a sequence; none when it is absent, empty or no sequence."""
    return list(element_texts.items_of(data_set, _tag(keyword)))


def references(sop_class_uid: str, sop_instance_uids: Iterable[str]) -> list[Dataset]:
    """Gives the items of a sequence that refers to instances of one class (PS3.3 Table 10-11)."""
    items = []
    for uid in sop_instance_uids:
        item = Dataset()
        item.ReferencedSOPClassUID = sop_class_uid
        item.ReferencedSOPInstanceUID = uid
        items.append(item)
    return items


def _keep(kept: Dataset, rule: Attribute, data_set: Dataset) -> None:
    if rule.kind == "SQ":
        items = items_of(data_set, rule.keyword)[:1]
        try:
            for item in items:
                item.decode()
        except Exception as error:  # pydicom raises what its parts raise
            raise StatusError(INVALID_ATTRIBUTE_VALUE, f"{rule.keyword} cannot be read: {error}") from error
        setattr(kept, rule.keyword, Sequence(items))
        return
    texts = texts_of(data_set, rule.keyword)
    if not texts:
        if rule.required:
            tags = (rule.tag,)
            raise StatusError(MISSING_ATTRIBUTE_VALUE, f"{rule.keyword} is empty", attribute_identifier_list=tags)
        return  # an empty value asks for the printer's own
    text = "\\".join(texts)
    problem = _problem(rule, text)
    if problem:
        comment = f"{rule.keyword} {text[:16]!r} {problem}"
        raise StatusError(INVALID_ATTRIBUTE_VALUE, comment, offending_element=(rule.tag,))
    put(kept, rule.keyword, int(text) if rule.kind in ("IS", "US") else text)


def _problem(rule: Attribute, text: str) -> str:
    if rule.values:
        return "" if text in rule.values else f"is not {' or '.join(sorted(rule.values))}"
    match rule.kind:
        case "IS" | "US":
            low, high = rule.bounds
            is_number = re.fullmatch(r"[+-]?\d{1,10}", text) is not None
            return "" if is_number and low <= int(text) <= high else f"is not {low} to {high}"
        case "DS":
            return "" if re.fullmatch(r"\d{1,6}(\.\d{0,9})?", text) else "is no size in mm"
        case "CS":
            return "" if _CODE.fullmatch(text) else "is no code string"
    return "" if len(text) <= _LONGEST_TEXT else f"has over {_LONGEST_TEXT} characters"
