"""How person names are compared (PS3.4 C.2.2.2.1.1, C.2.2.2.4 and PS3.5 6.2.1).

A name has up to three groups (alphabetic, ideographic, phonetic) of up to five components. Case never counts. Accents
do, unless fuzzy semantic matching was negotiated, and then neither the order of the components nor their spelling
counts, as long as they sound alike (American Soundex).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_COMPONENTS: Final = 5
_SOUNDS: Final = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}
_WORDS: Final = re.compile(r"[\^\s,.;'’-]+")


@lru_cache(maxsize=512)
def fold_name(text: str) -> str:
    """Gives a name without what does not count: case, spaces around components, trailing delimiters."""
    folded = unicodedata.normalize("NFC", text).casefold()
    groups = ("^".join(part.strip() for part in group.split("^")).rstrip("^") for group in folded.split("="))
    return "=".join(groups).rstrip("=")


def name_matches(key: str, name: str, *, fuzzy: bool = False) -> bool:
    """Whether a name matches a key, which may have wild cards.

    A key without "=" is tried on each group of the name. One with it is compared group by group; an empty group of the
    key matches every group.
    """
    groups = fold_name(name).split("=")
    keys = fold_name(key).split("=")
    compare = _sounds_like if fuzzy else _group_matches
    if len(keys) == 1:
        return any(compare(keys[0], group) for group in groups if group)
    groups += [""] * (len(keys) - len(groups))
    return all(not part or compare(part, group) for part, group in zip(keys, groups, strict=False))


@lru_cache(maxsize=256)
def wild_card(pattern: str) -> "re.Pattern[str]":
    """Gives the expression for a key with * (any characters, also none) and ? (one character) (PS3.4 C.2.2.2.4).

    What stands between two stars is taken where it is found first, and never looked for again: so no key, however many
    stars a peer puts into it, takes longer than its length times that of the value.
    """
    first, *others = ("".join("." if mark == "?" else re.escape(mark) for mark in part) for part in pattern.split("*"))
    between = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    return re.compile(first + between + (f".*{others[-1]}" if others else ""), re.DOTALL)


def _group_matches(key: str, group: str) -> bool:
    if "*" not in key and "?" not in key:
        return key == group
    # A name without trailing components is the same as one with empty ones, so DOE^* finds DOE.
    padded = group + "^" * (_COMPONENTS - 1 - group.count("^"))
    expression = wild_card(key)
    return expression.fullmatch(group) is not None or expression.fullmatch(padded) is not None


def _sounds_like(key: str, group: str) -> bool:
    """Whether every word of the key is one of the name's words, or sounds like one."""
    names = _words(group)
    return all(any(_word_matches(word, name) for name in names) for word in _words(key))


def _word_matches(word: str, name: str) -> bool:
    if "*" in word or "?" in word:
        return wild_card(word).fullmatch(name) is not None
    return word == name or (word.isascii() and name.isascii() and _soundex(word) == _soundex(name) != "")


def _words(text: str) -> list[str]:
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return [word for word in _WORDS.split(bare) if word]


def _soundex(word: str) -> str:
    letters = [mark for mark in word if mark.isalpha()]
    if not letters:
        return ""
    code, last = letters[0], _SOUNDS.get(letters[0], "")
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter, "")
        if sound and sound != last:
            code += sound
        if letter not in "hw":
            last = sound
    return code[:4].ljust(4, "0")
