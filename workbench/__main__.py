"""The command `dwb TOOL`: starts one of the tools and imports nothing that it does not need."""

import gc
import importlib
import os
import sys
from typing import Final

TOOLS: Final = {
    "dcmrecv": "receives objects into a folder, by a profile (C-STORE)",
    "dcmsend": "sends many files over as few associations as can be (C-STORE)",
    "echoscu": "asks a node whether it is there (C-ECHO)",
    "findscu": "asks a node what it holds (C-FIND)",
    "getscu": "fetches objects on the association that asks for them (C-GET)",
    "movescu": "has objects sent to somebody (C-MOVE)",
    "storescp": "receives objects into a folder (C-STORE)",
    "storescu": "sends files and folders (C-STORE)",
    "termscu": "asks a server of DCMTK to shut down",
    "qrscp": "an archive: stores, answers queries, sends what is asked for (C-FIND, C-MOVE, C-GET)",
    "archive": "looks after the index of a folder of received objects",
}

_USAGE: Final = f"""usage: dwb TOOL [options] ...

{chr(10).join(f"  {name:<10} {purpose}" for name, purpose in TOOLS.items())}

dwb TOOL --help tells the options of a tool, dwb --version the version.
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the tool that the first argument names and gives its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if "_ARGCOMPLETE" in os.environ:
        importlib.import_module("workbench.cli.completion").complete(TOOLS)
    match arguments:
        case [tool, *rest] if tool in TOOLS:
            with importlib.import_module("workbench.cli.streams").kept_streams():
                return _run(tool, rest)
        case ["--version", *_]:
            sys.stdout.write(importlib.import_module("workbench.cli.version").version() + "\n")
            return 0
        case ["-h" | "--help", *_]:
            sys.stdout.write(_USAGE)
            return 0
    named = f"dwb: there is no tool {arguments[0]!r}\n" if arguments else ""
    sys.stderr.write(f"{named}{_USAGE}")
    return 1


def _run(tool: str, arguments: list[str]) -> int:
    try:
        gc.disable()  # imports make many objects and no garbage
        module = importlib.import_module(f"workbench.cli.{tool}")
        gc.enable()
        gc.freeze()  # what the imports made stays to the end: the collector need not look at it again and again
        return int(module.main(arguments))
    except KeyboardInterrupt:  # before the tool can deal with it itself
        sys.stderr.write("F: interrupted\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
