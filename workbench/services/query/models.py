"""The information models that are queried and retrieved from, with their SOP classes, levels and keys (PS3.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final

PATIENT: Final = "PATIENT"
STUDY: Final = "STUDY"
SERIES: Final = "SERIES"
IMAGE: Final = "IMAGE"
FRAME: Final = "FRAME"

PATIENT_ID: Final = 0x00100020
STUDY_INSTANCE_UID: Final = 0x0020000D
SERIES_INSTANCE_UID: Final = 0x0020000E
SOP_INSTANCE_UID: Final = 0x00080018

_UNIQUE_KEYS: Final[Mapping[str, int]] = MappingProxyType(
    {
        PATIENT: PATIENT_ID,
        STUDY: STUDY_INSTANCE_UID,
        SERIES: SERIES_INSTANCE_UID,
        IMAGE: SOP_INSTANCE_UID,
    }
)
_INSTANCE_KEY: Final[Mapping[str, int]] = MappingProxyType({IMAGE: SOP_INSTANCE_UID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An information model.

    Attributes:
        name: as PS3.4 names it.
        find, move, get: SOP Class UIDs, empty where the model has no such operation.
        levels: the values of Query/Retrieve Level (0008,0052), from the top; none where the model has no levels.
        unique_keys: level -> the attribute that is unique there.
        service: in whose words its statuses are told; a key of `dimse.status.SERVICES`.
    """

    name: str
    find: str = ""
    move: str = ""
    get: str = ""
    levels: tuple[str, ...] = ()
    unique_keys: Mapping[str, int] = field(default_factory=dict, hash=False)
    service: str = "C-FIND"

    @property
    def sop_classes(self) -> tuple[str, ...]:
        """Its SOP Class UIDs."""
        return tuple(uid for uid in (self.find, self.move, self.get) if uid)


# PS3.4 C.6.1 to C.6.3
PATIENT_ROOT: Final = Model(
    name="Patient Root",
    find="1.2.840.10008.5.1.4.1.2.1.1",
    move="1.2.840.10008.5.1.4.1.2.1.2",
    get="1.2.840.10008.5.1.4.1.2.1.3",
    levels=(PATIENT, STUDY, SERIES, IMAGE),
    unique_keys=_UNIQUE_KEYS,
)
STUDY_ROOT: Final = Model(
    name="Study Root",
    find="1.2.840.10008.5.1.4.1.2.2.1",
    move="1.2.840.10008.5.1.4.1.2.2.2",
    get="1.2.840.10008.5.1.4.1.2.2.3",
    levels=(STUDY, SERIES, IMAGE),
    unique_keys=MappingProxyType({level: _UNIQUE_KEYS[level] for level in (STUDY, SERIES, IMAGE)}),
)
PATIENT_STUDY_ONLY: Final = Model(
    name="Patient/Study Only",
    find="1.2.840.10008.5.1.4.1.2.3.1",
    move="1.2.840.10008.5.1.4.1.2.3.2",
    get="1.2.840.10008.5.1.4.1.2.3.3",
    levels=(PATIENT, STUDY),
    unique_keys=MappingProxyType({level: _UNIQUE_KEYS[level] for level in (PATIENT, STUDY)}),
)

# PS3.4 Annexes Y and Z: retrieval only
COMPOSITE_INSTANCE_ROOT: Final = Model(
    name="Composite Instance Root",
    move="1.2.840.10008.5.1.4.1.2.4.2",
    get="1.2.840.10008.5.1.4.1.2.4.3",
    levels=(IMAGE, FRAME),
    unique_keys=_INSTANCE_KEY,
)
COMPOSITE_INSTANCE_WITHOUT_BULK_DATA: Final = Model(
    name="Composite Instance Retrieve Without Bulk Data",
    get="1.2.840.10008.5.1.4.1.2.5.3",
    levels=(IMAGE,),
    unique_keys=_INSTANCE_KEY,
)

# PS3.4 Annexes K, U, X, BB, HH, II, JJ: one level, which is not named in the identifier
MODALITY_WORKLIST: Final = Model(name="Modality Worklist", find="1.2.840.10008.5.1.4.31", service="Modality Worklist")


