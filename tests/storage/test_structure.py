"""The walk over element headers: what it accepts, what it refuses, in any split."""

import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.instances import data_set_bytes, make_instance, make_set
from workbench.storage.part10 import scan
from workbench.storage.structure import (
    CANNOT_UNDERSTAND,
    DATA_SET_MISMATCH,
    MAXIMUM_NESTING,
    Problem,
    StructureCheck,
    guess_encoding,
)
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

CT = "1.2.840.10008.5.1.4.1.1.2"
UID = "1.2.3.4"
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xE000, 0xE00D, 0xE0DD


def implicit(group: int, element: int, value: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<HHL", group, element, len(value) if length is None else length) + value


def explicit(group: int, element: int, vr: bytes, value: bytes = b"", length: int | None = None) -> bytes:
    length = len(value) if length is None else length
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return struct.pack("<HH2s2xL", group, element, vr, length) + value
    return struct.pack("<HH2sH", group, element, vr, length) + value


def uid(text: str) -> bytes:
    return text.encode() + b"\0" * (len(text) % 2)


IMPLICIT_HEAD = implicit(8, 0x16, uid(CT)) + implicit(8, 0x18, uid(UID))
EXPLICIT_HEAD = explicit(8, 0x16, b"UI", uid(CT)) + explicit(8, 0x18, b"UI", uid(UID))


def check(data: bytes, syntax: str = EXPLICIT_VR_LITTLE_ENDIAN, step: int = 0) -> Problem | None:
    walk = StructureCheck(syntax, sop_class_uid=CT, sop_instance_uid=UID)
    step = step or max(1, len(data))
    for start in range(0, len(data), step):
        walk.feed(data[start : start + step])
    return walk.finish()


def test_every_kind_of_instance_passes_in_any_split(tmp_path: Path) -> None:
    for path in make_set(tmp_path):
        instance, data = scan(path), data_set_bytes(path)
        for step in (len(data), 1, 7, 4096):
            walk = StructureCheck(
                instance.transfer_syntax_uid,
                sop_class_uid=instance.sop_class_uid,
                sop_instance_uid=instance.sop_instance_uid,
            )
            for start in range(0, len(data), step):
                walk.feed(memoryview(data)[start : start + step])
            assert walk.finish() is None, (path.name, step)


def test_values_that_are_wanted_are_kept_in_any_split() -> None:
    item = implicit(0xFFFE, ITEM, length=10) + explicit(8, 0x100, b"SH", b"A ")
    data = (
        EXPLICIT_HEAD
        + explicit(8, 0x60, b"CS", b"CT")
        + explicit(8, 0x1032, b"SQ", item)
        + explicit(0x10, 0x10, b"PN", b"Doe ")
        + explicit(0x10, 0x4000, b"UN", b"x" * 20_000)
        + explicit(0x7FE0, 0x10, b"OW", bytes(100))
    )
    wanted = {0x00080060: None, 0x00081032: {0x00080100: None}, 0x00104000: None}
    for step in (len(data), 1, 7, 4096):
        walk = StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN, wanted=wanted)
        for start in range(0, len(data), step):
            walk.feed(data[start : start + step])
        assert walk.finish() is None
        # The last one is longer than what is kept.
        assert walk.found == {0x00080060: b"CT", 0x00081032: [{0x00080100: b"A "}]}
        assert walk.is_past_wanted


def nested(depth: int) -> bytes:
    start = explicit(0x0040, 0xA730, b"SQ", length=UNDEFINED) + implicit(0xFFFE, ITEM, length=UNDEFINED)
    end = implicit(0xFFFE, ITEM_END) + implicit(0xFFFE, SEQUENCE_END)
    return start * depth + end * depth


