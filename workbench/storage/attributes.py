"""What the index keeps of an object: the attributes that PS3.4 C.6 lets a query ask for, read as the object streams by.

The bytes go once through the walk that checks their structure; the values that are wanted are kept as bytes and decoded
when somebody looks at them. An object needs no more memory for it than these values, whatever its size.
"""

import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple

from workbench.errors import StorageError
from workbench.storage.character_sets import decode
from workbench.storage.part10 import Instance, open_to_read, scan
from workbench.storage.structure import Found, StructureCheck, Wanted
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.fields import Buffer

SPECIFIC_CHARACTER_SET: Final = 0x00080005
SOP_CLASS_UID: Final = 0x00080016
SOP_INSTANCE_UID: Final = 0x00080018
SERIES_DATE: Final = 0x00080021
PATIENT_NAME: Final = 0x00100010
PATIENT_ID: Final = 0x00100020
STUDY_INSTANCE_UID: Final = 0x0020000D
SERIES_INSTANCE_UID: Final = 0x0020000E

_PIECE: Final = 64 * 1024
_INFLATED_BUDGET: Final = 4 * 2**20  # bytes of a deflated data set in which the attributes are looked for


class Level(IntEnum):
    """The levels of the Query/Retrieve information models (PS3.4 C.6.1.1, C.6.2.1)."""

    PATIENT = 0
    STUDY = 1
    SERIES = 2
    IMAGE = 3


class Attribute(NamedTuple):
    """An attribute that the index has a column for.

    Attributes:
        is_multiple: whether it may have several values, which are kept as they are, separated by a backslash.
    """

    tag: int
    vr: str
    level: Level
    column: str
    is_multiple: bool


# PS3.4 Tables C.6-1 to C.6-5: unique, required and the usual optional keys; "+" has several values. What is not in an
# object but known of it (its transfer syntax, numbers of related entities) is computed by the search.
_TABLE: Final = {
    Level.PATIENT: """
        00100010 PN patient_name              00100020 LO patient_id          00100021 LO issuer_of_patient_id
        00100022 CS type_of_patient_id        00100030 DA patient_birth_date  00100032 TM patient_birth_time
        00100040 CS patient_sex               00101000 LO+ other_patient_ids  00101001 PN+ other_patient_names
        00101005 PN patient_birth_name        00101060 PN patient_mother_birth_name
        00102160 SH ethnic_group              00104000 LT patient_comments    00101002 SQ other_patient_ids_sequence
        00102201 LO patient_species_description                               00102297 PN responsible_person
    """,
    Level.STUDY: """
        0020000D UI study_instance_uid        00080020 DA study_date          00080030 TM study_time
        00080050 SH accession_number          00200010 SH study_id            00080090 PN referring_physician_name
        00081030 LO study_description         00081048 PN+ physicians_of_record
        00081060 PN+ name_of_physicians_reading_study
        00081080 LO+ admitting_diagnoses_description
        00101010 AS patient_age               00101020 DS patient_size        00101030 DS patient_weight
        00102180 SH occupation                001021B0 LT additional_patient_history
        00201070 IS+ other_study_numbers      00321060 LO requested_procedure_description
        00321032 PN requesting_physician      00321033 LO requesting_service  00380010 LO admission_id
        00081032 SQ procedure_code_sequence   00080051 SQ issuer_of_accession_number_sequence
        00081110 SQ referenced_study_sequence
    """,
    Level.SERIES: """
        0020000E UI series_instance_uid       00080060 CS modality            00200011 IS series_number
        0008103E LO series_description        00080021 DA series_date         00080031 TM series_time
        00180015 CS body_part_examined        00200060 CS laterality          00181030 LO protocol_name
        00185100 CS patient_position          00200052 UI frame_of_reference_uid
        00080070 LO manufacturer              00080080 LO institution_name    00081010 SH station_name
        00081040 LO institutional_department_name                             00081090 LO manufacturer_model_name
        00181000 LO device_serial_number      00081050 PN+ performing_physician_name
        00081070 PN+ operators_name           00400244 DA performed_procedure_step_start_date
        00400245 TM performed_procedure_step_start_time
        00400253 SH performed_procedure_step_id
        00400254 LO performed_procedure_step_description
        00400275 SQ request_attributes_sequence
        00081111 SQ referenced_performed_procedure_step_sequence
    """,
    Level.IMAGE: """
        00080018 UI sop_instance_uid          00200013 IS instance_number     00080008 CS+ image_type
        00080012 DA instance_creation_date    00080013 TM instance_creation_time
        00080022 DA acquisition_date          00080023 DA content_date        0008002A DT acquisition_date_time
        00080032 TM acquisition_time          00080033 TM content_time        00200012 IS acquisition_number
        00280002 US samples_per_pixel         00280004 CS photometric_interpretation
        00280008 IS number_of_frames          00280010 US rows                00280011 US columns
        00280100 US bits_allocated            00204000 LT image_comments      00080201 SH timezone_offset_from_utc
        00700080 CS content_label             00700081 LO content_description 00700084 PN content_creator_name
        00700082 DA presentation_creation_date                                00700083 TM presentation_creation_time
        00420010 ST document_title            0040A491 CS completion_flag     0040A493 CS verification_flag
        0040A032 DT observation_date_time     00400512 LO container_identifier
        0040A043 SQ concept_name_code_sequence
    """,
}

