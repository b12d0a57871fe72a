"""`dwb storescu`: sends files and the files of folders to a node (C-STORE), as they are unless told otherwise.

Stops at the first failure unless told otherwise, and names every file that the node has not acknowledged.
"""

import asyncio
import os
from typing import Final

from workbench.acse.syntax_choices import storage_proposal
from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK, EXIT_PEER_ABORTED
from workbench.cli.input_files import Inputs, add_input_options, find_inputs
from workbench.cli.options import add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.profiles import add_profile_option, load_profile
from workbench.cli.requesting import Requestor, add_requestor_options, requestor
from workbench.cli.send_options import (
    add_deflate_option,
    add_parallel_options,
    dots,
    progress_bar,
    stop_on_signals,
    write_report,
)
from workbench.cli.send_report import SendReport
from workbench.cli.syntax_options import add_propose_options, proposed
from workbench.cli.tracing import tracing
from workbench.cli.values import choice, positive
from workbench.dimse.status import Category, category
from workbench.errors import AssociationAborted, ConfigError
from workbench.services.storage.alterations import Alterations
from workbench.services.storage.inventing import Inventor
from workbench.services.storage.proposals import AsListed, GivenSyntaxes, Proposal
from workbench.services.storage.sending import Sending
from workbench.services.storage.sent_files import rename_sent
from workbench.services.storage.usual_classes import USUAL_CLASSES
from workbench.services.transcoding.conversion import Conversion
from workbench.storage.part10 import FileForm
from workbench.trace.recorder import Recorder
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import UserInformationItem

_PROPOSED: Final = "network options: proposed transmission transfer syntaxes"
_OTHER: Final = "network options: other network options"

_EPILOG: Final = (
    "Without an option that says what to propose, each file gets a context for the transfer syntax it has, "
    "and an uncompressed one a second context with all uncompressed syntaxes. A file whose own syntax the node accepts "
    "is sent as it is; among uncompressed syntaxes it is converted otherwise, unless --convert never forbids it. "
    "Exit codes: 0 the node has acknowledged every file; 10 it aborted; the high byte of the first failing status; "
    "1 anything else. With --compat-exit-codes: 0 for any warning, and with -nh for any status and bad file."
)


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when the node has acknowledged every file."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        caller = requestor(options)
        with tracing(options, output) as recorder:
            return asyncio.run(_run(caller, options, output, recorder))
    except ConfigError as error:
        output.fatal(str(error))
    except KeyboardInterrupt:
        output.fatal("interrupted")
    return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("storescu", "Sends DICOM files (C-STORE).", epilog=_EPILOG)
    add_general_options(parser, verbose_contexts=True)
    add_requestor_options(parser, ae_title="STORESCU")
    add_input_options(parser, form=FileForm.ANY, halts="a failure", title=_OTHER)
    group = parser.group("input options: input files")
    group.flag("-rn", "--no-rename", dest="rename", value=False, help="leave the names of the files alone (default)")
    group.flag(
        "+rn", "--rename", dest="rename", help="append .done to the names of files sent, .bad to those that fail"
    )
    add_profile_option(parser.group("network options: association negotiation profile from configuration file"))
    add_propose_options(parser, "storage", title=_PROPOSED)
    group = parser.group(_PROPOSED)
    group.flag("-R", "--required", dest="required", help="propose the SOP classes of the files, no usual ones besides")
    group.value(
        "--convert",
        dest="convert",
        metavar="WHAT",
        type=choice(*[each.value for each in Conversion]),
        default=Conversion.UNCOMPRESSED.value,
        help="where the node does not accept the transfer syntax of a file: never, plain (uncompressed into each "
        "other), uncompressed (the deflated one, too), lossless (also what is compressed without loss), any "
        "(default: uncompressed)",
    )
    parser.conflicts("--config-file", "--required")
    group = parser.group("network options: post-1993 value representations")
    group.flag("+u", "--enable-new-vr", dest="old_vrs", value=False, help="send VRs such as UN and UT (default)")
    group.flag("-u", "--disable-new-vr", dest="old_vrs", help="send OB in place of the VRs that came after 1993")
    add_deflate_option(parser, "network options: deflate compression level")
    parser.requires("--compression-level", "--propose-deflated", "--config-file")
    group = parser.group(_OTHER)
    group.flag("-up", "--uid-padding", dest="uid_padding", help="do not warn of UIDs that are padded with a space")
    _add_invent_options(parser)
    add_parallel_options(parser)
    group = parser.group("output options: general")
    group.value("+crf", "--create-report-file", metavar="FILE", dest="report", help="write a report on every file")
    return parser


def _add_invent_options(parser: Parser) -> None:
    group = parser.group(_OTHER)
    default = Inventor()
    group.flag("+II", "--invent-instance", dest="invent", help="send each file as a new instance, of a new patient")
    for spellings, dest, value, what in (
        (("+IR", "--invent-series"), "images", default.images, "a new series after N instances"),
        (("+IS", "--invent-study"), "series", default.series, "a new study after N series"),
        (("+IP", "--invent-patient"), "studies", default.studies, "a new patient after N studies"),
    ):
        text = f"as +II, and {what} (default: {value})"
        group.value(*spellings, dest=dest, metavar="N", type=positive, default=value, help=text)


