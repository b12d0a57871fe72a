"""`dwb archive`: looks after the index of a folder of received objects."""

from collections.abc import Callable
from typing import Final

from workbench.cli.exit_codes import EXIT_FAILURE, EXIT_OK
from workbench.cli.options import add_general_options
from workbench.cli.output import Output, printable
from workbench.cli.parser import Options, Parser
from workbench.cli.values import choice
from workbench.errors import StorageError
from workbench.storage.index import InstanceIndex, Level, check

_TOLD: Final = 1000  # files between two lines about the progress

# PS3.4 Tables C.6-1 and C.6-2: what the list of studies shows.
_STUDY_KEYS: Final = {
    "patient_id": 0x00100020,
    "patient_name": 0x00100010,
    "study_date": 0x00080020,
    "modalities": 0x00080061,
    "series": 0x00201206,
    "instances": 0x00201208,
    "description": 0x00081030,
    "study": 0x0020000D,
}


def main(arguments: list[str]) -> int:
    """Runs the tool and gives its exit code: 1 when something failed, or `check` found a difference."""
    options = make_parser().parse(arguments)
    output = Output(level=options.level, as_json=options.json)
    actions: dict[str, Callable[[Options, Output], int]] = {
        "rebuild": _rebuild,
        "check": _check,
        "list": _list,
    }
    try:
        return actions[options.action](options, output)
    except StorageError as error:
        output.fatal(f"{error.path}: {error}")
        return EXIT_FAILURE


def make_parser() -> Parser:
    """Gives what reads the command line of the tool."""
    parser = Parser("archive", "Looks after the index of a folder of received objects.")
    add_general_options(parser)
    parser.positional(
        "action",
        "action",
        type=choice("rebuild", "check", "list"),
        help="rebuild: make the index anew from the files, which are not touched; "
        "check: tell where index and files differ, and change nothing; list: print the studies",
    )
    parser.positional("folder", "folder", help="the folder, which another program may have open")
    parser.group("checking").flag(
        "--reread", dest="reread", help="check: also read every object, from the first byte to the last"
    )
    return parser


def _rebuild(options: Options, output: Output) -> int:
    def progress(files: int) -> None:
        if files % _TOLD == 0:
            output.info(f"{files} files")

    with InstanceIndex.open(options.folder, is_compared=False) as index:
        report = index.rebuild(progress=progress)
    output.event("summary", indexed=report.indexed, left_out=report.left_out)
    output.write(f"{report.indexed} objects indexed, {report.left_out} other files")
    return EXIT_OK


def _check(options: Options, output: Output) -> int:
    count = 0
    for difference in check(options.folder, is_reread=options.reread):
        count += 1
        output.event("difference", file=difference.path, reason=difference.problem)
        output.error(f"{difference.path}: {difference.problem}")
    output.event("summary", differences=count)
    output.write(f"{count} differences" if count else "index and files agree")
    return EXIT_FAILURE if count else EXIT_OK


def _list(options: Options, output: Output) -> int:
    with InstanceIndex.open(options.folder) as index:
        for row in index.search(Level.STUDY, (), tuple(_STUDY_KEYS.values())):
            texts = dict(zip(_STUDY_KEYS, row, strict=True))
            if options.json:
                output.event("study", association=None, **texts)
            else:
                print("\t".join(printable(text or "") for text in texts.values()))
    return EXIT_OK