# What is kept of the items of the sequences above: those of Table C.6-3 and of codes (PS3.3 Table 8.8-1a), references
# (Table 10-11) and identifiers (Table 10-18).
_CODE = "00080100 SH 00080102 SH 00080103 SH 00080104 LO"
_ITEM_TABLE: Final = {
    0x00101002: "00100020 LO 00100021 LO 00100022 CS",
    0x00081032: _CODE,
    0x0040A043: _CODE,
    0x00080051: "00400031 UT 00400032 UT 00400033 CS",
    0x00081110: "00081150 UI 00081155 UI",
    0x00081111: "00081150 UI 00081155 UI",
    0x00400275: "00080050 SH 0020000D UI 00321060 LO 00400007 LO 00400009 SH 00401001 SH 00401002 LO 00401003 SH",
}

_NUMBERS: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d"}
_UNSPLIT = frozenset({"ST", "LT", "UT"})  # PS3.5 6.2: one value; spaces before the text count
_IN_CHARACTER_SET = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})


@cache
def attributes() -> Mapping[int, Attribute]:
    """Gives every attribute that has a column, by its tag."""
    found = {}
    for level, table in _TABLE.items():
        words = iter(table.split())
        for digits, vr, column in zip(words, words, words, strict=True):
            tag = int(digits, 16)
            found[tag] = Attribute(tag, vr.rstrip("+"), level, column, vr.endswith("+"))
    return found


@cache
def item_attributes(sequence: int) -> Mapping[int, str]:
    """Gives the VR of each attribute that is kept of the items of a sequence, by its tag."""
    words = iter(_ITEM_TABLE[sequence].split())
    return {int(digits, 16): vr for digits, vr in zip(words, words, strict=True)}


@cache
def _wanted() -> Wanted:
    wanted: dict[int, Mapping[int, None] | None] = {
        tag: dict.fromkeys(item_attributes(tag)) if attribute.vr == "SQ" else None
        for tag, attribute in attributes().items()
    }
    return {SPECIFIC_CHARACTER_SET: None} | wanted


class Attributes:
    """What was found of one object. Values are decoded each time they are asked for.

    Attributes:
        found: the values by tag, as they stood in the data set; those of a sequence are lists of items.
    """

    __slots__ = ("_charset", "_order", "found", "sop_class_uid", "sop_instance_uid", "transfer_syntax_uid")

    def __init__(
        self, *, sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str, found: "Found | None" = None
    ) -> None:
        self.sop_class_uid = sop_class_uid
        self.sop_instance_uid = sop_instance_uid
        self.transfer_syntax_uid = transfer_syntax_uid
        self.found: Found = {} if found is None else found
        self._order = ">" if transfer_syntax_uid == EXPLICIT_VR_BIG_ENDIAN else "<"
        charset = self.found.get(SPECIFIC_CHARACTER_SET, b"")
        self._charset = _charset(charset) if isinstance(charset, bytes) else ""

    def text(self, tag: int) -> str | None:
        r"""Gives the text of a value, several separated by a backslash; "" when empty, None when it is not there."""
        value = self.found.get(tag)
        if not isinstance(value, bytes):
            return None
        return self._decode(value, attributes()[tag].vr, self._charset)

    def items(self, tag: int) -> list[dict[int, str]] | None:
        """Gives the items of a sequence, each with its texts by tag; None when it is not there."""
        items = self.found.get(tag)
        if items is None or isinstance(items, bytes):
            return None
        vrs = item_attributes(tag)
        return [
            {
                key: self._decode(value, vrs[key], self._charset)
                for key, value in item.items()
                if isinstance(value, bytes)
            }
            for item in items
        ]

    def _decode(self, value: bytes, vr: str, charset: str) -> str:
        if vr in _NUMBERS:
            return _numbers(value, self._order + _NUMBERS[vr])
        has_charset = vr in _IN_CHARACTER_SET
        text = decode(value, charset, is_name=vr == "PN") if has_charset else value.decode("latin-1")
        text = text.rstrip("\0 ").replace("\0", "")
        if vr in _UNSPLIT:
            return text
        return "\\".join(part.strip(" ") for part in text.split("\\")) if "\\" in text else text.lstrip(" ")


