"""The transfer syntaxes that DCMTK's tools propose and prefer."""

import pytest

from tests.acse.requests import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, J2K, JPEG
from workbench import dictionary
from workbench.acse.syntax_choices import ALL_SYNTAXES, COMPRESSIONS, preference, storage_proposal

MPEG2 = "1.2.840.10008.1.2.4.100"


@pytest.mark.parametrize(
    ("choice", "contexts"),
    [
        ("uncompr", ((EXPLICIT,), (BIG_ENDIAN, IMPLICIT))),
        ("little", ((EXPLICIT,), (BIG_ENDIAN, IMPLICIT))),
        ("big", ((BIG_ENDIAN,), (EXPLICIT, IMPLICIT))),
        ("implicit", ((IMPLICIT,),)),
        ("deflated", ((DEFLATED,), (EXPLICIT, BIG_ENDIAN, IMPLICIT))),
        ("jpeg8", ((JPEG,), (EXPLICIT, BIG_ENDIAN, IMPLICIT))),
        ("mpeg2", ((MPEG2,),)),
    ],
)
def test_what_storage_proposes(choice: str, contexts: tuple[tuple[str, ...], ...]) -> None:
    assert storage_proposal(choice) == contexts
    assert storage_proposal(choice, combined=True) == (sum(contexts, ()),)


@pytest.mark.parametrize(
    ("choice", "syntaxes"),
    [
        ("uncompr", (EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        ("big", (BIG_ENDIAN, EXPLICIT, IMPLICIT)),
        ("implicit", (IMPLICIT,)),
        ("deflated", (DEFLATED, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        ("j2k-lossless", (J2K, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
        ("mpeg2", (MPEG2, EXPLICIT, BIG_ENDIAN, IMPLICIT)),
    ],
)
def test_what_an_scp_prefers(choice: str, syntaxes: tuple[str, ...]) -> None:
    assert preference(choice) == syntaxes


def test_all_are_36_transfer_syntaxes_and_those_of_every_choice() -> None:
    assert len(set(ALL_SYNTAXES)) == len(ALL_SYNTAXES) == 36
    assert set(ALL_SYNTAXES) <= set(dictionary.transfer_syntaxes())
    assert {each.uid for each in COMPRESSIONS} <= set(ALL_SYNTAXES)
    assert ALL_SYNTAXES[-3:] == (EXPLICIT, BIG_ENDIAN, IMPLICIT)
