"""Fills an index, then searches it: `python -m tests.benchmark.indexing fill|search FOLDER STUDIES`.

Each study has 2 series of 50 instances; their rows are written by SQL alone, for no million files is worth the while.
The search prints one line of JSON: the times until the first answers of some queries, how fast all studies come, what
memory that takes, and how fast objects are taken in.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.benchmark.measuring import status_bytes
from workbench.storage.attributes import Addition, Attributes
from workbench.storage.index import FILE_NAME, InstanceIndex, Level
from workbench.storage.index_schema import connect, create, create_indexes
from workbench.storage.matching import Condition, Kind

SERIES: Final = 2
INSTANCES: Final = 50
_ADDED: Final = 500

_PATIENT_ID, _PATIENT_NAME, _STUDY_UID = 0x00100020, 0x00100010, 0x0020000D
_KEYS: Final = (
    _PATIENT_NAME,
    _PATIENT_ID,
    0x00100030,  # Patient's Birth Date
    0x00100040,  # Patient's Sex
    0x00080020,  # Study Date
    0x00080030,  # Study Time
    0x00080050,  # Accession Number
    0x00200010,  # Study ID
    0x00080061,  # Modalities in Study
    0x00081030,  # Study Description
    _STUDY_UID,
    0x00201206,  # Number of Study Related Series
    0x00201208,  # Number of Study Related Instances
)

_FILL: Final = """
    PRAGMA synchronous = OFF;
    BEGIN;
    CREATE TEMP TABLE number AS
        WITH RECURSIVE counter(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n + 1 < {instances})
        SELECT n FROM counter;
    INSERT INTO uid VALUES (1, '1.2.840.10008.5.1.4.1.1.2'), (2, '1.2.840.10008.1.2.1');
    INSERT INTO patient (id, identity, newest, patient_id, patient_name, patient_name_folded, patient_sex,
            patient_birth_date)
        SELECT n + 1, 'P' || n, 1, 'P' || n, 'Name' || n || '^Given', 'name' || n || '^given', 'F', '19700101'
        FROM temp.number WHERE n < {studies};
    INSERT INTO study (id, patient, newest, study_instance_uid, study_date, study_time, accession_number, study_id,
            study_description)
        SELECT n + 1, n + 1, 1, '1.2.826.0.1.3680043.8.498.1.' || n, 20000101 + n % 28 + n / 28 % 12 * 100 +
            n / 336 * 10000, '120000', 'A' || n, n, 'Head and neck'
        FROM temp.number WHERE n < {studies};
    INSERT INTO series (id, study, newest, series_instance_uid, modality, series_number)
        SELECT n + 1, n / 2 + 1, 1, '1.2.826.0.1.3680043.8.498.2.' || n, CASE n % 2 WHEN 0 THEN 'CT' ELSE 'SR' END,
            n % 2
        FROM temp.number WHERE n < {studies} * 2;
    INSERT INTO instance (series, sop_class, transfer_syntax, path, length, modified_ns, checksum,
            sop_instance_uid, instance_number, image_type, rows, columns)
        SELECT n / 50 + 1, 1, 2, 'CT.1.2.826.0.1.3680043.8.498.3.' || n, 524288, 1, n,
            '1.2.826.0.1.3680043.8.498.3.' || n, n % 50, 'ORIGINAL\\PRIMARY\\AXIAL', '512', '512'
        FROM temp.number;
    COMMIT;
"""


def fill(folder: Path, studies: int) -> None:
    """Makes the index of a folder, with so many studies."""
    connection = connect(str(folder / FILE_NAME))
    create(connection, with_indexes=False)
    connection.executescript(_FILL.format(studies=studies, instances=studies * SERIES * INSTANCES))
    create_indexes(connection)
    connection.close()


def measure(folder: Path, studies: int) -> dict[str, float]:
    """Gives the figures: milliseconds, answers and objects in a second, bytes."""
    last = str(studies - 1)
    queries = {
        "all": (),
        "patient": (_condition(_PATIENT_ID, "LO", Kind.SINGLE, f"P{last}"),),
        "name": (_condition(_PATIENT_NAME, "PN", Kind.WILDCARD, f"NAME{last}*"),),
        "date": (_condition(0x00080020, "DA", Kind.RANGE, "20000301", "20000301"),),
        "modality": (_condition(0x00080061, "CS", Kind.SINGLE, "SR"),),
        "nobody": (_condition(_PATIENT_NAME, "PN", Kind.WILDCARD, "*nobody*"),),
    }
    with InstanceIndex.open(folder, is_compared=False) as index:
        next(index.search(Level.STUDY, (), _KEYS, limit=1))  # what is loaded and prepared once
        figures = {f"first {name} ms": _first(index, conditions) for name, conditions in queries.items()}
        before = status_bytes("self", "VmHWM")
        begin = time.perf_counter()
        count = sum(1 for _ in index.search(Level.STUDY, (), _KEYS))
        figures["answers per second"] = count / (time.perf_counter() - begin)
        figures["growth"] = status_bytes("self", "VmHWM") - before
        figures["answers"] = count
        figures["added per second"] = _add(index, folder)
    return figures


def _condition(tag: int, vr: str, kind: Kind, *values: str) -> Condition:
    return Condition(tag=tag, vr=vr, kind=kind, values=values)


def _first(index: InstanceIndex, conditions: Sequence[Condition]) -> float:
    """Gives the milliseconds until the first answer is there, or it is certain that there is none."""
    begin = time.perf_counter()
    next(index.search(Level.STUDY, conditions, _KEYS), None)
    return (time.perf_counter() - begin) * 1000


def _add(index: InstanceIndex, folder: Path) -> float:
    """Takes in objects of ten series in turn; their file is one and the same, for only the index is measured."""
    path = folder / "file"
    path.write_bytes(b"")
    objects = [
        Attributes(
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            sop_instance_uid=f"1.9.{number}",
            transfer_syntax_uid="1.2.840.10008.1.2.1",
            found={_PATIENT_ID: b"NEW ", _STUDY_UID: b"1.9\0", 0x0020000E: f"1.9.{number % 10:03}".encode()},
        )
        for number in range(_ADDED)
    ]
    names = [folder / f"object-{number}" for number in range(_ADDED)]
    for name in names:
        name.unlink(missing_ok=True)
        os.link(path, name)
    begin = time.perf_counter()
    for attributes, name in zip(objects, names, strict=True):
        index.add_all((Addition(attributes, str(name), checksum=0),))  # as if it had been received
    return _ADDED / (time.perf_counter() - begin)


if __name__ == "__main__":
    _action, _folder, _studies = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if _action == "fill":
        fill(_folder, _studies)
    else:
        print(json.dumps(measure(_folder, _studies)))
