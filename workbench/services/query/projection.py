"""What of a data set goes into a response identifier (PS3.4 C.4.1.1.3.2): the keys of the request, no more."""

from collections.abc import Iterable, Sequence

from pydicom.dataset import Dataset

from workbench.services.query.identifiers import Element
from workbench.storage.element_texts import SPECIFIC_CHARACTER_SET, charset_of, items_of, texts_of, vr_of
from workbench.storage.matching import Condition, ReturnKey, matches


def project(
    data_set: Dataset, keys: Iterable[ReturnKey], conditions: Sequence[Condition] = (), charset: str = ""
) -> tuple[Element, ...]:
    """Gives the attributes of a data set that are asked for; what it has not is there without a value.

    Of a sequence, only the items that match the conditions on it are given (PS3.4 C.2.2.2.6).

    Args:
        charset: that of the data set that this one is an item of.
    """
    charset = charset_of(data_set, charset)
    return tuple(_element(data_set, key, conditions, charset) for key in keys)


def whole(data_set: Dataset, charset: str = "") -> tuple[Element, ...]:
    """Gives all attributes of a data set but for group lengths and Specific Character Set."""
    charset = charset_of(data_set, charset)
    tags = (int(tag) for tag in data_set.keys())  # noqa: SIM118 - iterating a Dataset decodes it
    keys = (ReturnKey(tag, vr_of(data_set, tag)) for tag in tags if tag & 0xFFFF and tag != SPECIFIC_CHARACTER_SET)
    return tuple(_element(data_set, key, (), charset) for key in keys)


def _element(data_set: Dataset, key: ReturnKey, conditions: Sequence[Condition], charset: str) -> Element:
    vr = vr_of(data_set, key.tag) if key.tag in data_set else key.vr
    if vr == "SQ":
        wanted = next((each.items for each in conditions if each.tag == key.tag), ())
        items = (item for item in items_of(data_set, key.tag) if matches(item, wanted, charset))
        if key.items:
            return Element(key.tag, vr, tuple(project(item, key.items, wanted, charset) for item in items))
        return Element(key.tag, vr, tuple(whole(item, charset) for item in items))
    texts = texts_of(data_set, key.tag, charset)
    if not texts and key.tag in data_set:
        value = data_set.get_item(key.tag, keep_deferred=True).value
        if isinstance(value, bytes) and vr[0] in "OU" and vr not in ("UI", "US", "UL", "UV", "UC", "UR", "UT"):
            return Element(key.tag, vr, value)
    return Element(key.tag, vr, "\\".join(texts))
