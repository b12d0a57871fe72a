"""Options that choose transfer syntaxes: what requestors propose (`-x…`) and what acceptors prefer (`+x…`)."""

from typing import Final, Literal

from workbench.acse.syntax_choices import (
    ALL_SYNTAXES,
    COMPRESSIONS,
    UNCOMPRESSED_CHOICES,
    preference,
    storage_proposal,
)
from workbench.cli.parser import Options, Parser
from workbench.cli.profiles import PROFILE_OPTION

COMPRESSED_PREFERENCES: Final = tuple(f"--prefer-{each.choice}" for each in COMPRESSIONS)
"""The options of acceptors that prefer a compressed transfer syntax, by name."""

ACCEPT_ALL: Final = "--accept-all"

_ALL: Final = "all"
_UNCOMPRESSED: Final = (
    ("=", "uncompr", "explicit VR in this machine's byte order first"),
    ("e", "little", "explicit VR little endian first"),
    ("b", "big", "explicit VR big endian first"),
)


def add_propose_options(
    parser: Parser,
    which: Literal["storage", "uncompressed"],
    *,
    title: str = "network options: proposed transmission transfer syntaxes",
) -> None:
    """Adds the options of a requestor's transfer syntaxes; `proposed` reads them.

    Args:
        which: storage also proposes compressed ones, and proposes what the files need unless an option is given.
    """
    group = parser.group(title)
    default = None if which == "storage" else "uncompr"
    for letter, choice, words in _UNCOMPRESSED:
        is_default = " (default)" if choice == default else ""
        group.flag(
            f"-x{letter}",
            f"--propose-{choice}",
            dest="propose",
            value=choice,
            default=default,
            help=f"the uncompressed ones, {words}{is_default}",
        )
    rows = [("d", "deflated", "deflated, else the uncompressed ones"), ("i", "implicit", "implicit VR only")]
    if which == "storage":
        for each in COMPRESSIONS:
            rest = "only" if each.kind == "video" else "else the uncompressed ones"
            rows.append((each.letter, each.choice, f"{each.words}, {rest}"))
    for letter, choice, words in rows:
        group.flag(f"-x{letter}", f"--propose-{choice}", dest="propose", value=choice, default=default, help=words)
    if which == "storage":
        group.flag("+C", "--combine", dest="combine", help="all of a SOP class in one presentation context")
        others = (*(choice for _, choice, _ in _UNCOMPRESSED[1:]), *(choice for _, choice, _ in rows))
        parser.conflicts(PROFILE_OPTION, *(f"--propose-{choice}" for choice in others), "--combine")


def proposed(options: Options) -> tuple[tuple[str, ...], ...]:
    """Gives the transfer syntaxes of each presentation context that is to be proposed of a SOP class.

    Nothing where a storage SCU was told nothing: then it proposes what its files need.
    """
    combined = getattr(options, "combine", None)
    if combined is None:
        return (UNCOMPRESSED_CHOICES[options.propose],)
    if options.propose is None and not combined:
        return ()
    return storage_proposal(options.propose or "uncompr", combined=combined)


def add_prefer_options(
    parser: Parser, *, accept_all: bool, title: str = "network options: preferred network transfer syntaxes"
) -> None:
    """Adds the options of an acceptor's transfer syntaxes; `preferred` reads them.

    Args:
        accept_all: also `+xa`, which takes every one that there is.
    """
    group = parser.group(title)
    choices = [(f"+x{letter}", f"--prefer-{choice}", choice, words) for letter, choice, words in _UNCOMPRESSED]
    choices += [(f"+x{each.letter}", f"--prefer-{each.choice}", each.choice, each.words) for each in COMPRESSIONS]
    choices += [
        ("+xd", "--prefer-deflated", "deflated", "deflated"),
        ("+xi", "--implicit", "implicit", "implicit VR only"),
    ]
    if accept_all:
        choices.append(("+xa", ACCEPT_ALL, _ALL, f"every one of {len(ALL_SYNTAXES)}, the compressed before the others"))
    for short, long, choice, words in choices:
        is_default = " (default)" if choice == "uncompr" else ""
        group.flag(short, long, dest="prefer", value=choice, default="uncompr", help=words + is_default)
    parser.conflicts(PROFILE_OPTION, *(long for _, long, choice, _ in choices if choice != "uncompr"))


def preferred(options: Options) -> tuple[str, ...]:
    """Gives the transfer syntaxes that are accepted, the preferred first."""
    return ALL_SYNTAXES if options.prefer == _ALL else preference(options.prefer)