async def _run(caller: Requestor, options: Options, output: Output, recorder: Recorder | None) -> int:
    proposal, negotiation = _proposal(options, output)
    inputs = await asyncio.to_thread(find_inputs, options)
    inputs.tell(output)
    if not options.uid_padding:
        for each in inputs.instances:
            if each.has_padded_uid:
                output.warning(f"{each.path}: a UID is padded with a space, which it must not be (PS3.5 9.1)")
    instances = [each for each in inputs.instances for _ in range(options.repeat)]
    report = SendReport(output, instances, unreadable=len(inputs.bad), dots=dots(options))
    if inputs.bad and not options.no_halt:
        report.give_up(f"stopped before the start, {inputs.bad[0].path} cannot be sent")
        return EXIT_FAILURE
    if not instances:
        output.fatal("no input files to be sent")
        return await asyncio.to_thread(_code_of_nothing, options, inputs)
    report.sending = sending = Sending(
        instances,
        caller.node,
        caller.local,
        jobs=options.jobs,
        window=options.window,
        convert=Conversion(options.convert),
        preferred_syntax=DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN if options.propose == "deflated" else "",
        stop_at_first_failure=not options.no_halt,
        check=options.check,
        proposal=proposal,
        alterations=Alterations(old_vrs=options.old_vrs, deflate_level=options.deflate_level),
        inventor=_inventor(options),
        abort_at_end=options.abort,
        tls=caller.tls,
        user_information=(*caller.user_information, *negotiation),
        recorder=recorder,
        observer=report,
        on_trouble=report.trouble,
    )
    stop_on_signals(sending, output)
    with progress_bar(output, report):
        summary = await sending.run()
    report.conclude(summary)
    if options.rename:
        await asyncio.to_thread(_rename, sending, inputs, output)
    code = _compatible_code(report, options) if options.compat else _exit_code(report, sending, inputs)
    if options.report and not await asyncio.to_thread(write_report, options.report, sending.report(), output):
        return code or EXIT_FAILURE
    return code


def _proposal(options: Options, output: Output) -> tuple[Proposal | None, tuple[UserInformationItem, ...]]:
    """Gives what to propose, None for what the files need, and the negotiation that goes with it."""
    if options.config is not None:
        profile = load_profile(*options.config, side="SCU", output=output)
        contexts = [context for association in profile.proposals() for context in association]
        return AsListed(contexts), (*profile.role_selections(), *profile.extended_negotiations())
    syntaxes = proposed(options)
    if not syntaxes and not options.required:
        return None, ()
    proposal = GivenSyntaxes(
        syntaxes or storage_proposal("uncompr"),
        classes=() if options.required else USUAL_CLASSES,
        own_besides=options.propose is None,
    )
    return proposal, ()


def _inventor(options: Options) -> Inventor | None:
    if not options.given & {"--invent-instance", "--invent-series", "--invent-study", "--invent-patient"}:
        return None
    return Inventor(images=options.images, series=options.series, studies=options.studies)


def _rename(sending: Sending, inputs: Inputs, output: Output) -> None:
    for before, after, problem in rename_sent(sending.outcomes, [each.path for each in inputs.bad]):
        if problem:
            output.error(f"{before}: cannot be renamed to {after}: {problem}")
        else:
            output.info(f"{before}: renamed to {after}")
            output.event("renamed", file=before, to=after)


def _exit_code(report: SendReport, sending: Sending, inputs: Inputs) -> int:
    """Gives the high byte of the first failing status, 10 when the peer aborted, 1 for anything else that failed."""
    if all(outcome is not None and outcome.is_acknowledged for outcome in sending.outcomes):
        return EXIT_FAILURE if inputs.bad else EXIT_OK
    return _code_of_failure(report)


def _code_of_nothing(options: Options, inputs: Inputs) -> int:
    """Gives the code where no file can be sent; DCMTK's passes over files that are there but bad, unless -R is given.

    Blocks.
    """
    passes_over = options.compat and not options.required and any(os.path.isfile(each.path) for each in inputs.bad)
    return EXIT_OK if passes_over else EXIT_FAILURE  # with -nh: without it the tool has ended before


def _code_of_failure(report: SendReport) -> int:
    """Gives the code for what failed first; 10 only where the abort of the peer was what made it fail."""
    first = report.failures[0] if report.failures else None
    if first is not None and first.status is not None:
        return first.status >> 8 or EXIT_FAILURE
    is_other = first is not None and not isinstance(first.error, AssociationAborted)
    return EXIT_PEER_ABORTED if report.was_aborted and not is_other else EXIT_FAILURE


def _compatible_code(report: SendReport, options: Options) -> int:
    """Gives what DCMTK's storescu ends with: any warning is a success, and so is any failure that -nh passes over."""
    if report.was_refused or report.had_no_contexts:
        return EXIT_FAILURE
    if options.no_halt:
        return EXIT_FAILURE if report.was_aborted else EXIT_OK
    if not report.failures:
        return EXIT_OK
    status = report.failures[0].status
    is_warning = status is not None and category(status) is Category.WARNING
    return EXIT_OK if is_warning else _code_of_failure(report)
