"""Which foreign peers showed which service, in which of our roles: counted by the tests, written to MATRIX.md.

A test calls the fixture `proves` when it has seen the service work; the cell counts when the test has passed.

    python -m tests.interop.matrix      runs the interoperability tests and writes MATRIX.md
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

import pytest

from workbench.uids import IMPLEMENTATION_CLASS_UID

FOLDER: Final = Path(__file__).resolve().parent
MATRIX: Final = FOLDER / "MATRIX.md"
WRITE: Final = "WRITE_INTEROP_MATRIX"  # set in the environment of a run whose cells are to be written
ALONE: Final = "own instances + byte fixtures"

OurRole = Literal["SCU", "SCP"]

# The roots below which makers number their implementations. Orthanc is built on DCMTK and says so.
_ROOTS: Final = {
    "DCMTK": "1.2.276.0.7230010.3.",
    "Orthanc": "1.2.276.0.7230010.3.",
    "pynetdicom": "1.2.826.0.1.3680043.9.3811.",
}

_HEAD: Final = """# Interoperability matrix

Made by `python -m tests.interop.matrix` from the tests that passed; not written by hand. A peer counts only when the
implementation class UID that it gave on the wire was not ours. "{alone}" stands where no peer
of another maker that speaks the service can be installed.

## Services

| service | we are SCU, the peer is SCP | we are SCP, the peer is SCU |
| --- | --- | --- |
"""

_TESTS_HEAD: Final = """
## Tests

| service | our role | peer | test |
| --- | --- | --- | --- |
"""

_TEST_ROW: Final = re.compile(r"^\| (?P<service>.+?) \| (?P<role>SCU|SCP) \| (?P<peer>.+?) \| `(?P<test>\S+)` \|$")


class Proof(NamedTuple):
    """One test that shows one cell; `test` is file and function, without parameters."""

    service: str
    role: str
    peer: str
    test: str


@dataclass
class Ledger:
    """What a run of the tests showed.

    Attributes:
        proofs: those of tests that passed.
        modules: the files of the interoperability tests that were collected.
        is_partial: tests were left out, skipped or failed, so that what is missing means nothing.
    """

    proofs: set[Proof] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    is_partial: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every interoperability test has run and passed."""
        return not self.is_partial and self.modules >= proving_files()

    def take(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Takes the outcome of a phase of a test, with what it said it proves."""
        if not report.passed:
            self.is_partial = True
        elif report.when == "call":
            shown = [str(value).split("|") for name, value in item.user_properties if name == PROPERTY]
            self.proofs.update(Proof(service, role, peer, function_of(item)) for service, role, peer in shown)

    def complaints(self, committed: Iterable[Proof]) -> list[str]:
        """Gives a line for each proof that the committed matrix lacks or has in vain."""
        known = set(committed)
        missing = [f"is not in the matrix: {proof}" for proof in sorted(self.proofs - known)]
        vain = [f"is in the matrix, but was not shown: {proof}" for proof in sorted(known - self.proofs)]
        return missing + (vain if self.is_whole else [])


PROPERTY: Final = "matrix"
"""The name under which a test keeps what it proves: "service|role|peer"."""

LEDGER: Final = pytest.StashKey[Ledger]()


def proving_files() -> set[str]:
    """Gives the names of the files with tests that may prove something."""
    return {path.name for path in FOLDER.glob("test_*.py")} - {"test_matrix.py"}


def ledger_of(config: pytest.Config) -> Ledger:
    """Gives the ledger of a run."""
    if LEDGER not in config.stash:
        config.stash[LEDGER] = Ledger(is_partial=any("::" in argument for argument in config.args))
    return config.stash[LEDGER]


def function_of(item: pytest.Item) -> str:
    """Gives the file and the function of a test."""
    return f"{item.path.name}::{getattr(item, 'originalname', item.name)}"


def check_foreign(peer: str, implementation_class_uid: str) -> None:
    """Fails unless the UID is that of another maker, and of this one where its root is known."""
    uid = implementation_class_uid
    assert uid, f"{peer} did not tell its implementation class UID"
    assert uid != IMPLEMENTATION_CLASS_UID, f"{peer} answered with our own implementation class UID"
    root = next((root for maker, root in _ROOTS.items() if peer.startswith(maker)), "")
    assert uid.startswith(root), f"{uid} is not an implementation of {peer}"


def render(proofs: Iterable[Proof]) -> str:
    """Gives the text of MATRIX.md."""
    ordered = sorted(set(proofs), key=lambda proof: (proof.service.casefold(), proof.role, proof.peer, proof.test))
    services = dict.fromkeys(proof.service for proof in ordered)
    rows = [f"| {one} | {_peers(ordered, one, 'SCU')} | {_peers(ordered, one, 'SCP')} |\n" for one in services]
    tests = [f"| {one.service} | {one.role} | {one.peer} | `{one.test}` |\n" for one in ordered]
    return _HEAD.format(alone=ALONE) + "".join(rows) + _TESTS_HEAD + "".join(tests)


def _peers(proofs: list[Proof], service: str, role: str) -> str:
    peers = {proof.peer for proof in proofs if (proof.service, proof.role) == (service, role)}
    # Whoever has foreign peers need not say that it works among its own.
    return ", ".join(sorted(peers - {ALONE} or peers, key=str.casefold)) or "–"


def read(text: str) -> set[Proof]:
    """Gives the proofs that a MATRIX.md names."""
    found = filter(None, map(_TEST_ROW.match, text.splitlines()))
    return {Proof(row["service"], row["role"], row["peer"], row["test"]) for row in found}


def committed() -> set[Proof]:
    """Gives the proofs of the committed matrix."""
    return read(MATRIX.read_text(encoding="utf-8")) if MATRIX.exists() else set()


def main() -> int:
    """Runs the interoperability tests and lets the run write the matrix; gives pytest's exit status."""
    command = [sys.executable, "-m", "pytest", "-q", f"--ignore={FOLDER / 'test_matrix.py'}", str(FOLDER)]
    return subprocess.call(command, cwd=FOLDER.parents[1], env={**os.environ, WRITE: "1"})


def write(ledger: Ledger) -> str:
    """Writes what a run showed; one that was not whole adds to what is there. Gives a line to say."""
    MATRIX.write_text(render(ledger.proofs if ledger.is_whole else ledger.proofs | committed()), encoding="utf-8")
    return f"{MATRIX.name}: {len(ledger.proofs)} proofs" + ("" if ledger.is_whole else ", added: the run was not whole")


if __name__ == "__main__":
    sys.exit(main())