GOOD = {
    "nothing else": b"",
    "defined lengths": explicit(0x40, 1, b"SQ", implicit(0xFFFE, ITEM, explicit(8, 0x60, b"CS", b"CT"))),
    "an item of length 0": explicit(0x40, 1, b"SQ", implicit(0xFFFE, ITEM)),
    "an empty sequence": explicit(0x40, 1, b"SQ"),
    "an undefined item in a defined sequence": explicit(
        0x40, 1, b"SQ", implicit(0xFFFE, ITEM, length=UNDEFINED) + implicit(0xFFFE, ITEM_END)
    ),
    "UN of undefined length, in implicit VR": explicit(0x41, 0x1001, b"UN", length=UNDEFINED)
    + implicit(0xFFFE, ITEM, implicit(8, 0x60, b"CT"))
    + implicit(0xFFFE, SEQUENCE_END),
    "fragments": explicit(0x7FE0, 0x10, b"OB", length=UNDEFINED)
    + implicit(0xFFFE, ITEM)
    + implicit(0xFFFE, ITEM, b"\xff\xd8\xff\xd9")
    + implicit(0xFFFE, SEQUENCE_END),
    "the deepest nesting": nested(MAXIMUM_NESTING),
    "an odd length": explicit(0x29, 0x1001, b"LO", b"odd"),
    "a VR of the future": struct.pack("<HH2s2xL", 0x29, 0x1001, b"ZZ", 2) + b"ab",
    "a UID of another instance in an item": explicit(
        0x40, 1, b"SQ", implicit(0xFFFE, ITEM, explicit(8, 0x18, b"UI", b"9.9\0"))
    ),
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("step", [0, 1, 5])
def test_sound_structure_passes(name: str, step: int) -> None:
    assert check(EXPLICIT_HEAD + GOOD[name], step=step) is None


SEQUENCE = explicit(0x40, 1, b"SQ", length=UNDEFINED)
UNSOUND: dict[str, tuple[bytes, int, str]] = {
    "last value cut short": (explicit(0x10, 0x10, b"PN", b"abc", length=10), 0xC000, "within an element"),
    "header cut short": (b"\x10\0\x10\0PN", 0xC000, "within an element"),
    "sequence not closed": (SEQUENCE, 0xC000, "within a sequence"),
    "item not closed": (SEQUENCE + implicit(0xFFFE, ITEM, length=UNDEFINED), 0xC000, "within a data set or item"),
    "too deep": (nested(MAXIMUM_NESTING + 1), 0xC000, "deeper than 64"),
    "element longer than its item": (
        explicit(0x40, 1, b"SQ", implicit(0xFFFE, ITEM, explicit(8, 0x60, b"CS", b"CT", length=40))),
        0xC000,
        "(0008,0060) at byte",
    ),
    "item longer than its sequence": (explicit(0x40, 1, b"SQ", implicit(0xFFFE, ITEM, length=40)), 0xC000, "the item"),
    "sequence longer than its item": (
        explicit(0x40, 1, b"SQ", implicit(0xFFFE, ITEM, explicit(0x40, 2, b"SQ", length=90))),
        0xC000,
        "longer than what holds it",
    ),
    "element where an item is due": (SEQUENCE + explicit(8, 0x60, b"CS", b"CT"), 0xC000, "an item is due"),
    "fragment of undefined length": (
        explicit(0x7FE0, 0x10, b"OB", length=UNDEFINED) + implicit(0xFFFE, ITEM, length=UNDEFINED),
        0xC000,
        "an item is due",
    ),
    "item outside a sequence": (implicit(0xFFFE, ITEM), 0xC000, "out of place"),
    "end of item at the top": (implicit(0xFFFE, ITEM_END), 0xC000, "out of place"),
    "no VR": (struct.pack("<HH2sH", 0x29, 0x1010, b"??", 4) + bytes(4), 0xC000, "(0029,1010) at byte"),
    "text of undefined length": (explicit(0x29, 0x1010, b"UT", length=UNDEFINED), 0xC000, "has no length"),
    "another instance": (explicit(8, 0x18, b"UI", b"9.9\0"), 0xA900, "SOP Instance UID (0008,0018) differs"),
    "a UID without end": (explicit(8, 0x18, b"UI", b"1" * 200), 0xA900, "has 200 characters"),
}


@pytest.mark.parametrize("name", UNSOUND)
@pytest.mark.parametrize("step", [0, 1, 5])
def test_unsound_structure_is_refused(name: str, step: int) -> None:
    data, status, comment = UNSOUND[name]
    problem = check(EXPLICIT_HEAD + data, step=step)
    assert problem is not None
    assert problem.status == status
    assert comment in problem.comment
    assert len(problem.comment) <= 64


@pytest.mark.parametrize(
    ("data", "syntax", "status"),
    [
        (b"", EXPLICIT_VR_LITTLE_ENDIAN, CANNOT_UNDERSTAND),
        (EXPLICIT_HEAD, IMPLICIT_VR_LITTLE_ENDIAN, CANNOT_UNDERSTAND),
        (EXPLICIT_HEAD, EXPLICIT_VR_BIG_ENDIAN, CANNOT_UNDERSTAND),
        (IMPLICIT_HEAD, EXPLICIT_VR_LITTLE_ENDIAN, CANNOT_UNDERSTAND),
        (bytes(128) + b"DICM" + bytes(200), EXPLICIT_VR_LITTLE_ENDIAN, CANNOT_UNDERSTAND),
        (implicit(8, 0x18, uid(UID)), IMPLICIT_VR_LITTLE_ENDIAN, DATA_SET_MISMATCH),
        (implicit(8, 0x16, uid(CT)), IMPLICIT_VR_LITTLE_ENDIAN, DATA_SET_MISMATCH),
        (implicit(8, 0x16, uid("1.2")) + implicit(8, 0x18, uid(UID)), IMPLICIT_VR_LITTLE_ENDIAN, DATA_SET_MISMATCH),
    ],
)
def test_wrong_encoding_and_wrong_identity_are_told_apart(data: bytes, syntax: str, status: int) -> None:
    problem = check(data, syntax)
    assert problem is not None
    assert problem.status == status


@pytest.mark.parametrize("syntax", [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "1.2.276.0.7230010.3.1.9"])
def test_what_cannot_be_walked_is_not_refused(syntax: str) -> None:
    assert check(b"\x4b\x4c\xff\xff", syntax) is None


def test_sequences_150_000_deep_are_refused_early_and_in_no_time() -> None:
    walk = StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN)
    walk.feed(EXPLICIT_HEAD + nested(150_000))
    assert walk.problem == Problem(CANNOT_UNDERSTAND, "sequences are nested deeper than 64")


