"""Failed SOP Instance UID List (0008,0058), the one element of a response's identifier (PS3.4 C.4.2.1.4.2)."""

import struct
from collections.abc import Sequence
from typing import Final

from workbench.errors import DataSetError
from workbench.services.query.elements import read_elements, values_of
from workbench.services.transcoding.recoding import encoding_of

FAILED_SOP_INSTANCE_UID_LIST: Final = 0x00080058
_LONGEST_SHORT: Final = 0xFFFE  # an even length in 16 bits


def encode_failed_uids(uids: Sequence[str], transfer_syntax_uid: str) -> bytes | None:
    """Gives the identifier that names the instances that failed; None, no data set, when none did.

    UIDs are passed on as they are, whatever they look like.

    Args:
        transfer_syntax_uid: one that is not deflated.
    """
    if not uids:
        return None
    value = "\\".join(uids).encode("ascii", "replace")
    value += b"\0" * (len(value) % 2)
    encoding = encoding_of(transfer_syntax_uid)
    head = struct.pack(f"{encoding.order}HH", 0x0008, 0x0058)
    if encoding.implicit:
        return head + struct.pack("<L", len(value)) + value
    if len(value) <= _LONGEST_SHORT:
        return head + struct.pack(f"{encoding.order}2sH", b"UI", len(value)) + value
    # PS3.5 6.2.2: what is too long for its VR is encoded as UN.
    return head + struct.pack(f"{encoding.order}2s2xL", b"UN", len(value)) + value


def decode_failed_uids(data_set: bytes | None, transfer_syntax_uid: str) -> tuple[str, ...]:
    """Gives the instances that a response names; none when it cannot be read."""
    if data_set is None:
        return ()
    try:
        elements = read_elements(data_set, transfer_syntax_uid)
    except DataSetError:
        return ()
    listed = (each._replace(vr="UI") for each in elements if each.tag == FAILED_SOP_INSTANCE_UID_LIST)
    return next((values_of(each, "") for each in listed), ())
