"""Measures C-FIND: how long an SCU takes for so many answers of an SCP, less what a query without an answer takes.

DCMTK's archive holds a few hundred studies at most, so it is asked for them again and again until as many came.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.benchmark.measuring import Bench
from tests.benchmark.programs import BenchmarkError, Maker, Pair, Process, peer_program
from tests.interop.dcmqrscp import dcmqrscp
from tests.interop.peers import free_port
from workbench.services.query.identifiers import Element, encode
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

MOST_STUDIES_OF_DCMTK: Final = 200  # as tests/interop/dcmqrscp.py configures it; it cannot hold more than 500

_HOST: Final = "127.0.0.1"
_TITLE: Final = "ARCHIVE"
_READY_WITHIN: Final = 120.0  # seconds: an index is made of all files when ours starts first
_SHORTEST: Final = 1e-3
_CT: Final = "1.2.840.10008.5.1.4.1.1.2"
_KEYS: Final = (
    *("QueryRetrieveLevel=STUDY", "StudyDate", "StudyTime", "AccessionNumber", "ModalitiesInStudy", "StudyDescription"),
    *("PatientName", "PatientID", "StudyID", "NumberOfStudyRelatedInstances"),
)


def find_seconds(bench: Bench, pair: Pair, count: int) -> float:
    """Gives the seconds for so many answers.

    Raises:
        BenchmarkError: a program failed, or not all answers came.
    """
    folder = _archive(bench, count)
    studies = min(count, MOST_STUDIES_OF_DCMTK) if pair.scp is Maker.DCMTK else count
    with _scp(bench, pair.scp, folder, studies) as port:
        start = _run(bench, pair.scu, port, 0, 1)
        return max(_run(bench, pair.scu, port, count, count // studies) - start, _SHORTEST)


def _run(bench: Bench, maker: Maker, port: int, count: int, repeat: int) -> float:
    """Gives the seconds of one run of an SCU; `count` 0 asks for what is not there."""
    words = bench.files.folder / "find-scu.txt"
    wanted = "StudyInstanceUID" if count else "StudyInstanceUID=1.2.3"
    keys = [argument for key in (*_KEYS, wanted) for argument in ("-k", key)]
    match maker:
        case Maker.OURS:
            command = [sys.executable, "-m", "tests.benchmark.find_scu", str(port), str(count), str(repeat)]
        case Maker.PYNETDICOM:
            assert repeat == 1
            command = [
                sys.executable,
                "-m",
                "pynetdicom",
                "findscu",
                "-q",
                "-S",
                "-aec",
                _TITLE,
                _HOST,
                str(port),
                *keys,
            ]
        case _:
            again = ["--repeat", str(repeat)]
            command = [str(peer_program("findscu")), "-q", "-S", *again, "-aec", _TITLE, _HOST, str(port), *keys]
    return Process(command, maker, words).wait()


@contextmanager
def _scp(bench: Bench, maker: Maker, folder: Path, studies: int) -> Iterator[int]:
    if maker is Maker.DCMTK:
        files = sorted(folder.glob("*.dcm"))[:studies]
        with dcmqrscp(peer_program, bench.files.fresh("dcmqrscp"), files) as node:
            yield node.port
        return
    words = bench.files.folder / "find-scp.txt"
    port = free_port()
    name = "ours" if maker is Maker.OURS else "pynetdicom"
    process = Process([sys.executable, "-m", "tests.benchmark.find_scp", name, str(folder), str(port)], maker, words)
    try:
        deadline = time.monotonic() + _READY_WITHIN
        while "listening on" not in words.read_text(errors="replace"):
            if not process.is_running or time.monotonic() > deadline:
                raise process.failure("did not begin to listen")
            time.sleep(0.02)
        yield port
    finally:
        process.end()


def _archive(bench: Bench, count: int) -> Path:
    """Gives a folder with so many small objects, each of a study of its own."""
    folder = bench.files.folder / f"archive-{count}"
    if not folder.exists():
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.dcm").write_bytes(_object(number))
    if len(list(folder.glob("*.dcm"))) != count:
        raise BenchmarkError(f"{folder} has not {count} objects")
    return folder


def _object(number: int) -> bytes:
    uid = f"1.2.826.0.1.3680043.10.1.3.{number}"
    meta = (
        Element(0x00020001, "OB", b"\0\1"),
        Element(0x00020002, "UI", _CT),
        Element(0x00020003, "UI", uid),
        Element(0x00020010, "UI", EXPLICIT_VR_LITTLE_ENDIAN),
        Element(0x00020012, "UI", "1.2.3"),
    )
    values = (
        Element(0x00080016, "UI", _CT),
        Element(0x00080018, "UI", uid),
        Element(0x00080020, "DA", "20240101"),
        Element(0x00080030, "TM", "101010"),
        Element(0x00080050, "SH", f"A{number}"),
        Element(0x00080060, "CS", "CT"),
        Element(0x00081030, "LO", "CHEST PA AND LATERAL"),
        Element(0x00100010, "PN", f"DOE^JOHN^{number}"),
        Element(0x00100020, "LO", f"ID{number}"),
        Element(0x0020000D, "UI", f"1.2.826.0.1.3680043.10.1.1.{number}"),
        Element(0x0020000E, "UI", f"1.2.826.0.1.3680043.10.1.2.{number}"),
        Element(0x00200010, "SH", str(number)),
    )
    head = encode(meta, EXPLICIT_VR_LITTLE_ENDIAN)
    length = encode((Element(0x00020000, "UL", str(len(head))),), EXPLICIT_VR_LITTLE_ENDIAN)
    return bytes(128) + b"DICM" + length + head + encode(values, EXPLICIT_VR_LITTLE_ENDIAN)
