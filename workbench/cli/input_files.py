"""Options that say which files are sent, and how they are read; what finds them."""

import os
from typing import Final

from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.errors import StorageError
from workbench.storage.part10 import FileForm, Instance, Skipped, scan_paths

_IS_FOLDER: Final = "ignored, for this is a folder; +sd/--scan-directories sends what is in it"


def add_input_options(parser: Parser, *, form: FileForm, halts: str, title: str) -> None:
    """Adds the files, the options that choose among them, and those that pass over what is wrong.

    Args:
        form: what files have to be where no option says it.
        halts: after what the tool stops without `-nh`, for the help.
        title: of the group that `-nh` and `-nuc` belong to.
    """
    parser.positional("files", "dcmfile-in", many=True, help="file to send, or folder with +sd")
    group = parser.group("input options: input file format")
    for spellings, value, text in (
        (("+f", "--read-file"), FileForm.ANY, "files are DICOM files or bare data sets"),
        (("+fo", "--read-file-only"), FileForm.PART10, "files are DICOM files, with file meta information"),
        (("-f", "--read-dataset"), FileForm.DATA_SET, "files are bare data sets; their encoding is found out"),
    ):
        default = " (default)" if value is form else ""
        group.flag(*spellings, dest="form", value=value, default=form, help=text + default)
    group = parser.group("input options: input files")
    group.flag("+sd", "--scan-directories", dest="scan", help="names may be folders: send what is in them")
    group.value(
        "+sp",
        "--scan-pattern",
        dest="pattern",
        metavar="PATTERN",
        default="",
        help="of the files of folders only those with such names, as *.dcm; needs +sd",
    )
    group.flag("-r", "--no-recurse", dest="recurse", value=False, help="do not look into folders of folders (default)")
    group.flag("+r", "--recurse", dest="recurse", help="look into folders of folders too; needs +sd")
    group.flag("+rd", "--read-from-dicomdir", dest="dicomdir", help="files are DICOMDIRs: send the files they name")
    parser.requires("--recurse", "--scan-directories")
    parser.requires("--scan-pattern", "--scan-directories")
    group = parser.group(title)
    group.flag("-nh", "--no-halt", dest="no_halt", help=f"go on after {halts} (the exit code still tells it)")
    group.flag(
        "-nuc",
        "--no-uid-checks",
        dest="uid_checks",
        value=False,
        default=True,
        help="send files even though their UIDs are none",
    )
    group.flag(
        "--no-structure-check",
        dest="check",
        value=False,
        default=True,
        help="send files even though their data sets are cut short or broken",
    )


class Inputs:
    """What the command line names, as it was found.

    Attributes:
        instances: what can be sent.
        bad: what cannot and should have been.
        is_empty: whether nothing was found at all, good or bad.
    """

    def __init__(self, found: list[Instance | Skipped]) -> None:
        self.instances = [each for each in found if isinstance(each, Instance)]
        self.skipped = [each for each in found if isinstance(each, Skipped)]
        self.bad = [each for each in self.skipped if not each.is_harmless]
        self.is_empty = not self.instances and not self.bad

    def tell(self, output: Output) -> None:
        """Says what is passed over and why."""
        for each in self.skipped:
            output.line(Level.WARNING if each.is_harmless else Level.ERROR, f"{each.path}: {each.reason}")
            output.event("error", file=each.path, reason=each.reason)


def find_inputs(options: Options) -> Inputs:
    """Scans what the command line names. Blocks."""
    found: list[Instance | Skipped] = []
    for path in options.files:
        if options.dicomdir:
            found.extend(_find_in_dicomdir(path))
        elif os.path.isdir(path) and not options.scan:
            found.append(Skipped(path=path, reason=_IS_FOLDER, is_harmless=True))
        else:
            found.extend(
                scan_paths(
                    [path],
                    recurse=options.recurse,
                    pattern=options.pattern,
                    form=options.form,
                    checks_uids=options.uid_checks,
                )
            )
    return Inputs(found)


def _find_in_dicomdir(path: str) -> list[Instance | Skipped]:
    from workbench.services.storage.dicomdir import (
        referenced_files,  # and pydicom with it, which other sends do not need
    )

    try:
        return list(referenced_files(path))
    except StorageError as error:
        return [Skipped(path=path, reason=str(error))]
