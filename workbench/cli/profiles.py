"""The option `-xf FILE PROFILE`: an association profile of a file in DCMTK's format."""

from pathlib import Path
from typing import Final, Literal

from workbench.acse.asconfig import read_asconfig
from workbench.acse.profiles import Profile
from workbench.cli.output import Output
from workbench.cli.parser import Group
from workbench.errors import ConfigError

PROFILE_OPTION: Final = "--config-file"

_UNKNOWN_PROFILE: Final = "0006:0426"  # DCMTK's conditions, by which scripts know them
_NOT_FOR_SCP: Final = "0006:0436"


def add_profile_option(group: Group) -> None:
    """Adds the option; it leaves the name of the file and of the profile in `options.config`, None without it."""
    group.values(
        "-xf",
        PROFILE_OPTION,
        dest="config",
        metavars=("FILE", "PROFILE"),
        types=(str, str),
        help="the presentation contexts of this profile, of an association configuration file of DCMTK",
    )


def load_profile(file: str, name: str, *, side: Literal["SCU", "SCP"], output: Output) -> Profile:
    """Gives a profile of a file, and warns of what is odd in the file.

    Args:
        name: of the profile; case and white space do not count.
        side: whether it is to be proposed, or to be accepted.

    Raises:
        ConfigError: the file cannot be read or holds something wrong, has no such profile, or one that does not fit the
            side.
    """
    try:
        text = Path(file).read_bytes().decode(errors="replace")
    except OSError as exc:
        raise ConfigError(f"{file}: {exc.strerror or exc}") from exc
    try:
        config = read_asconfig(text, file)
    except ConfigError as error:
        for note in getattr(error, "__notes__", ()):
            output.warning(note)
        raise
    for warning in config.warnings:
        output.warning(warning)
    profile = config.profile(name)
    if profile is None:
        known = ", ".join(each.name for each in config.profiles) or "none"
        raise ConfigError(f"{_UNKNOWN_PROFILE} {file}: there is no profile {name!r}; there are: {known}")
    # Too many contexts for one association are no problem for an SCU: they are split over several.
    problems = profile.scp_problems() if side == "SCP" else []
    if problems:
        further = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise ConfigError(f"{_NOT_FOR_SCP} {file}: the profile {profile.name!r} fits no SCP: {problems[0]}{further}")
    return profile
