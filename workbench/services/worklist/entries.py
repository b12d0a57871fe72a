"""A scheduled procedure step as plain fields, and the rules that its values follow (PS3.4 Table K.6-1; PS3.5 6.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from workbench.acse.policy import is_valid_ae_title
from workbench.uids import is_valid_uid


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded entry: value, scheme and meaning (PS3.3 8.8), such as 36643-5, LN, XR Chest 2 Views."""

    value: str
    scheme: str
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistEntry:
    """One scheduled procedure step of one requested procedure for one patient.

    Text may have any characters. Names have the components of PN: Family^Given^Middle^Prefix^Suffix. Dates are
    YYYYMMDD, times HHMMSS or shorter. `problems` says what is missing or wrong; nothing is checked before.
    """

    patient_name: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    patient_size: str = ""
    patient_weight: str = ""
    pregnancy_status: str = ""
    medical_alerts: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    special_needs: str = ""
    patient_state: str = ""
    confidentiality_constraint: str = ""
    admission_id: str = ""
    current_patient_location: str = ""
    accession_number: str = ""
    referring_physician_name: str = ""
    requesting_physician: str = ""
    requested_procedure_id: str = ""
    requested_procedure_description: str = ""
    requested_procedure_codes: tuple[Code, ...] = ()
    requested_procedure_priority: str = ""
    requested_procedure_comments: str = ""
    reason_for_the_requested_procedure: str = ""
    patient_transport_arrangements: str = ""
    study_instance_uid: str = ""
    scheduled_station_ae_titles: tuple[str, ...] = ()
    start_date: str = ""
    start_time: str = ""
    end_date: str = ""
    end_time: str = ""
    modality: str = ""
    performing_physician_name: str = ""
    step_id: str = ""
    step_description: str = ""
    protocol_codes: tuple[Code, ...] = ()
    station_name: str = ""
    step_location: str = ""
    step_status: str = ""
    pre_medication: str = ""
    requested_contrast_agent: str = ""
    step_comments: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other entries of a table: Requested Procedure ID and Scheduled Procedure Step ID."""
        return (self.requested_procedure_id, self.step_id)


class Field(NamedTuple):
    """Where a field of an entry stands in a data set, and what it may hold.

    Attributes:
        vr: its VR; SQ for codes.
        is_step: it stands in the item of Scheduled Procedure Step Sequence.
        is_required: it must have a value: a return key of type 1.
        values: what it may be; none given: anything of its VR.
    """

    name: str
    keyword: str
    vr: str
    is_step: bool = False
    is_required: bool = False
    values: frozenset[str] = frozenset()


class Problem(NamedTuple):
    """What is wrong with a field of an entry, for people."""

    field: str
    words: str

    def __str__(self) -> str:
        """Gives field and words."""
        return f"{self.field}: {self.words}"


# PS3.4 Table K.6-1, in the order of its macros: patient, visit, request, step.
FIELDS: Final = (
    Field("patient_name", "PatientName", "PN", is_required=True),
    Field("patient_id", "PatientID", "LO", is_required=True),
    Field("issuer_of_patient_id", "IssuerOfPatientID", "LO"),
    Field("patient_birth_date", "PatientBirthDate", "DA"),
    Field("patient_sex", "PatientSex", "CS", values=frozenset("MFO")),
    Field("patient_size", "PatientSize", "DS"),
    Field("patient_weight", "PatientWeight", "DS"),
    Field("pregnancy_status", "PregnancyStatus", "US"),
    Field("medical_alerts", "MedicalAlerts", "LO"),
    Field("allergies", "Allergies", "LO"),
    Field("special_needs", "SpecialNeeds", "LO"),
    Field("patient_state", "PatientState", "LO"),
    Field("confidentiality_constraint", "ConfidentialityConstraintOnPatientDataDescription", "LO"),
    Field("admission_id", "AdmissionID", "LO"),
    Field("current_patient_location", "CurrentPatientLocation", "LO"),
    Field("accession_number", "AccessionNumber", "SH"),
    Field("referring_physician_name", "ReferringPhysicianName", "PN"),
    Field("requesting_physician", "RequestingPhysician", "PN"),
    Field("requested_procedure_id", "RequestedProcedureID", "SH", is_required=True),
    Field("requested_procedure_description", "RequestedProcedureDescription", "LO"),
    Field("requested_procedure_codes", "RequestedProcedureCodeSequence", "SQ"),
    Field("requested_procedure_priority", "RequestedProcedurePriority", "SH"),
    Field("requested_procedure_comments", "RequestedProcedureComments", "LT"),
    Field("reason_for_the_requested_procedure", "ReasonForTheRequestedProcedure", "LO"),
    Field("patient_transport_arrangements", "PatientTransportArrangements", "LO"),
    Field("study_instance_uid", "StudyInstanceUID", "UI", is_required=True),
    Field("scheduled_station_ae_titles", "ScheduledStationAETitle", "AE", is_step=True, is_required=True),
    Field("start_date", "ScheduledProcedureStepStartDate", "DA", is_step=True, is_required=True),
    Field("start_time", "ScheduledProcedureStepStartTime", "TM", is_step=True, is_required=True),
    Field("end_date", "ScheduledProcedureStepEndDate", "DA", is_step=True),
    Field("end_time", "ScheduledProcedureStepEndTime", "TM", is_step=True),
    Field("modality", "Modality", "CS", is_step=True, is_required=True),
    Field("performing_physician_name", "ScheduledPerformingPhysicianName", "PN", is_step=True),
    Field("step_id", "ScheduledProcedureStepID", "SH", is_step=True, is_required=True),
    Field("step_description", "ScheduledProcedureStepDescription", "LO", is_step=True),
    Field("protocol_codes", "ScheduledProtocolCodeSequence", "SQ", is_step=True),
    Field("station_name", "ScheduledStationName", "SH", is_step=True),
    Field("step_location", "ScheduledProcedureStepLocation", "SH", is_step=True),
    Field("step_status", "ScheduledProcedureStepStatus", "CS", is_step=True),
    Field("pre_medication", "PreMedication", "LO", is_step=True),
    Field("requested_contrast_agent", "RequestedContrastAgent", "LO", is_step=True),
    Field("step_comments", "CommentsOnTheScheduledProcedureStep", "LT", is_step=True),
)

# Type 1C: one of each pair must have a value.
_EITHER: Final = (
    ("requested_procedure_description", "requested_procedure_codes"),
    ("step_description", "protocol_codes"),
)

# PS3.5 Table 6.2-1: characters that a value may have.
_LENGTHS: Final = {"SH": 16, "LO": 64, "LT": 10240}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CODE_STRING = re.compile(r"[A-Z0-9_ ]{1,16}")
_TIME = re.compile(r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def problems(entry: WorklistEntry) -> tuple[Problem, ...]:
    """Gives what is missing or wrong in an entry; none when it can be served."""
    return tuple(_problems(entry))


def _problems(entry: WorklistEntry) -> Iterator[Problem]:
    for field in FIELDS:
        value: Any = getattr(entry, field.name)
        values = value if isinstance(value, tuple) else (value,) if value else ()
        if field.is_required and not any(values):
            yield Problem(field.name, "has no value")
        for each in values:
            words = _code_problem(each) if isinstance(each, Code) else value_problem(field, each)
            if words:
                yield Problem(field.name, words)
    for first, second in _EITHER:
        if not getattr(entry, first) and not getattr(entry, second):
            yield Problem(first, f"has no value, and neither has {second}")


def value_problem(field: Field, value: str) -> str:
    """Gives what is wrong with one value of a field; empty when nothing is."""
    if field.values and value not in field.values:
        return f"{value!r} is not {', '.join(sorted(field.values))}"
    match field.vr:
        case "DA":
            return "" if _is_date(value) else f"{value!r} is no date YYYYMMDD"
        case "TM":
            return "" if _TIME.fullmatch(value) else f"{value!r} is no time HHMMSS"
        case "AE":
            return "" if is_valid_ae_title(value) else f"{value!r} is no AE title"
        case "UI":
            return "" if is_valid_uid(value) else f"{value!r} is no UID"
        case "CS":
            return "" if _CODE_STRING.fullmatch(value) else f"{value!r} is not of up to 16 of A-Z, 0-9, _ and space"
        case "DS":
            return "" if len(value) <= 16 and _DECIMAL.fullmatch(value) else f"{value!r} is no number"
        case "US":
            return "" if value.isascii() and value.isdigit() and int(value) < 65536 else f"{value!r} is not 0 to 65535"
    return _text_problem(field.vr, value)


def _text_problem(vr: str, value: str) -> str:
    if vr == "LT":
        return "" if len(value) <= _LENGTHS[vr] else f"is over {_LENGTHS[vr]} characters"
    if "\\" in value:
        return f"{value!r} has a backslash, which separates values"
    if _CONTROL.search(value):
        return f"{value!r} has a control character"
    if vr != "PN":
        return "" if len(value) <= _LENGTHS[vr] else f"{value!r} is over {_LENGTHS[vr]} characters"
    groups = value.split("=")
    if len(groups) > 3:
        return f"{value!r} has over 3 component groups"
    if any(group.count("^") > 4 for group in groups):
        return f"{value!r} has over 5 components"
    return f"{value!r} has over 64 characters in a component group" if any(len(each) > 64 for each in groups) else ""


def _code_problem(code: Code) -> str:
    if not code.value or not code.scheme:
        return "a code needs value and scheme"
    for part, vr in ((code.value, "SH"), (code.scheme, "SH"), (code.meaning, "LO")):
        if words := _text_problem(vr, part):
            return words
    return ""


def _is_date(value: str) -> bool:
    if len(value) != 8 or not (value.isascii() and value.isdigit()):
        return False
    try:
        datetime.strptime(value, "%Y%m%d")
    except ValueError:
        return False
    return True
