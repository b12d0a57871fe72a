"""The transfer syntaxes that DCMTK's tools propose and prefer, by the names of their options, as plain tables.

A choice is the end of an option's long name: "j2k-lossless" of `--propose-j2k-lossless` and `--prefer-j2k-lossless`.
"Local" byte order is the one of the machine; ours are little endian all.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

Kind: TypeAlias = Literal["image", "video"]

LITTLE_FIRST: Final = (EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
BIG_FIRST: Final = (EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
_DEFLATED: Final = (DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, *LITTLE_FIRST)


class Compression(NamedTuple):
    """A choice of a compressed transfer syntax.

    Attributes:
        letter: of the short option: `-xv`, `+xv`.
        kind: an image can be sent uncompressed instead, a video cannot.
        words: for the help.
    """

    letter: str
    choice: str
    uid: str
    kind: Kind
    words: str


COMPRESSIONS: Final = (
    Compression("s", "lossless", "1.2.840.10008.1.2.4.70", "image", "JPEG lossless, first-order prediction"),
    Compression("y", "jpeg8", "1.2.840.10008.1.2.4.50", "image", "JPEG baseline, 8 bits"),
    Compression("x", "jpeg12", "1.2.840.10008.1.2.4.51", "image", "JPEG extended, 12 bits"),
    Compression("v", "j2k-lossless", "1.2.840.10008.1.2.4.90", "image", "JPEG 2000, lossless only"),
    Compression("w", "j2k-lossy", "1.2.840.10008.1.2.4.91", "image", "JPEG 2000"),
    Compression("t", "jls-lossless", "1.2.840.10008.1.2.4.80", "image", "JPEG-LS, lossless"),
    Compression("u", "jls-lossy", "1.2.840.10008.1.2.4.81", "image", "JPEG-LS, near-lossless"),
    Compression("m", "mpeg2", "1.2.840.10008.1.2.4.100", "video", "MPEG2, main level"),
    Compression("h", "mpeg2-high", "1.2.840.10008.1.2.4.101", "video", "MPEG2, high level"),
    Compression("n", "mpeg4", "1.2.840.10008.1.2.4.102", "video", "MPEG-4, level 4.1"),
    Compression("l", "mpeg4-bd", "1.2.840.10008.1.2.4.103", "video", "MPEG-4, level 4.1 for Blu-ray"),
    Compression("2", "mpeg4-2-2d", "1.2.840.10008.1.2.4.104", "video", "MPEG-4, level 4.2 for 2D"),
    Compression("3", "mpeg4-2-3d", "1.2.840.10008.1.2.4.105", "video", "MPEG-4, level 4.2 for 3D"),
    Compression("o", "mpeg4-2-st", "1.2.840.10008.1.2.4.106", "video", "MPEG-4, level 4.2, stereo"),
    Compression("4", "hevc", "1.2.840.10008.1.2.4.107", "video", "HEVC, main profile"),
    Compression("5", "hevc10", "1.2.840.10008.1.2.4.108", "video", "HEVC, main 10 profile"),
    Compression("r", "rle", "1.2.840.10008.1.2.5", "image", "RLE lossless"),
)

_COMPRESSION_OF: Final[Mapping[str, Compression]] = {each.choice: each for each in COMPRESSIONS}

UNCOMPRESSED_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "uncompr": LITTLE_FIRST,
    "little": LITTLE_FIRST,
    "big": BIG_FIRST,
    "deflated": _DEFLATED,
    "implicit": (IMPLICIT_VR_LITTLE_ENDIAN,),
}
"""In the order in which they are proposed of a query, or preferred."""

ALL_SYNTAXES: Final = (
    "1.2.840.10008.1.2.4.91",  # JPEG 2000, so that of an object in both kinds the lossy one wins
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.51",  # JPEG
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.81",  # JPEG-LS
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.5",  # RLE
    "1.2.840.10008.1.2.4.100",  # MPEG2 and MPEG-4, each followed by its fragmentable form
    "1.2.840.10008.1.2.4.100.1",
    "1.2.840.10008.1.2.4.101",
    "1.2.840.10008.1.2.4.101.1",
    "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.102.1",
    "1.2.840.10008.1.2.4.103",
    "1.2.840.10008.1.2.4.103.1",
    "1.2.840.10008.1.2.4.104",
    "1.2.840.10008.1.2.4.104.1",
    "1.2.840.10008.1.2.4.105",
    "1.2.840.10008.1.2.4.105.1",
    "1.2.840.10008.1.2.4.106",
    "1.2.840.10008.1.2.4.106.1",
    "1.2.840.10008.1.2.4.107",  # HEVC
    "1.2.840.10008.1.2.4.108",
    "1.2.840.10008.1.2.4.201",  # HTJ2K
    "1.2.840.10008.1.2.4.202",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.110",  # JPEG XL
    "1.2.840.10008.1.2.4.111",
    "1.2.840.10008.1.2.4.112",
    "1.2.840.10008.1.2.8.1",  # deflated image frame
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    "1.2.840.10008.1.2.1.98",  # encapsulated uncompressed
    *LITTLE_FIRST,
)
"""What `--accept-all` accepts, the preferred first."""


def storage_proposal(choice: str, *, combined: bool = False) -> tuple[tuple[str, ...], ...]:
    """Gives the transfer syntaxes of each context that a choice proposes for a SOP class of storage.

    The chosen syntax is alone in the first, so that the acceptor cannot take another instead; the second has what the
    object can be converted to. Of a video, and of implicit VR alone, there is no second.

    Args:
        combined: all of them share one context.
    """
    if choice in _COMPRESSION_OF and _COMPRESSION_OF[choice].kind == "video":
        return ((_COMPRESSION_OF[choice].uid,),)
    first, *others = UNCOMPRESSED_CHOICES.get(choice) or (_COMPRESSION_OF[choice].uid, *LITTLE_FIRST)
    if combined or not others:
        return ((first, *others),)
    return ((first,), tuple(others))


def preference(choice: str) -> tuple[str, ...]:
    """Gives the transfer syntaxes that an SCP accepts by a choice, the preferred first."""
    if choice in UNCOMPRESSED_CHOICES:
        return UNCOMPRESSED_CHOICES[choice]
    return (_COMPRESSION_OF[choice].uid, *LITTLE_FIRST)