class Addition(NamedTuple):
    """An object that an index is to take in, once its file is durable.

    Attributes:
        path: of its file, within the folder of the index or absolute.
        status: of the file that was written. When the name stands for another one by now, that one counts, and
            whoever wrote it takes it in.
        checksum: the CRC-32 of what was written; the file is read for it when it is not given.
    """

    found: Attributes
    path: str
    status: os.stat_result | None = None
    checksum: int | None = None


class AttributeReader(StructureCheck):
    """The walk over a data set that also keeps what the index wants of it; see `StructureCheck`.

    Of a deflated data set, whose structure is not checked, the beginning is inflated, up to a budget.
    """

    def __init__(
        self,
        transfer_syntax_uid: str,
        *,
        sop_class_uid: str = "",
        sop_instance_uid: str = "",
    ) -> None:
        super().__init__(
            transfer_syntax_uid, sop_class_uid=sop_class_uid, sop_instance_uid=sop_instance_uid, wanted=_wanted()
        )
        self._transfer_syntax_uid = transfer_syntax_uid
        self._inflated: _InflatedHead | None = None
        if transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:
            self._inflated = _InflatedHead()

    @property
    def is_done(self) -> bool:
        """Whether nothing that is wanted can follow."""
        if self._inflated is not None:
            return self._inflated.is_done
        return self.is_opaque or self.problem is not None or self.is_past_wanted

    def feed(self, data: Buffer) -> None:
        """Walks over the next bytes of the data set; only what is wanted is kept."""
        if self._inflated is not None:
            self._inflated.feed(data)
        super().feed(data)

    def attributes(self, *, sop_class_uid: str, sop_instance_uid: str) -> Attributes:
        """Gives what was found so far.

        Args:
            sop_class_uid: for an object that does not tell.
            sop_instance_uid: likewise.
        """
        walk = self if self._inflated is None else self._inflated.walk
        return Attributes(
            sop_class_uid=walk.sop_class_uid or sop_class_uid,
            sop_instance_uid=walk.sop_instance_uid or sop_instance_uid,
            transfer_syntax_uid=self._transfer_syntax_uid,
            found=walk.found,
        )


class _InflatedHead:
    """Inflates the beginning of a deflated data set and walks over it."""

    def __init__(self) -> None:
        self.walk = StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN, wanted=_wanted())
        self.is_done = False
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._budget = _INFLATED_BUDGET

    def feed(self, data: Buffer) -> None:
        while data and not self.is_done:
            try:
                inflated = self._inflater.decompress(data, _PIECE)
            except zlib.error:
                self.is_done = True
                return
            self.walk.feed(inflated)
            self._budget -= len(inflated)
            self.is_done = (
                self._inflater.eof or self._budget <= 0 or self.walk.is_past_wanted or self.walk.problem is not None
            )
            data = self._inflater.unconsumed_tail


def read_attributes(path: str) -> tuple[Attributes, Instance]:
    """Reads a file as far as its attributes reach. Blocks.

    Raises:
        StorageError: it cannot be read, or is no DICOM file.
    """
    instance = scan(path)
    reader = AttributeReader(instance.transfer_syntax_uid)
    for piece in data_set_pieces(instance):
        reader.feed(piece)
        if reader.is_done:
            break
    found = reader.attributes(sop_class_uid=instance.sop_class_uid, sop_instance_uid=instance.sop_instance_uid)
    return found, instance


def data_set_pieces(instance: Instance) -> Iterator[bytes]:
    """Gives the data set of a file in pieces.

    Raises:
        StorageError: the file cannot be read.
    """
    try:
        with open(open_to_read(instance.path), "rb", buffering=0) as file:
            file.seek(instance.offset)
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror or error}", path=instance.path) from error


def _charset(value: bytes) -> str:
    return "\\".join(term.strip(" \0") for term in value.decode("latin-1").split("\\"))


def _numbers(value: bytes, form: str) -> str:
    whole = len(value) - len(value) % struct.calcsize(form)
    return "\\".join(str(number[0]) for number in struct.iter_unpack(form, value[:whole]))
