"""What dataclasses of one kind share, so that Python need not make it for each of them anew.

`dataclass` compiles six methods for every class, which is half of the time that a short echo takes to start. Classes of
which there are many say `repr=False, eq=False` and inherit from `Value` instead: they show, compare and hash the same.
"""

from dataclasses import fields
from typing import Any


class Value:
    """The base of frozen dataclasses that leave equality, hash and representation to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Whether the other one is of the same class and has equal fields."""
        return self.__class__ is other.__class__ and self._values() == other._values()

    def __hash__(self) -> int:
        """Gives a number that is the same for equal ones."""
        return hash((self.__class__, *self._values()))

    def __repr__(self) -> str:
        """Gives the class and its fields, as in Python's source."""
        shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))  # type: ignore[arg-type]
        return f"{self.__class__.__qualname__}({shown})"

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
