"""Which level an identifier is about, and whether it has the keys that the levels above need (PS3.4 C.4.1.2)."""

from workbench.errors import StatusError
from workbench.services.query.models import Model
from workbench.storage.matching import IDENTIFIER_DOES_NOT_MATCH, QUERY_RETRIEVE_LEVEL, Identifier, Kind


def check_level(model: Model, identifier: Identifier, *, is_relational: bool = False) -> None:
    """Checks the level and, in a hierarchical query, the unique key of each level above: one value, no wild cards.

    Raises:
        StatusError: A900H, with the tag at fault as Offending Element.
    """
    if not model.levels:
        return
    if identifier.level not in model.levels:
        problem = f"{identifier.level[:16]!r} is no level of {model.name}" if identifier.level else "is missing"
        raise refusal(QUERY_RETRIEVE_LEVEL, problem)
    if is_relational:
        return
    for level in model.levels[: model.levels.index(identifier.level)]:
        tag = model.unique_keys[level]
        condition = identifier.condition(tag)
        if condition is None:
            raise refusal(tag, f"is missing or empty, at {identifier.level} level")
        if condition.kind is not Kind.SINGLE:
            raise refusal(tag, f"has no single value, at {identifier.level} level")


def refusal(tag: int, problem: str) -> StatusError:
    """Gives the refusal of an identifier for one of its attributes."""
    comment = f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {problem}"
    return StatusError(IDENTIFIER_DOES_NOT_MATCH, comment, offending_element=(tag,))
