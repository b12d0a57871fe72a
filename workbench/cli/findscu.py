"""`dwb findscu`: queries an archive or a worklist, shows the responses and writes them into files (C-FIND)."""

import asyncio
import os
import time
from typing import Final

from workbench.acse.contexts import MAX_CONTEXTS
from workbench.cli.cancel_signals import cancel_on_signals
from workbench.cli.exit_codes import (
    EXIT_CANNOT_WRITE_OUTPUT,
    EXIT_COMMAND_LINE,
    EXIT_FAILURE,
    EXIT_INVALID_OUTPUT_DIRECTORY,
    EXIT_OK,
    EXIT_QUERY_FAILED,
)
from workbench.cli.find_responses import FindResponses, Shown
from workbench.cli.options import add_general_options
from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.query_keys import add_query_options, attribute_names, queries, tell_problems
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.syntax_options import add_propose_options, proposed
from workbench.cli.tracing import tracing
from workbench.cli.values import at_least, positive, within
from workbench.errors import ConfigError, StorageError
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.columns import columns_of
from workbench.services.query.extraction import Extraction, Kind
from workbench.services.query.querying import Querying
from workbench.services.query.request import RequestIdentifier
from workbench.trace.recorder import Recorder

_EPILOG: Final = (
    f"Exit codes: {EXIT_OK} every query ended with success, or as --cancel or --limit wanted; {EXIT_COMMAND_LINE} the"
    f" command line, a key or a query file is wrong, or it was interrupted; {EXIT_QUERY_FAILED} no association, or a"
    f" query failed;"
    f" {EXIT_CANNOT_WRITE_OUTPUT} a response could not be written; {EXIT_INVALID_OUTPUT_DIRECTORY} there is no such"
    f" output folder. With --compat-exit-codes {EXIT_OK} once there was an association, and {EXIT_FAILURE} instead of"
    f" {EXIT_CANNOT_WRITE_OUTPUT} and {EXIT_INVALID_OUTPUT_DIRECTORY} before one, as DCMTK's findscu."
)


