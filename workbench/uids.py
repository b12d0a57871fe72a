"""The UIDs that the core itself must name, and the grammar of all others (PS3.5 9.1)."""

import re
from typing import Final

APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"  # PS3.7 A.2.1, the only one that DICOM defines
VERIFICATION: Final = "1.2.840.10008.1.1"

SHUTDOWN: Final = "1.2.276.0.7230010.3.4.1915765545.18030.917282194.0"
"""A private SOP class of DCMTK: who proposes it asks a server to shut down."""

IMPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"
DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_VR_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"

# Derived from a UUID (PS3.5 B.2), so that no registered root is needed. It stands for the program and never changes;
# the version name changes with each release.
IMPLEMENTATION_CLASS_UID: Final = "2.25.301295370205093283775710070416883054629"
IMPLEMENTATION_VERSION_NAME: Final = "DWB_0_1_0"  # PS3.7 D.3.3.2.3: at most 16 characters

_UID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*", re.ASCII)


def is_valid_uid(text: str) -> bool:
    """Whether `text` is a UID: numbers without leading zeros, joined by dots, at most 64 characters (PS3.5 9.1)."""
    return len(text) <= 64 and _UID.fullmatch(text) is not None