def _instances(name: str, root: str, numbers: tuple[int, int, int] = (2, 3, 4)) -> Model:
    """A model of composite instances that are of no patient: their only key is the SOP Instance UID."""
    find, move, get = (f"{root}.{number}" for number in numbers)
    return Model(name=name, find=find, move=move, get=get, unique_keys=MappingProxyType({"": SOP_INSTANCE_UID}))


HANGING_PROTOCOL: Final = _instances("Hanging Protocol", "1.2.840.10008.5.1.4.38")
COLOR_PALETTE: Final = _instances("Color Palette", "1.2.840.10008.5.1.4.39")
GENERIC_IMPLANT_TEMPLATE: Final = _instances("Generic Implant Template", "1.2.840.10008.5.1.4.43")
IMPLANT_ASSEMBLY_TEMPLATE: Final = _instances("Implant Assembly Template", "1.2.840.10008.5.1.4.44")
IMPLANT_TEMPLATE_GROUP: Final = _instances("Implant Template Group", "1.2.840.10008.5.1.4.45")
DEFINED_PROCEDURE_PROTOCOL: Final = _instances("Defined Procedure Protocol", "1.2.840.10008.5.1.4.20", (1, 2, 3))
PROTOCOL_APPROVAL: Final = _instances("Protocol Approval", "1.2.840.10008.5.1.4.1.1.200", (4, 5, 6))
INVENTORY: Final = _instances("Inventory", "1.2.840.10008.5.1.4.1.1.201")

# PS3.4 C.6.4
REPOSITORY_QUERY: Final = Model(
    name="Repository Query",
    find="1.2.840.10008.5.1.4.1.1.201.6",
    levels=STUDY_ROOT.levels,
    unique_keys=STUDY_ROOT.unique_keys,
    service="Repository Query",
)

# PS3.4 Annex Q
_RELEVANT_PATIENT: Final = "Relevant Patient Information"
RELEVANT_PATIENT_GENERAL: Final = Model(
    name="General Relevant Patient Information", find="1.2.840.10008.5.1.4.37.1", service=_RELEVANT_PATIENT
)
RELEVANT_PATIENT_BREAST: Final = Model(
    name="Breast Imaging Relevant Patient Information", find="1.2.840.10008.5.1.4.37.2", service=_RELEVANT_PATIENT
)
RELEVANT_PATIENT_CARDIAC: Final = Model(
    name="Cardiac Relevant Patient Information", find="1.2.840.10008.5.1.4.37.3", service=_RELEVANT_PATIENT
)

# PS3.4 Annex V
SUBSTANCE_PRODUCT_CHARACTERISTICS: Final = Model(name="Product Characteristics", find="1.2.840.10008.5.1.4.41")
SUBSTANCE_APPROVAL: Final = Model(name="Substance Approval", find="1.2.840.10008.5.1.4.42")

MODELS: Final = (
    PATIENT_ROOT,
    STUDY_ROOT,
    PATIENT_STUDY_ONLY,
    COMPOSITE_INSTANCE_ROOT,
    COMPOSITE_INSTANCE_WITHOUT_BULK_DATA,
    MODALITY_WORKLIST,
    HANGING_PROTOCOL,
    COLOR_PALETTE,
    GENERIC_IMPLANT_TEMPLATE,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    DEFINED_PROCEDURE_PROTOCOL,
    PROTOCOL_APPROVAL,
    INVENTORY,
    REPOSITORY_QUERY,
    RELEVANT_PATIENT_GENERAL,
    RELEVANT_PATIENT_BREAST,
    RELEVANT_PATIENT_CARDIAC,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
    SUBSTANCE_APPROVAL,
)
"""All of them."""


@cache
def model_of(sop_class_uid: str) -> Model:
    """Gives the model that a SOP class belongs to.

    Raises:
        KeyError: it is no query or retrieval class.
    """
    for model in MODELS:
        if sop_class_uid in model.sop_classes:
            return model
    raise KeyError(sop_class_uid)
