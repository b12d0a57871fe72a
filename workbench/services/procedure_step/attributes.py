"""What a performed procedure step must hold when it is created and when it ends, and what is never set (PS3.4 F.7.2).

All of it is Table F.7.2-1, with the requirements on an SCU: what the table leaves optional is not listed.
"""

from typing import Final

from workbench.services.requirements import Required

STATUS: Final = 0x00400252

# PS3.4 Table F.7.2-1, N-CREATE: types 1 and 2.
_REFERENCE: Final = (Required(0x00081150), Required(0x00081155))
_SERIES: Final = (
    Required(0x00081050, needs_value=False),  # Performing Physician's Name
    Required(0x00181030),  # Protocol Name
    Required(0x00081070, needs_value=False),  # Operators' Name
    Required(0x0020000E),  # Series Instance UID
    Required(0x0008103E, needs_value=False),  # Series Description
    Required(0x00080054, needs_value=False),  # Retrieve AE Title
    Required(0x00081140, needs_value=False, items=_REFERENCE),  # Referenced Image Sequence
    Required(0x00400220, needs_value=False, items=_REFERENCE),  # Referenced Non-Image Composite SOP Instance Sequence
)
SERIES_LISTED: Final = Required(0x00400340, needs_value=False, items=_SERIES)  # Performed Series Sequence
TO_CREATE: Final = (
    Required(
        0x00400270,  # Scheduled Step Attributes Sequence
        items=(
            Required(0x0020000D),  # Study Instance UID
            Required(0x00081110, needs_value=False, items=_REFERENCE),  # Referenced Study Sequence
            Required(0x00080050, needs_value=False),  # Accession Number
            Required(0x00401001, needs_value=False),  # Requested Procedure ID
            Required(0x00321060, needs_value=False),  # Requested Procedure Description
            Required(0x00400009, needs_value=False),  # Scheduled Procedure Step ID
            Required(0x00400007, needs_value=False),  # Scheduled Procedure Step Description
            Required(0x00400008, needs_value=False),  # Scheduled Protocol Code Sequence
        ),
    ),
    Required(0x00100010, needs_value=False),  # Patient's Name
    Required(0x00100020, needs_value=False),  # Patient ID
    Required(0x00100030, needs_value=False),  # Patient's Birth Date
    Required(0x00100040, needs_value=False),  # Patient's Sex
    Required(0x00081120, needs_value=False, items=_REFERENCE),  # Referenced Patient Sequence
    Required(0x00400253),  # Performed Procedure Step ID
    Required(0x00400241),  # Performed Station AE Title
    Required(0x00400242, needs_value=False),  # Performed Station Name
    Required(0x00400243, needs_value=False),  # Performed Location
    Required(0x00400244),  # Performed Procedure Step Start Date
    Required(0x00400245),  # Performed Procedure Step Start Time
    Required(STATUS),  # Performed Procedure Step Status
    Required(0x00400254, needs_value=False),  # Performed Procedure Step Description
    Required(0x00400255, needs_value=False),  # Performed Procedure Type Description
    Required(0x00081032, needs_value=False),  # Procedure Code Sequence
    Required(0x00400250, needs_value=False),  # Performed Procedure Step End Date
    Required(0x00400251, needs_value=False),  # Performed Procedure Step End Time
    Required(0x00080060),  # Modality
    Required(0x00200010, needs_value=False),  # Study ID
    Required(0x00400260, needs_value=False),  # Performed Protocol Code Sequence
    SERIES_LISTED,
)

# The same table, Requirement Type Final State, where it is more than at creation.
TO_END: Final = (
    Required(0x00400250),  # Performed Procedure Step End Date
    Required(0x00400251),  # Performed Procedure Step End Time
    Required(SERIES_LISTED.tag, items=_SERIES),
)

# The same table, N-SET: not allowed.
NEVER_SET: Final = (
    0x00080016,  # SOP Class UID
    0x00080018,  # SOP Instance UID
    0x00400270,  # Scheduled Step Attributes Sequence
    0x00100010,  # Patient's Name
    0x00100020,  # Patient ID
    0x00100021,  # Issuer of Patient ID
    0x00100024,  # Issuer of Patient ID Qualifiers Sequence
    0x00101002,  # Other Patient IDs Sequence
    0x00100030,  # Patient's Birth Date
    0x00100040,  # Patient's Sex
    0x00081120,  # Referenced Patient Sequence
    0x00380010,  # Admission ID
    0x00380014,  # Issuer of Admission ID Sequence
    0x00380060,  # Service Episode ID
    0x00380062,  # Service Episode Description
    0x00380064,  # Issuer of Service Episode ID Sequence
    0x00400253,  # Performed Procedure Step ID
    0x00400241,  # Performed Station AE Title
    0x00400242,  # Performed Station Name
    0x00400243,  # Performed Location
    0x00400244,  # Performed Procedure Step Start Date
    0x00400245,  # Performed Procedure Step Start Time
    0x00080060,  # Modality
    0x00200010,  # Study ID
)
