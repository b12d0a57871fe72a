"""Worklist entries and files for the tests."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID

from workbench.services.worklist.entries import Code, WorklistEntry
from workbench.services.worklist.items import data_set_of
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

MINIMAL = WorklistEntry(
    patient_name="Doe^Jane",
    patient_id="P1",
    requested_procedure_id="RP1",
    requested_procedure_description="Head",
    study_instance_uid="1.2.3.1",
    scheduled_station_ae_titles=("CT1",),
    start_date="20260105",
    start_time="0930",
    modality="CT",
    step_id="S1",
    step_description="Head native",
)

FULL = WorklistEntry(
    patient_name="Müller^Jürgen=山田^太郎",
    patient_id="P2",
    issuer_of_patient_id="Hospital",
    patient_birth_date="19700228",
    patient_sex="M",
    patient_size="1.82",
    patient_weight="80.5",
    pregnancy_status="4",
    medical_alerts=("pacemaker", "falls"),
    allergies=("iodine",),
    special_needs="wheelchair",
    patient_state="sedated",
    confidentiality_constraint="VIP",
    admission_id="A1",
    current_patient_location="Ward 3",
    accession_number="ACC2",
    referring_physician_name="Haus^Gregor",
    requesting_physician="Wils^James",
    requested_procedure_id="RP2",
    requested_procedure_description="Knie",
    requested_procedure_codes=(Code(value="36643-5", scheme="LN", meaning="XR Chest 2 Views"),),
    requested_procedure_priority="ROUTINE",
    requested_procedure_comments="line one\r\nline two",
    reason_for_the_requested_procedure="pain",
    patient_transport_arrangements="bed",
    study_instance_uid="1.2.3.2",
    scheduled_station_ae_titles=("MR1", "MR2"),
    start_date="20260106",
    start_time="101500",
    end_date="20260106",
    end_time="1045",
    modality="MR",
    performing_physician_name="Curie^Marie",
    step_id="S2",
    step_description="Knie links",
    protocol_codes=(Code(value="P5-09051", scheme="SRT", meaning="MRI"), Code(value="X", scheme="99LOCAL")),
    station_name="Scanner",
    step_location="Room 4",
    step_status="SCHEDULED",
    pre_medication="none",
    requested_contrast_agent="Gd",
    step_comments="breath hold",
)


def entry(number: int, **values: Any) -> WorklistEntry:
    ids = {"patient_id": f"P{number}", "requested_procedure_id": f"RP{number}", "step_id": f"S{number}"}
    return replace(MINIMAL, study_instance_uid=f"1.2.3.{number}", **{**ids, **values})


def write_wl(path: Path, data_set: Dataset | None = None, charset: str = "ISO_IR 192") -> Path:
    """Writes a worklist file as dump2dcm makes them: with meta information, without an instance."""
    data_set = data_set if data_set is not None else data_set_of(MINIMAL)
    data_set.SpecificCharacterSet = charset.split("\\")
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = UID(EXPLICIT_VR_LITTLE_ENDIAN)
    buffer = BytesIO()
    dcmwrite(buffer, data_set, enforce_file_format=False)
    content = buffer.getvalue()
    path.write_bytes(content if content[128:132] == b"DICM" else bytes(128) + b"DICM" + content)
    return path
