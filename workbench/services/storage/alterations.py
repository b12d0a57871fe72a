"""What becomes of a data set on its way out; the file or the memory that it comes from is not touched."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.services.storage.instances import Sendable
from workbench.services.transcoding.conversion import words_for
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Alterations:
    """What may be done to every data set, beside a conversion.

    Attributes:
        old_vrs: write OB for the VRs that were added to the standard after 1993.
        deflate_level: how hard to try where a result is deflated, 0 to 9; what came deflated is then deflated anew.
    """

    old_vrs: bool = False
    deflate_level: int = zlib.Z_DEFAULT_COMPRESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """What is done to one data set.

    Attributes:
        transfer_syntax_uid: what it is written in, which may be what it has.
        given: values of elements that it gets, by tag.
        sop_instance_uid: its new one; empty when it keeps its own.
        old_vrs, deflate_level: see `Alterations`.
    """

    transfer_syntax_uid: str
    given: Mapping[int, bytes] = field(default_factory=dict)
    sop_instance_uid: str = ""
    old_vrs: bool = False
    deflate_level: int = zlib.Z_DEFAULT_COMPRESSION

    def words(self, instance: Sendable) -> str:
        """Gives it for people; empty when it does not show in what the instance is."""
        parts = []
        if self.transfer_syntax_uid != instance.transfer_syntax_uid:
            parts.append(words_for(instance.transfer_syntax_uid, self.transfer_syntax_uid))
        if self.sop_instance_uid:
            parts.append(f"sent as {self.sop_instance_uid}")
        return ", ".join(parts)


def alteration(
    instance: Sendable,
    transfer_syntax_uid: str,
    general: Alterations,
    given: Mapping[int, bytes] | None = None,
    sop_instance_uid: str = "",
) -> Alteration | None:
    """Gives what has to be done to an instance that is sent in a transfer syntax; None when it goes out as it is."""
    old_vrs = general.old_vrs and transfer_syntax_uid != IMPLICIT_VR_LITTLE_ENDIAN  # which tells no VRs
    is_level_given = general.deflate_level != zlib.Z_DEFAULT_COMPRESSION
    deflates_anew = is_level_given and transfer_syntax_uid == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
    if transfer_syntax_uid == instance.transfer_syntax_uid and not given and not old_vrs and not deflates_anew:
        return None
    return Alteration(
        transfer_syntax_uid=transfer_syntax_uid,
        given=given or {},
        sop_instance_uid=sop_instance_uid,
        old_vrs=old_vrs,
        deflate_level=general.deflate_level,
    )
