"""What the identifier of a C-MOVE or C-GET asks for, by the rules of its information model (PS3.4 C.4.2.1.4.1).

An identifier holds the Query/Retrieve Level, the unique key of that level and, unless relational retrieval was
negotiated, one value of each unique key above it. Attributes that are not unique keys select nothing and are passed
over. The models without levels have one key, the SOP Instance UID.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from pydicom.dataset import Dataset

from workbench.dictionary import tag_name
from workbench.errors import StatusError
from workbench.services.query import models
from workbench.services.query.models import FRAME, IMAGE, PATIENT, SOP_INSTANCE_UID, Model
from workbench.services.retrieve.reasons import NOT_CREATED
from workbench.storage.matching import (
    IDENTIFIER_DOES_NOT_MATCH,
    QUERY_RETRIEVE_LEVEL,
    Condition,
    Identifier,
    Kind,
    read_identifier,
)

SOP_CLASS_UID: Final = 0x00080016

_SINGLE: Final = frozenset({Kind.SINGLE})
_LIST: Final = frozenset({Kind.SINGLE, Kind.UID_LIST, Kind.MULTIPLE})

ABOUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        models.HANGING_PROTOCOL.name: ("1.2.840.10008.5.1.4.38.1",),
        models.COLOR_PALETTE.name: ("1.2.840.10008.5.1.4.39.1",),
        models.GENERIC_IMPLANT_TEMPLATE.name: ("1.2.840.10008.5.1.4.43.1",),
        models.IMPLANT_ASSEMBLY_TEMPLATE.name: ("1.2.840.10008.5.1.4.44.1",),
        models.IMPLANT_TEMPLATE_GROUP.name: ("1.2.840.10008.5.1.4.45.1",),
        models.DEFINED_PROCEDURE_PROTOCOL.name: ("1.2.840.10008.5.1.4.1.1.200.1", "1.2.840.10008.5.1.4.1.1.200.7"),
        models.PROTOCOL_APPROVAL.name: ("1.2.840.10008.5.1.4.1.1.200.3",),
        models.INVENTORY.name: ("1.2.840.10008.5.1.4.1.1.201.1",),
    }
)
"""Model of instances without a patient -> the SOP classes of its instances (PS3.4 GG.3 and HH)."""


def conditions_of(data_set: Dataset, model: Model, *, relational: bool = False) -> tuple[Condition, ...]:
    """Gives the conditions that the wanted instances meet.

    Args:
        data_set: the identifier of a request.
        relational: keys above the level may be missing (PS3.4 C.4.2.2.2).

    Raises:
        StatusError: A900H, with the element at fault, when the identifier is not one of the model; AA01H for frames of
            an instance, of which no new instance can be made.
    """
    identifier = read_identifier(data_set)
    if not model.levels:
        wanted = (_required(identifier, SOP_INSTANCE_UID, _LIST),)
        classes = ABOUT.get(model.name, ())
        return (
            (*wanted, Condition(tag=SOP_CLASS_UID, vr="UI", kind=Kind.UID_LIST, values=classes)) if classes else wanted
        )
    level = _level(identifier, model)
    if level == FRAME:
        raise StatusError(
            NOT_CREATED, "instances of single frames cannot be made", offending_element=(QUERY_RETRIEVE_LEVEL,)
        )
    return tuple(_conditions(identifier, model, level, relational=relational))


def _level(identifier: Identifier, model: Model) -> str:
    level = identifier.level
    if level in model.levels:
        return level
    if not level and model.levels[0] == IMAGE:  # beyond PS3.4 Y.4: there is hardly a choice
        return IMAGE
    given = f"{level[:16]!r} is not" if level else "is missing, not"
    raise _mismatch(QUERY_RETRIEVE_LEVEL, f"{given} {', '.join(model.levels)}")


def _conditions(identifier: Identifier, model: Model, level: str, *, relational: bool) -> Iterator[Condition]:
    place = model.levels.index(level)
    for above in model.levels[:place]:
        tag = model.unique_keys[above]
        if not relational or identifier.condition(tag) is not None:
            yield _required(identifier, tag, _SINGLE)
    yield _required(identifier, model.unique_keys[level], _SINGLE if level == PATIENT else _LIST)
    for below in model.levels[place + 1 :]:
        # To pass it over would send more than was asked for.
        if below in model.unique_keys and identifier.condition(model.unique_keys[below]) is not None:
            raise _mismatch(model.unique_keys[below], f"is a key below the level {level}")


def _required(identifier: Identifier, tag: int, kinds: frozenset[Kind]) -> Condition:
    condition = identifier.condition(tag)
    if condition is None:
        raise _mismatch(tag, f"{tag_name(tag)} is missing")
    if condition.kind not in kinds:
        raise _mismatch(tag, f"{tag_name(tag)}: one value is needed")
    return condition


def _mismatch(tag: int, problem: str) -> StatusError:
    comment = f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {problem}"
    return StatusError(IDENTIFIER_DOES_NOT_MATCH, comment, offending_element=(tag,))
