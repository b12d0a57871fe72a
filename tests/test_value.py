"""Values are equal, hashed and shown as dataclasses are that make all of it themselves."""

import dataclasses
from collections.abc import Iterator

import pytest

from workbench import config
from workbench.acse import contexts, profiles
from workbench.dimse.messages import MESSAGES
from workbench.upper_layer import associate, items, pdu
from workbench.value import Value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Shared(Value):
    name: str
    number: int = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    name: str
    number: int = 3


def test_they_show_the_same() -> None:
    assert repr(Shared(name="a\n")) == repr(Own(name="a\n")).replace("Own", "Shared")


def test_equal_ones_have_equal_fields_and_the_same_class() -> None:
    one, same, other = Shared(name="a"), Shared(name="a"), Shared(name="a", number=4)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != Own(name="a")
    assert one != "a"
    assert len({one, same, other}) == 2


def test_they_are_frozen_without_a_dictionary_and_can_be_replaced() -> None:
    one = Shared(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    assert not hasattr(one, "__dict__")
    assert dataclasses.replace(one, number=9) == Shared(name="a", number=9)


def values() -> Iterator[type]:
    yield from MESSAGES
    for module in (items, pdu, associate, config, profiles, contexts):
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Value) and each.__module__ == module.__name__:
                yield each


@pytest.mark.parametrize("kind", list(values()))
def test_what_inherits_leaves_all_of_it_to_the_base(kind: type) -> None:
    for name in ("__eq__", "__hash__", "__repr__"):
        assert getattr(kind, name) is getattr(Value, name)
