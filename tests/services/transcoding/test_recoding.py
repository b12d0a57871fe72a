"""Data sets written anew, value for value."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import DataSetError
from workbench.services.transcoding.recoding import Encoding, Recoder, encoding_of, swap
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

IMPLICIT = encoding_of(IMPLICIT_VR_LITTLE_ENDIAN)
LITTLE = encoding_of(EXPLICIT_VR_LITTLE_ENDIAN)
BIG = encoding_of(EXPLICIT_VR_BIG_ENDIAN)


def recode(text: str | bytes, before: Encoding, after: Encoding, *, is_signed: bool = False) -> str:
    data = bytes.fromhex(text) if isinstance(text, str) else text
    target = BytesIO()
    Recoder(BytesIO(data), target, before=before, after=after, is_signed=is_signed).run()
    return target.getvalue().hex(" ").upper()


# Each in Explicit VR Little Endian, Implicit VR Little Endian and Explicit VR Big Endian.
CASES = [
    # (0010,0010) PN "A^B " keeps its bytes.
    (
        "10 00 10 00 50 4E 04 00 41 5E 42 20",
        "10 00 10 00 04 00 00 00 41 5E 42 20",
        "00 10 00 10 50 4E 00 04 41 5E 42 20",
    ),
    # (0028,0010) US 512, (0008,0040)-like numbers of 2 bytes are swapped.
    (
        "28 00 10 00 55 53 02 00 00 02",
        "28 00 10 00 02 00 00 00 00 02",
        "00 28 00 10 55 53 00 02 02 00",
    ),
    # (0028,0009) AT (0018,1063): two numbers of 2 bytes.
    (
        "28 00 09 00 41 54 04 00 18 00 63 10",
        "28 00 09 00 04 00 00 00 18 00 63 10",
        "00 28 00 09 41 54 00 04 00 18 10 63",
    ),
    # (0018,9073) FD 1.0
    (
        "18 00 73 90 46 44 08 00 00 00 00 00 00 00 F0 3F",
        "18 00 73 90 08 00 00 00 00 00 00 00 00 00 F0 3F",
        "00 18 90 73 46 44 00 08 3F F0 00 00 00 00 00 00",
    ),
    # (7FE0,0010) OW, two words.
    (
        "E0 7F 10 00 4F 57 00 00 04 00 00 00 01 02 03 04",
        "E0 7F 10 00 04 00 00 00 01 02 03 04",
        "7F E0 00 10 4F 57 00 00 00 00 00 04 02 01 04 03",
    ),
    # (0009,1001) private: Implicit VR does not tell its VR, so it is UN and never swapped.
    (
        "09 00 01 10 55 4E 00 00 02 00 00 00 01 02",
        "09 00 01 10 02 00 00 00 01 02",
        "00 09 10 01 55 4E 00 00 00 00 00 02 01 02",
    ),
    # (0009,0010) LO, a private creator.
    (
        "09 00 10 00 4C 4F 02 00 58 59",
        "09 00 10 00 02 00 00 00 58 59",
        "00 09 00 10 4C 4F 00 02 58 59",
    ),
    # (0008,1140) SQ with one item of (0008,1150) UI "1.2", all of undefined length.
    (
        "08 00 40 11 53 51 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF"
        " 08 00 50 11 55 49 04 00 31 2E 32 00 FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00",
        "08 00 40 11 FF FF FF FF FE FF 00 E0 FF FF FF FF"
        " 08 00 50 11 04 00 00 00 31 2E 32 00 FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00",
        "00 08 11 40 53 51 00 00 FF FF FF FF FF FE E0 00 FF FF FF FF"
        " 00 08 11 50 55 49 00 04 31 2E 32 00 FF FE E0 0D 00 00 00 00 FF FE E0 DD 00 00 00 00",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0][:11] for case in CASES])
@pytest.mark.parametrize("before", [LITTLE, IMPLICIT, BIG], ids=["explicit", "implicit", "big"])
@pytest.mark.parametrize("after", [LITTLE, IMPLICIT, BIG], ids=["explicit", "implicit", "big"])
def test_every_way_between_the_three_encodings(case: tuple[str, ...], before: Encoding, after: Encoding) -> None:
    forms = dict(zip((LITTLE, IMPLICIT, BIG), case, strict=True))
    assert recode(forms[before], before, after) == forms[after]


def test_defined_lengths_become_undefined_ones() -> None:
    # (0008,1140) SQ of 20 bytes: an item of 12 with (0008,1150).
    before = "08 00 40 11 53 51 00 00 14 00 00 00 FE FF 00 E0 0C 00 00 00 08 00 50 11 55 49 04 00 31 2E 32 00"
    assert recode(before, LITTLE, LITTLE) == CASES[-1][0]
    assert recode("08 00 40 11 53 51 00 00 00 00 00 00", LITTLE, IMPLICIT) == (
        "08 00 40 11 FF FF FF FF FE FF DD E0 00 00 00 00"
    )


def test_group_lengths_are_left_out() -> None:
    assert recode("08 00 00 00 04 00 00 00 0A 00 00 00" + CASES[0][1], IMPLICIT, LITTLE) == CASES[0][0]


@pytest.mark.parametrize(("is_signed", "vr"), [(False, "55 53"), (True, "53 53")])
def test_pixel_representation_decides_between_us_and_ss(is_signed: bool, vr: str) -> None:
    # (0028,0106) Smallest Image Pixel Value
    found = recode("28 00 06 01 02 00 00 00 FE FF", IMPLICIT, LITTLE, is_signed=is_signed)
    assert found == f"28 00 06 01 {vr} 02 00 FE FF"


def test_value_too_long_for_its_vr_becomes_un_and_stays_as_it_is() -> None:
    # (3006,0050) Contour Data, DS
    value = b"1\\" * 40_000
    before = struct.pack("<HHL", 0x3006, 0x0050, len(value)) + value
    expected = struct.pack("<HH2s2xL", 0x3006, 0x0050, b"UN", len(value)) + value
    assert recode(before, IMPLICIT, LITTLE) == expected.hex(" ").upper()
    assert recode(expected, LITTLE, IMPLICIT) == before.hex(" ").upper()


def test_un_of_undefined_length_stays_in_implicit_vr_whatever_is_around() -> None:
    # PS3.5 6.2.2: (0009,1002) UN holds an item with (0008,1150) in Implicit VR Little Endian.
    held = "FE FF 00 E0 FF FF FF FF 08 00 50 11 04 00 00 00 31 2E 32 00 FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00"
    assert recode(f"09 00 02 10 55 4E 00 00 FF FF FF FF {held}", LITTLE, BIG) == (
        f"00 09 10 02 55 4E 00 00 FF FF FF FF {held}"
    )
    assert recode(f"09 00 02 10 55 4E 00 00 FF FF FF FF {held}", LITTLE, IMPLICIT) == f"09 00 02 10 FF FF FF FF {held}"


def test_unknown_sequence_of_implicit_vr_is_one() -> None:
    held = "FE FF 00 E0 FF FF FF FF 08 00 50 11 04 00 00 00 31 2E 32 00 FE FF 0D E0 00 00 00 00 FE FF DD E0 00 00 00 00"
    found = recode(f"09 00 02 10 FF FF FF FF {held}", IMPLICIT, LITTLE)
    assert found.startswith("09 00 02 10 53 51 00 00 FF FF FF FF")
    assert "08 00 50 11 55 49 04 00" in found


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("28 00 10 00 55 53 03 00 00 02 00", r"\(0028,0010\) at byte 0: a value of b'US' has 3 bytes"),
        ("28 00 10 00 58 58 00 00 02 00 00 00 00 02", r"unknown kind and cannot be swapped"),
        ("10 00 10 00 50 4E 09 00 41", "ends at byte 9, within an element"),
        ("10 00 10 00 50", "ends at byte 5, within an element"),
        ("FE FF 0D E0 00 00 00 00", r"\(FFFE,E00D\) at byte 0 is out of place"),
        ("08 00 40 11 53 51 00 00 FF FF FF FF 08 00 50 11 55 49 00 00", r"\(0008,1150\) at byte 12: an item is due"),
        ("08 00 40 11 53 51 00 00 04 00 00 00 FE FF 00 E0 00 00 00 00", "what it holds is longer than itself"),
        ("E0 7F 10 00 4F 42 00 00 FF FF FF FF", "a value in fragments is decoded at the top level only"),
        ("08 00 40 11 53 51 00 00 FF FF FF FF FE FF 00 E0 FF FF FF FF" * 65, "nested deeper than 64"),
    ],
)
def test_what_cannot_be_converted_is_named_with_its_place(data: str, problem: str) -> None:
    with pytest.raises(DataSetError, match=problem):
        recode(data, LITTLE, BIG)


@given(st.sampled_from([2, 4, 8]), st.binary(max_size=64))
def test_swapping_twice_changes_nothing(unit: int, data: bytes) -> None:
    data = data[: len(data) // unit * unit]
    assert swap(swap(data, unit), unit) == data


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_only_a_data_set_error_is_raised(data: bytes) -> None:
    for before in (LITTLE, IMPLICIT, BIG):
        for after in (LITTLE, IMPLICIT, BIG):
            try:
                recode(data, before, after)
            except DataSetError:
                continue


# (0008,0016) UI "1.2\0", (0010,0010) PN "A^B ", (7FE0,0010) OB in one fragment 01 02.
UI, PN = "08 00 16 00 55 49 04 00 31 2E 32 00", "10 00 10 00 50 4E 04 00 41 5E 42 20"
FRAGMENT = "FE FF 00 E0 00 00 00 00 FE FF 00 E0 02 00 00 00 01 02 FE FF DD E0 00 00 00 00"
COMPRESSED = f"E0 7F 10 00 4F 42 00 00 FF FF FF FF {FRAGMENT}"


def recode_given(text: str, given: dict[int, bytes]) -> str:
    target = BytesIO()
    Recoder(BytesIO(bytes.fromhex(text)), target, before=LITTLE, after=LITTLE, given=given).run()
    return target.getvalue().hex(" ").upper()


def test_given_values_are_there_afterwards_at_their_places() -> None:
    name = "10 00 10 00 50 4E 02 00 58 59"
    assert recode_given(f"{UI} {PN}", {0x00100010: b"XY"}) == f"{UI} {name}"
    assert recode_given(UI, {0x00100010: b"XY"}) == f"{UI} {name}"
    assert recode_given(PN, {0x00080016: b"1.2\0"}) == f"{UI} {PN}"
    assert recode_given("", {0x00100010: b"XY", 0x00080016: b"1.2\0"}) == f"{UI} {name}"


def test_compressed_pixels_are_passed_on_when_they_may_be() -> None:
    target = BytesIO()
    data = bytes.fromhex(f"{PN} {COMPRESSED}")
    Recoder(BytesIO(data), target, before=LITTLE, after=LITTLE, keeps_fragments=True).run()
    assert target.getvalue() == data
    with pytest.raises(DataSetError, match="a value in fragments"):
        recode(data, LITTLE, LITTLE)


@pytest.mark.parametrize("vr", ["OD", "OF", "OL", "OV", "SV", "UC", "UN", "UR", "UT", "UV", "LO"])
def test_new_vrs_become_ob_when_they_must(vr: str) -> None:
    value = "00 00 02 00 00 00 01 02" if vr != "LO" else "02 00 01 02"
    data = bytes.fromhex(f"09 00 01 10 {vr.encode().hex()} {value}")
    target = BytesIO()
    Recoder(BytesIO(data), target, before=LITTLE, after=LITTLE, old_vrs=True).run()
    assert target.getvalue() == (data if vr == "LO" else data.replace(vr.encode(), b"OB"))


_TAGS = st.sampled_from([0x00080018, 0x00080050, 0x00100010, 0x00100020, 0x0020000D, 0x00200010])
_VALUES = st.dictionaries(_TAGS, st.sampled_from([b"", b"AB", b"1.2.3.4 "]))
_VRS = {
    0x00080018: b"UI",
    0x00080050: b"SH",
    0x00100010: b"PN",
    0x00100020: b"LO",
    0x0020000D: b"UI",
    0x00200010: b"SH",
}


def encoded(values: dict[int, bytes]) -> str:
    return (
        b"".join(
            struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, _VRS[tag], len(value)) + value
            for tag, value in sorted(values.items())
        )
        .hex(" ")
        .upper()
    )


@given(_VALUES, _VALUES)
def test_given_values_win_and_all_is_in_order(before: dict[int, bytes], new: dict[int, bytes]) -> None:
    assert recode_given(encoded(before), new) == encoded({**before, **new})
