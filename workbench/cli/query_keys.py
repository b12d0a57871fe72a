"""What findscu, getscu and movescu share: query files, keys that override them, and the information model."""

import os
from dataclasses import replace
from typing import Final

from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.values import existing_file, utf8
from workbench.errors import ConfigError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.key_paths import parse_key
from workbench.services.query.listing import heading, listing
from workbench.services.query.models import (
    MODALITY_WORKLIST,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    STUDY_ROOT,
)
from workbench.services.query.query_files import read_query_file
from workbench.services.query.request import RequestIdentifier

DICTIONARY_PATHS: Final = "DCMDICTPATH"
"""The variable of the environment that names dictionary files, as DCMTK's tools read it."""

_MODELS: Final = (
    ("-W", "--worklist", MODALITY_WORKLIST, "modality worklist"),
    ("-P", "--patient", PATIENT_ROOT, "patient root"),
    ("-S", "--study", STUDY_ROOT, "study root"),
    ("-O", "--psonly", PATIENT_STUDY_ONLY, "patient/study only (retired)"),
)


def add_query_options(parser: Parser, *, worklist: bool = False) -> None:
    """Adds the words `dcmfile-in...`, `-k` and the models; to be called after the options of requestors.

    Args:
        worklist: offer the worklist, too, and ask that by default.
    """
    parser.positional(
        "files",
        "dcmfile-in",
        type=existing_file,
        many=True,
        optional=True,
        help="a query each: DICOM files or data sets; none asks for what the keys say",
    )
    group = parser.group("network options: override matching keys")
    group.value(
        "-k",
        "--key",
        dest="keys",
        metavar="KEY",
        type=utf8,
        repeat=True,
        help="set a key of every query: gggg,eeee=VALUE, Keyword=VALUE or Sequence[0].Keyword=VALUE; without a value it"
        " is asked to be returned; names also of the dictionary files that DCMDICTPATH names",
    )
    group = parser.group("network options: query information model")
    usual = MODALITY_WORKLIST if worklist else PATIENT_ROOT
    for short, long, model, words in _MODELS:
        if worklist or model is not MODALITY_WORKLIST:
            is_default = " (default)" if model is usual else ""
            group.flag(short, long, dest="model", value=model, default=usual, help=f"{words}{is_default}")
    parser.check(_something_is_asked)


def _something_is_asked(options: Options) -> str:
    return "" if options.files or options.keys else "there is nothing to ask for: a query file or -k/--key is needed"


def attribute_names() -> AttributeNames:
    """Gives the names of attributes: the standard's, and those of the files that the environment names."""
    paths = os.environ.get(DICTIONARY_PATHS, "")
    return AttributeNames([path for path in paths.split(os.pathsep) if path])


def queries(
    options: Options,
    output: Output,
    names: AttributeNames,
    *,
    correct: bool = False,
    old_vrs: bool = False,
    deflate_level: int = -1,
) -> list[RequestIdentifier]:
    """Gives what the command line asks for: one for each query file, or one of keys alone.

    Args:
        correct: drop spaces that mean nothing when files are read.
        old_vrs: write VRs that are newer than 1993 as OB.
        deflate_level: of data sets that are deflated; -1 leaves it to zlib.

    Raises:
        ConfigError: a key is wrong.
        StorageError: a file cannot be read.
    """
    asked = []
    try:
        for path in options.files or ("",):
            read = read_query_file(path, correct=correct) if path else RequestIdentifier()
            query = _overridden(replace(read, deflate_level=deflate_level), options.keys, names)
            for warning in query.warnings:
                output.warning(warning)
            asked.append(query.with_old_vrs() if old_vrs else query)
    finally:  # a dictionary that is missing is why a name is not known
        tell_problems(names, output)
    return asked


def _overridden(query: RequestIdentifier, texts: tuple[str, ...], names: AttributeNames) -> RequestIdentifier:
    try:
        return query.overridden([parse_key(text, names) for text in texts], names)
    except ConfigError as error:
        raise ConfigError(f"-k/--key: {error}") from error


def tell_problems(names: AttributeNames, output: Output) -> None:
    """Warns of dictionary files that could not be read, as far as they were needed, once."""
    for problem in names.take_problems():
        output.warning(f"{DICTIONARY_PATHS}: {problem}")


def show_identifier(query: RequestIdentifier, output: Output, names: AttributeNames) -> None:
    """Prints at -v what is asked for."""
    if output.level > Level.INFO:
        return
    for line in ("Request Identifiers:", "", *heading(query.read_syntax), *listing(query.elements, names), ""):
        output.info(line)
