"""Makes new patients, studies, series and instances of old ones, so that a few files can fill an archive.

Each instance that is sent becomes another one: it gets a fresh SOP Instance UID, and the identity of a series, a study
and a patient that did not exist before, of which new ones begin after so many instances, series and studies. All that
goes into the data set as it is sent; the files stay as they are.
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NAME_PREFIX: Final = "OFFIS^TEST_PN_"
"""How the invented names begin: those who clear test data away by it go on."""

_SOP_INSTANCE_UID, _PATIENT_NAME, _PATIENT_ID = 0x00080018, 0x00100010, 0x00100020
_STUDY_INSTANCE_UID, _SERIES_INSTANCE_UID = 0x0020000D, 0x0020000E
_STUDY_ID, _SERIES_NUMBER, _INSTANCE_NUMBER = 0x00200010, 0x00200011, 0x00200013
_LONGEST_SH = 16
_UIDS: Final = frozenset({_SOP_INSTANCE_UID, _STUDY_INSTANCE_UID, _SERIES_INSTANCE_UID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """Who an instance becomes.

    Attributes:
        place: the numbers of its patient, study, series and itself, each counted from 0 within what it belongs to.
        texts: the new values by keyword, for people.
        values: the same by tag, encoded.
    """

    place: tuple[int, int, int, int]
    sop_instance_uid: str
    texts: Mapping[str, str]
    values: Mapping[int, bytes]


@dataclass
class Inventor:
    """Invents one identity after the other.

    Args:
        images: instances after which a new series begins.
        series: series after which a new study begins.
        studies: studies after which a new patient comes.
    """

    images: int = 100
    series: int = 50
    studies: int = 25
    _count: int = 0
    _session: str = field(default_factory=lambda: f"{time.time_ns() // 10**8 % 10**8:08}")
    _study_uid: str = ""
    _series_uid: str = ""

    def next(self) -> Invented:
        """Gives the next identity."""
        number, self._count = self._count, self._count + 1
        series_number, image = divmod(number, self.images)
        study_number, series = divmod(series_number, self.series)
        patient, study = divmod(study_number, self.studies)
        if image == 0:
            self._series_uid = _fresh_uid()
            if series == 0:
                self._study_uid = _fresh_uid()
        sop_instance_uid = _fresh_uid()
        rows = (
            (_SOP_INSTANCE_UID, "SOPInstanceUID", sop_instance_uid),
            (_PATIENT_NAME, "PatientName", f"{NAME_PREFIX}{self._session}{patient}"),
            (_PATIENT_ID, "PatientID", f"PID_{self._session}{patient}"),
            (_STUDY_INSTANCE_UID, "StudyInstanceUID", self._study_uid),
            (_SERIES_INSTANCE_UID, "SeriesInstanceUID", self._series_uid),
            (_STUDY_ID, "StudyID", f"SID_{self._session}{study_number}"[:_LONGEST_SH]),
            (_SERIES_NUMBER, "SeriesNumber", str(series)),
            (_INSTANCE_NUMBER, "InstanceNumber", str(image)),
        )
        return Invented(
            place=(patient, study, series, image),
            sop_instance_uid=sop_instance_uid,
            texts={keyword: text for _, keyword, text in rows},
            values={tag: _encoded(tag, text) for tag, _, text in rows},
        )


def _fresh_uid() -> str:
    return f"2.25.{uuid.uuid4().int}"  # PS3.5 B.2


def _encoded(tag: int, text: str) -> bytes:
    padding = b"\0" if tag in _UIDS else b" "
    return text.encode("ascii") + padding * (len(text) % 2)