_EXTRACTIONS: Final = ("--extract", "--extract-xml", "--extract-xml-single", "--csv")


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when every query was answered to its end."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        return _main(options, output)
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
    except ConfigError as error:
        output.fatal(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        output.fatal("interrupted")
    return EXIT_COMMAND_LINE


def _main(options: Options, output: Output) -> int:
    caller = requestor(options)
    names = attribute_names()
    asked = queries(
        options,
        output,
        names,
        correct=options.correct,
        old_vrs=options.old_vrs,
        deflate_level=options.deflate_level,
    )
    try:
        extraction = _extraction(options, names, asked)
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
        return _output_code(options)
    shown = Shown(as_lines=_shows_responses(options), as_events=options.json, correct=options.correct)
    responses = FindResponses(output, names, shown, extraction)
    querying = _querying(options, caller)

    async def ask(recorder: Recorder | None) -> None:
        cancel_on_signals(querying.cancelling, output)
        await querying.run(asked, responses, recorder=recorder)

    try:
        begin = time.monotonic()
        with tracing(options, output) as recorder:
            asyncio.run(ask(recorder))
        tell_problems(names, output)
    finally:
        if extraction is not None:
            responses.complete(extraction)
    responses.summarise(time.monotonic() - begin)
    if querying.cancelling.is_wanted:
        return EXIT_FAILURE
    return responses.exit_code(compat=options.compat)


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("findscu", "Queries an archive or a modality worklist (C-FIND).", epilog=_EPILOG)
    add_general_options(parser)
    add_requestor_options(parser, ae_title="FINDSCU")
    add_query_options(parser, worklist=True)
    group = parser.group("network options: post-1993 value representations")
    group.flag("+u", "--enable-new-vr", dest="old_vrs", value=False, help="write them as they are (default)")
    group.flag("-u", "--disable-new-vr", dest="old_vrs", help="write UN, UT, UC, UR, OF, OD and their like as OB")
    add_propose_options(parser, "uncompressed")
    group = parser.group("network options: deflate compression level")
    group.value(
        "+cl",
        "--compression-level",
        dest="deflate_level",
        metavar="LEVEL",
        type=within(0, 9),
        default=-1,
        help="how hard to deflate queries, 0 (not at all) to 9; needs -xd (default: 6)",
    )
    parser.requires("--compression-level", "--propose-deflated")
    group = parser.group("network options: other network options")
    group.value(
        "--cancel",
        dest="cancel",
        metavar="N",
        type=at_least(0),
        help="send C-CANCEL after N responses and go on to the end; 0 never does (default: never)",
    )
    group.value(
        "--limit",
        dest="limit",
        metavar="N",
        type=positive,
        help="take at most N responses to a query, then cancel it and pass over what still comes",
    )
    group.value(
        "--jobs",
        dest="jobs",
        metavar="N",
        type=within(1, MAX_CONTEXTS),
        default=1,
        help="share the query files among N associations at a time (default: 1)",
    )
    _add_output_options(parser)
    return parser


def _add_output_options(parser: Parser) -> None:
    group = parser.group("output options: general")
    group.value(
        "-od",
        "--output-directory",
        dest="folder",
        metavar="FOLDER",
        default=".",
        help="write responses into this folder; needs -X, -Xx or -Xs (default: .)",
    )
    parser.requires("--output-directory", *_EXTRACTIONS)
    group = parser.group("output options: automatic data correction")
    group.flag(
        "+dc",
        "--enable-correction",
        dest="correct",
        help="drop spaces that mean nothing from query files and responses, and those that dates must not have",
    )
    group.flag("-dc", "--disable-correction", dest="correct", value=False, help="leave values alone (default)")
    group = parser.group("output options: C-FIND responses")
    group.flag(
        "+sr", "--show-responses", dest="show", value=True, default=None, help="print responses, whatever else is asked"
    )
    group.flag("-sr", "--hide-responses", dest="show", value=False, default=None, help="print no responses")
    group.flag("-X", "--extract", dest="extract", value=(Kind.DICOM, ""), default=None, help="write rsp0001.dcm ...")
    group.flag("-Xx", "--extract-xml", dest="extract", value=(Kind.XML, ""), default=None, help="write rsp0001.xml ...")
    group.value(
        "-Xs",
        "--extract-xml-single",
        dest="extract",
        metavar="FILE",
        type=lambda name: (Kind.SINGLE_XML, name),
        help="write all responses into one XML file, in UTF-8",
    )
    group.value(
        "--csv",
        dest="extract",
        metavar="FILE",
        type=lambda name: (Kind.TABLE, name),
        help="write all responses into a table of comma-separated values in UTF-8: a row each, a column for each key",
    )
    group.value(
        "-Xlo",
        "--limit-output",
        dest="limit_output",
        metavar="N",
        type=positive,
        help="write at most N responses; needs -X, -Xx or -Xs",
    )
    parser.requires("--limit-output", *_EXTRACTIONS)


def _extraction(options: Options, names: AttributeNames, asked: list[RequestIdentifier]) -> Extraction | None:
    if options.extract is None:
        return None
    kind, file = options.extract
    return Extraction(
        kind,
        names,
        folder=options.folder,
        file=file,
        columns=columns_of((query.elements for query in asked), names) if kind is Kind.TABLE else (),
        limit=options.limit_output,
        sop_class_uid=options.model.find,
        correct=options.correct,
    )


def _output_code(options: Options) -> int:
    """Gives what the tool ends with where responses cannot be written, known before the call."""
    if options.compat:
        return EXIT_FAILURE
    return EXIT_CANNOT_WRITE_OUTPUT if os.path.isdir(options.folder) else EXIT_INVALID_OUTPUT_DIRECTORY


def _shows_responses(options: Options) -> bool:
    """Whether responses are printed: by default unless they are written, or nothing but fatal errors is wanted."""
    if options.show is not None:
        return bool(options.show)
    return options.extract is None and options.level < Level.FATAL and not options.json


def _querying(options: Options, caller: Requestor) -> Querying:
    (transfer_syntaxes,) = proposed(options)
    return Querying(
        node=caller.node,
        model=options.model,
        local=caller.local,
        tls=caller.tls,
        user_information=caller.user_information,
        transfer_syntaxes=transfer_syntaxes,
        repeat=options.repeat,
        cancel_after=options.cancel or None,
        limit=options.limit,
        abort=options.abort,
        jobs=options.jobs,
    )
