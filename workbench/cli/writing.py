"""Options that say how received objects are written; storescp and movescu share them.

DCMTK's tools encode every data set anew when they write it. Ours keep the bytes that came unless one of these options
is given: nothing can be lost so, and signatures stay valid. `-B`, which is DCMTK's default, asks for what it does.
"""

import argparse
from typing import TYPE_CHECKING, Final

from workbench.cli.parser import Options, Parser
from workbench.cli.syntax_options import ACCEPT_ALL, COMPRESSED_PREFERENCES
from workbench.cli.values import at_least, within
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

if TYPE_CHECKING:
    from workbench.services.storage.writing import Rewriting  # and with it what only those need who rewrite

BIT_PRESERVING: Final = "--bit-preserving"

_SYNTAXES: Final = (
    ("+t=", "same", "", "keep the transfer syntax in which an object came (default)"),
    ("+te", "little", EXPLICIT_VR_LITTLE_ENDIAN, "explicit VR little endian"),
    ("+tb", "big", EXPLICIT_VR_BIG_ENDIAN, "explicit VR big endian"),
    ("+ti", "implicit", IMPLICIT_VR_LITTLE_ENDIAN, "implicit VR little endian"),
    ("+td", "deflated", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "deflated explicit VR little endian"),
)
# Title, attribute, its value when no option of the group is given, options.
_CHOICES: Final[tuple[tuple[str, str, tuple[tuple[str, str, object, str], ...]], ...]] = (
    (
        "output options: post-1993 value representations",
        "old_vrs",
        (
            ("+u", "--enable-new-vr", False, "write all VRs (default)"),
            ("-u", "--disable-new-vr", True, "write OB for those that came after 1993, such as UN and UT"),
        ),
    ),
    (
        "output options: group length encoding",
        "group_lengths",
        (
            ("+g=", "--group-length-recalc", "corrected", "correct the group lengths that are there"),
            ("+g", "--group-length-create", "added", "write a length of every group"),
            ("-g", "--group-length-remove", "removed", "leave group lengths out"),
        ),
    ),
    (
        "output options: length encoding in sequences and items",
        "undefined_lengths",
        (
            ("+e", "--length-explicit", False, "write lengths"),
            ("-e", "--length-undefined", True, "write delimiters"),
        ),
    ),
)
_UN: Final = (
    ("-uc", "--retain-un", False, "leave elements of VR UN as they are (default)"),
    ("+uc", "--convert-un", True, "give those of defined length the VR of the dictionary"),
)


def add_writing_options(parser: Parser, *, converts_un: bool = True, deflated: tuple[str, ...] = ()) -> None:
    """Adds the options and their rules.

    Args:
        converts_un: also `+uc`, which storescp has.
        deflated: further options with which the deflate level makes sense.
    """
    group = parser.group("output options: bit preserving mode")
    group.flag(
        "-B",
        "--normal",
        dest="storage_mode",
        value="normal",
        default="",
        help="encode all anew, as DCMTK does by default; ours keeps the bytes as they came unless an option below asks "
        "for something else",
    )
    group.flag(
        "+B", BIT_PRESERVING, dest="storage_mode", value="bits", help="keep the bytes, also of a broken data set"
    )
    group = parser.group("output options: output file format")
    group.flag("+F", "--write-file", dest="bare", value=False, help="write DICOM files (default)")
    group.flag("-F", "--write-dataset", dest="bare", help="write data sets without file meta information")
    group = parser.group("output options: output transfer syntax")
    for short, name, uid, text in _SYNTAXES:
        group.flag(short, f"--write-xfer-{name}", dest="write_syntax", value=uid, default="", help=text)
    for title, dest, flags in _CHOICES:
        for short, long, value, text in flags:
            parser.group(title).flag(short, long, dest=dest, value=value, default=None, help=text)
    group = parser.group("output options: data set trailing padding")
    group.flag("-p", "--padding-off", dest="padding", value=(0, 0), default=None, help="no padding")
    group.values(
        "+p",
        "--padding-create",
        dest="padding",
        metavars=("FILE", "ITEM"),
        types=(_padding, _padding),
        help="pad files to a multiple of so many bytes, and items: even numbers, 0 for none",
    )
    if converts_un:
        group = parser.group("output options: handling of defined length UN elements")
        for short, long, value, text in _UN:
            group.flag(short, long, dest="convert_un", value=value, default=False, help=text)
    group = parser.group("output options: deflate compression level")
    group.value(
        "+cl",
        "--compression-level",
        dest="deflate_level",
        metavar="LEVEL",
        type=within(0, 9),
        help="0 (none) to 9 (best) (default: 6)",
    )
    _add_rules(parser, deflated)


def _padding(text: str) -> int:
    number = at_least(0)(text)
    if number % 2:
        raise argparse.ArgumentTypeError(
            f"{number} is odd, and lengths of values are even (PS3.5 7.1.1); DCMTK would not pad at all"
        )
    return number


def _add_rules(parser: Parser, deflated: tuple[str, ...]) -> None:
    for name in ("little", "big", "implicit", "deflated"):
        parser.conflicts(f"--write-xfer-{name}", ACCEPT_ALL, BIT_PRESERVING, *COMPRESSED_PREFERENCES)
    anew = [long for _, _, flags in _CHOICES for _, long, _, _ in flags]
    parser.conflicts(BIT_PRESERVING, *anew, "--padding-create")
    parser.conflicts("--padding-create", "--write-dataset")
    others = frozenset(deflated)

    def something_is_deflated(options: Options) -> str:
        is_given = "--compression-level" in options.given and others.isdisjoint(options.given)
        can_be = options.write_syntax in ("", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
        return "" if can_be or not is_given else "--compression-level needs --write-xfer-deflated or --write-xfer-same"

    parser.check(something_is_deflated)


def rewriting(options: Options) -> "Rewriting | None":
    """Gives how objects are written; None when as they come."""
    anew = [getattr(options, dest) for _, dest, _ in _CHOICES] + [options.padding]
    is_laid_out = options.storage_mode == "normal" or any(each is not None for each in anew)
    converts_un = getattr(options, "convert_un", False)
    if not (is_laid_out or options.bare or options.write_syntax or converts_un or options.deflate_level is not None):
        return None
    from workbench.services.storage.writing import Rewriting
    from workbench.services.transcoding.layout import GroupLengths, Layout

    file_padding, item_padding = options.padding or (0, 0)
    layout = Layout(
        group_lengths=GroupLengths(options.group_lengths or "corrected"),
        undefined_lengths=bool(options.undefined_lengths),
        old_vrs=bool(options.old_vrs),
        file_padding=file_padding,
        item_padding=item_padding,
    )
    return Rewriting(
        bare=options.bare,
        transfer_syntax_uid=options.write_syntax,
        layout=layout if is_laid_out else None,
        convert_un=converts_un,
        deflate_level=options.deflate_level,
    )