@given(st.binary(max_size=400), st.sampled_from([IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN]), st.data())
def test_any_bytes_give_the_same_verdict_in_any_split(tail: bytes, syntax: str, data: st.DataObject) -> None:
    head = IMPLICIT_HEAD if syntax == IMPLICIT_VR_LITTLE_ENDIAN else EXPLICIT_HEAD
    whole = check(head + tail, syntax)
    assert check(head + tail, syntax, step=data.draw(st.integers(1, 90))) == whole


def test_every_cut_of_an_instance_is_noticed(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "SR")
    instance, data = scan(path), data_set_bytes(path)
    for end in range(len(data)):
        walk = StructureCheck(instance.transfer_syntax_uid, sop_instance_uid=instance.sop_instance_uid)
        walk.feed(data[:end])
        problem = walk.finish()
        # Where the cut falls between two elements of the data set, only what stands before it can tell.
        assert problem is not None or data[end - 8 : end] or walk.sop_instance_uid


def test_a_usual_object_costs_next_to_nothing(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT", size_bytes=525_000)
    data = data_set_bytes(path)
    best = min(_seconds_of_walk(data) for _ in range(20))
    assert best < 0.002  # about 50 microseconds; the rest is for busy machines


def _seconds_of_walk(data: bytes) -> float:
    begin = time.perf_counter()
    walk = StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN)
    walk.feed(data)
    walk.finish()
    return time.perf_counter() - begin


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (EXPLICIT_HEAD[:8], (False, False)),
        (IMPLICIT_HEAD[:8], (True, False)),
        (b"\0\x08\0\x16UI\0\x1a", (False, True)),
        (bytes(8), None),
        (b"\x02\0\0\0UL\x04\0", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"#!/bin/s", None),
        (b"", None),
        (EXPLICIT_HEAD[:7], None),
    ],
)
def test_encoding_is_told_by_the_first_element(start: bytes, expected: tuple[bool, bool] | None) -> None:
    assert guess_encoding(start) == expected
