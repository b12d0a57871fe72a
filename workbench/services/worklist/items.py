"""Worklist entries as data sets and back (PS3.4 Table K.6-1)."""

from typing import Any, Final

from pydicom import config
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from workbench.services.worklist.entries import FIELDS, Code, Field, WorklistEntry
from workbench.storage.element_texts import items_of, texts_of

SCHEDULED_PROCEDURE_STEP_SEQUENCE: Final = 0x00400100
_CODE_VALUE: Final = 0x00080100
_CODING_SCHEME: Final = 0x00080102
_CODE_MEANING: Final = 0x00080104

TAGS: Final = {field.name: int(tag_for_keyword(field.keyword) or 0) for field in FIELDS}
"""The tag of each field."""


def data_set_of(entry: WorklistEntry) -> Dataset:
    """Gives the worklist item of an entry, with the fields that have a value. Its text is Unicode."""
    item, step = Dataset(), Dataset()
    for field in FIELDS:
        value: Any = getattr(entry, field.name)
        if not value:
            continue
        if field.vr == "SQ":
            value = [_code_item(code) for code in value]
        elif field.vr == "US":
            value = int(value)
        elif isinstance(value, tuple):
            value = list(value)
        (step if field.is_step else item).add(_element(TAGS[field.name], field.vr, value))
    item.add(_element(SCHEDULED_PROCEDURE_STEP_SEQUENCE, "SQ", [step]))
    return item


def entry_of(data_set: Dataset) -> WorklistEntry:
    """Gives the entry that a worklist item is, whatever a peer has put into it.

    Of several steps the first is taken: an item of the Modality Worklist has one (PS3.4 K.6.1.2.2).
    """
    steps = items_of(data_set, SCHEDULED_PROCEDURE_STEP_SEQUENCE)
    step = steps[0] if steps else Dataset()
    charset = "\\".join(texts_of(data_set, 0x00080005))
    values: dict[str, Any] = {
        field.name: _value(step if field.is_step else data_set, field, charset) for field in FIELDS
    }
    return WorklistEntry(**values)


def identifier(conditions: dict[str, str]) -> Dataset:
    """Gives a request identifier that asks for all fields of entries.

    Args:
        conditions: what to match, by the names of fields of `WorklistEntry`.
    """
    request, step = Dataset(), Dataset()
    for field in FIELDS:
        value: Any = conditions.get(field.name, "")
        if field.vr == "SQ":
            value = [Dataset()]
            for tag in (_CODE_VALUE, _CODING_SCHEME, _CODE_MEANING):
                value[0].add(_element(tag, "LO" if tag == _CODE_MEANING else "SH", ""))
        elif field.vr == "US":
            value = int(value) if value else None
        (step if field.is_step else request).add(_element(TAGS[field.name], field.vr, value))
    request.add(_element(SCHEDULED_PROCEDURE_STEP_SEQUENCE, "SQ", [step]))
    return request


def _element(tag: int, vr: str, value: Any) -> DataElement:
    return DataElement(tag, vr, value, validation_mode=config.IGNORE)  # values are judged in `entries`


def _code_item(code: Code) -> Dataset:
    item = Dataset()
    item.add(_element(_CODE_VALUE, "SH", code.value))
    item.add(_element(_CODING_SCHEME, "SH", code.scheme))
    item.add(_element(_CODE_MEANING, "LO", code.meaning))
    return item


def _value(data_set: Dataset, field: Field, charset: str) -> str | tuple[str, ...] | tuple[Code, ...]:
    tag = TAGS[field.name]
    if field.vr == "SQ":
        return tuple(
            Code(
                value="\\".join(texts_of(item, _CODE_VALUE, charset)),
                scheme="\\".join(texts_of(item, _CODING_SCHEME, charset)),
                meaning="\\".join(texts_of(item, _CODE_MEANING, charset)),
            )
            for item in items_of(data_set, tag)
        )
    texts = texts_of(data_set, tag, charset)
    return texts if isinstance(getattr(_EMPTY, field.name), tuple) else "\\".join(texts)


_EMPTY: Final = WorklistEntry()
