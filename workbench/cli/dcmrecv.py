"""`dwb dcmrecv`: receives objects into a folder (C-STORE), by an association profile."""

import asyncio
from dataclasses import replace
from typing import ClassVar, Final

from workbench.acse.policy import Policy
from workbench.cli.exit_codes import (
    EXIT_CANNOT_LISTEN,
    EXIT_FAILURE,
    EXIT_INVALID_OUTPUT_DIRECTORY,
    EXIT_INVALID_PROFILE,
    EXIT_OK,
    EXIT_RECEIVER_NO_TLS,
)
from workbench.cli.options import NETWORK, add_general_options
from workbench.cli.output import Output
from workbench.cli.parser import Options, Parser
from workbench.cli.profiles import add_profile_option, load_profile
from workbench.cli.reception import Reception, add_extension_option, add_folder_options, add_peer_options, naming
from workbench.cli.serving import Acceptor, acceptor, add_acceptor_options
from workbench.cli.tracing import Style, tracing
from workbench.cli.writing import BIT_PRESERVING
from workbench.errors import ConfigError, StorageError, TransportError
from workbench.services.admission import refusing_useless
from workbench.services.storage.object_names import ObjectName, name_by_new_uid, name_by_random_number, name_by_time
from workbench.services.storage.scp import StorageScp
from workbench.services.storage.studies import folder_by_series_date
from workbench.services.storage.writing import Rewriting
from workbench.services.transcoding.layout import Layout
from workbench.trace.recorder import Recorder
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

_TITLES: Final = "network options: application entity title"
_TITLE: Final = "DCMRECV"
_EPILOG: Final = (
    "Exit codes: 0 stopped by a signal; 1 wrong command line; 45 the folder is missing or cannot be written to; 64 "
    "cannot listen; 66 wrong file or profile of -xf; 71 no secure connections with these keys and certificates."
)
_AS_DCMTK_WRITES: Final = Rewriting(layout=Layout(undefined_lengths=True, keeps_padding=True))
_NAMES: Final[dict[str, ObjectName]] = {
    "unique": name_by_new_uid,
    "short": name_by_random_number,
    "time": name_by_time,
}


class _Reception(Reception):
    STORED: ClassVar[str] = "Stored received object to file"
    OVERWRITES: ClassVar[str] = "file already exists, overwriting"


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 0 when it was told to stop by a signal."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    try:
        served_as = _served_as(options)
    except ConfigError as error:
        output.fatal(str(error))
        return EXIT_RECEIVER_NO_TLS if options.tls is not None else EXIT_FAILURE
    reception = _Reception(options, served_as, output)
    try:
        with tracing(options, output, reception.look, style=Style.CLASS) as recorder:
            try:
                policy = _policy(served_as, options, output)
            except ConfigError as error:
                output.fatal(str(error))
                return EXIT_INVALID_PROFILE
            return asyncio.run(_run(policy, reception, options, recorder))
    except ConfigError as error:
        output.fatal(str(error))
        return EXIT_FAILURE
    except TransportError as error:
        output.fatal(str(error))
        return EXIT_CANNOT_LISTEN
    except StorageError as error:
        output.fatal(f"cannot specify output directory: {error.path}: {error}")
        return EXIT_INVALID_OUTPUT_DIRECTORY


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("dcmrecv", "Receives DICOM objects into a folder (C-STORE), by a profile.", epilog=_EPILOG)
    add_general_options(parser, verbose_contexts=True)
    add_profile_option(parser.group("network options: association negotiation profile from configuration file"))
    group = parser.group(_TITLES)
    group.flag(
        "-uca",
        "--use-called-aetitle",
        dest="aetitle",
        value="",
        help="be called by any AE title (default); -aet serves those only that call that one",
    )
    add_acceptor_options(parser, ae_title=_TITLE, titles=_TITLES)
    parser.default("aetitle", "")
    add_peer_options(parser.group(NETWORK))
    add_folder_options(parser)
    group = parser.group("output options: subdirectory generation")
    group.flag("-s", "--no-subdir", dest="by_date", value=False, help="all in one folder (default)")
    group.flag(
        "+ssd",
        "--series-date-subdir",
        dest="by_date",
        help="in data/YYYY/MM/DD by Series Date, in undef/YYYYMMDD of today where there is none",
    )
    group = parser.group("output options: filename generation")
    for short, long, value, text in (
        ("+fd", "--default-filenames", "default", "prefix of the kind and SOP Instance UID: CT.1.2.3 (default)"),
        ("+fu", "--unique-filenames", "unique", "prefix, X and a new UID: CT.X.1.2.3"),
        ("+fsu", "--short-unique-names", "short", "prefix and 16 random digits: CT_0123456789abcdef"),
        ("+fst", "--system-time-names", "time", "time and prefix: 20240229120000.123456.CT"),
    ):
        group.flag(short, long, dest="names", value=value, default="default", help=text)
    add_extension_option(group)
    _add_storage_modes(parser)
    return parser


def _add_storage_modes(parser: Parser) -> None:
    group = parser.group("output options: storage mode")
    for short, long, value, text in (
        (
            ("-B",),
            "--normal",
            "normal",
            "encode all anew, as DCMTK does by default; ours keeps the bytes as they came unless this is given",
        ),
        (("+B",), BIT_PRESERVING, "bits", "keep the bytes, also of a broken data set"),
        ((), "--ignore", "ignore", "answer Success and keep nothing"),
    ):
        group.flag(*short, long, dest="storage_mode", value=value, default="", help=text)
    parser.conflicts(BIT_PRESERVING, "--series-date-subdir")


def _served_as(options: Options) -> Acceptor:
    options.ignore = options.storage_mode == "ignore"
    options.checks_called = bool(options.aetitle)
    options.aetitle = options.aetitle or _TITLE
    return acceptor(options)


def _policy(served_as: Acceptor, options: Options, output: Output) -> Policy:
    """Gives what is accepted: what the profile says, and without one only Verification."""
    policy = Policy(
        ae_title=served_as.local.ae_title if options.checks_called else None,
        allowed_calling=served_as.allowed_calling,
        contexts={VERIFICATION: (IMPLICIT_VR_LITTLE_ENDIAN,)},
        max_pdu_length=served_as.local.max_pdu_length,
        window=(options.window, 1),
    )
    if options.config is not None:
        return load_profile(*options.config, side="SCP", output=output).accepted_by(policy)
    warning = "no configuration file specified, SCP will only support the Verification SOP Class (-xf names one)"
    output.warning(warning)
    output.event("warning", reason=warning)
    return policy


async def _run(policy: Policy, reception: Reception, options: Options, recorder: Recorder | None) -> int:
    scp = StorageScp(
        options.folder,
        on_received=reception.object_received,
        check=options.check and options.storage_mode != "bits",
        ignore=options.ignore,
        name=naming(_NAMES.get(options.names), options.extension),
        folder_of=folder_by_series_date if options.by_date else None,
        rewriting=_AS_DCMTK_WRITES if options.storage_mode == "normal" else None,
    )
    reception.admission.append(refusing_useless(policy))
    try:
        server = reception.server(replace(policy, extended={**scp.offer.extended, **policy.extended}), scp, recorder)
        await reception.run(server)
    finally:
        await reception.close()
        scp.close()
    reception.summarise()
    return EXIT_OK
