"""The matrix: what counts, what it looks like, and that the committed one is what the tests showed."""

import ast
from pathlib import Path

import pytest

from tests.interop.conftest import Proves
from tests.interop.matrix import (
    ALONE,
    FOLDER,
    MATRIX,
    Ledger,
    Proof,
    check_foreign,
    committed,
    ledger_of,
    proving_files,
    read,
    render,
)
from workbench.uids import IMPLEMENTATION_CLASS_UID

DCMTK = "1.2.276.0.7230010.3.0.3.6.7"

PROOFS = {
    Proof("Storage", "SCU", "DCMTK", "test_dcmtk.py::test_a"),
    Proof("Storage", "SCU", "Orthanc", "test_orthanc.py::test_b"),
    Proof("Storage", "SCP", ALONE, "test_own.py::test_c"),
}


def test_a_peer_of_another_maker_counts() -> None:
    check_foreign("DCMTK", DCMTK)
    check_foreign("somebody", "1.2.3")


@pytest.mark.parametrize(
    ("peer", "uid", "problem"),
    [
        ("DCMTK", "", "did not tell"),
        ("DCMTK", IMPLEMENTATION_CLASS_UID, "our own"),
        ("somebody", IMPLEMENTATION_CLASS_UID, "our own"),
        ("pynetdicom", DCMTK, "is not an implementation of pynetdicom"),
    ],
)
def test_who_is_not_that_peer_does_not_count(peer: str, uid: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        check_foreign(peer, uid)


def test_a_matrix_says_who_covers_what_and_is_read_back() -> None:
    text = render(PROOFS)
    assert f"| Storage | DCMTK, Orthanc | {ALONE} |" in text
    assert read(text) == PROOFS


def test_own_instances_are_not_named_beside_a_foreign_peer() -> None:
    text = render({*PROOFS, Proof("Storage", "SCU", ALONE, "test_own.py::test_d")})
    assert f"| Storage | DCMTK, Orthanc | {ALONE} |" in text


def whole(**attributes: bool) -> Ledger:
    return Ledger(proofs=set(PROOFS), modules=proving_files(), **attributes)


def test_a_cell_that_the_matrix_lacks_is_told_also_by_a_part_of_the_tests() -> None:
    some = sorted(PROOFS)[:1]
    assert len(Ledger(proofs=set(some)).complaints(PROOFS - set(some))) == 1
    assert Ledger(proofs=set(some)).complaints(PROOFS) == []


def test_a_cell_that_is_shown_no_more_is_told_when_all_tests_have_run() -> None:
    stale = Proof("Print", "SCU", "DCMTK", "test_print.py::test_gone")
    assert whole().complaints({*PROOFS, stale}) == [f"is in the matrix, but was not shown: {stale}"]
    assert whole(is_partial=True).complaints({*PROOFS, stale}) == []


def test_every_test_that_the_matrix_names_is_there() -> None:
    assert [proof for proof in committed() if not _exists(proof.test)] == []


def test_the_committed_matrix_is_what_the_tests_showed(pytestconfig: pytest.Config) -> None:
    # It runs after all others of this folder; what did not run says nothing.
    assert ledger_of(pytestconfig).complaints(committed()) == [], "run: python -m tests.interop.matrix"
    assert MATRIX.read_text(encoding="utf-8") == render(committed())


def _exists(test: str) -> bool:
    file, _, function = test.partition("::")
    path = FOLDER / Path(file).name
    if not path.is_file():
        return False
    return any(getattr(node, "name", "") == function for node in ast.walk(ast.parse(path.read_bytes())))


def test_nobody_is_proven_whom_this_test_has_not_met(proves: Proves) -> None:
    with pytest.raises(AssertionError, match="no peer said"):
        proves("Telepathy", "SCU", "pynetdicom", "1.2.826.0.1.3680043.9.3811.9.9.9")
