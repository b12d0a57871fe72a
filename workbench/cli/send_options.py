"""What the tools that send share beside their files and their report: how many at a time, signals, progress."""

import asyncio
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from workbench.cli.output import Level, Output
from workbench.cli.parser import Options, Parser
from workbench.cli.send_report import Dots, SendReport
from workbench.cli.values import positive, within
from workbench.services.storage.sending import Sending


def add_parallel_options(parser: Parser) -> None:
    """Adds how many objects and associations there may be at a time."""
    group = parser.group("sending options")
    group.value(
        "--window",
        dest="window",
        metavar="N",
        type=positive,
        default=1,
        help="let N objects await their answer at a time, if the node grants it (default: 1)",
    )
    group.value(
        "--jobs",
        dest="jobs",
        metavar="N",
        type=positive,
        default=1,
        help="send over N associations at the same time (default: 1)",
    )


def add_deflate_option(parser: Parser, title: str) -> None:
    """Adds how hard to deflate what is deflated on its way."""
    parser.group(title).value(
        "+cl",
        "--compression-level",
        dest="deflate_level",
        metavar="LEVEL",
        type=within(0, 9),
        default=-1,
        help="how hard to deflate what is converted into a deflated transfer syntax, 0 to 9 (default: 6)",
    )


def dots(options: Options) -> Dots | None:
    """Gives what draws dots on standard output, where they are wanted and disturb nothing, as each PDU's lines."""
    if options.level != Level.INFO or options.json:
        return None
    return Dots(one_at_a_time=options.jobs == 1 and options.window == 1)


def stop_on_signals(sending: Sending, output: Output) -> None:
    """The first signal lets the objects under way end, the second one aborts."""
    loop = asyncio.get_running_loop()
    signals = 0

    def stop() -> None:
        nonlocal signals
        signals += 1
        if signals == 1:
            output.warning("stopping after this object; once more to abort")
            sending.release_after_this()
        else:
            sending.abort_now()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def progress_bar(output: Output, report: SendReport) -> AbstractContextManager[object]:
    """Gives what draws a bar on a terminal while it is entered."""
    if not sys.stderr.isatty() or output.level > Level.WARNING:
        return nullcontext()
    from workbench.cli.progress import ProgressBar  # and rich with it, which takes longer than a small send

    bar = ProgressBar(output, sum(instance.length for instance in report.instances))
    report.show = bar.show
    return bar


def write_report(path: str, text: str, output: Output) -> bool:
    """Writes a report and gives whether that could be done; names of files keep their bytes. Blocks."""
    try:
        Path(path).write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        output.error(f"{path}: the report cannot be written: {error.strerror or error}")
        return False
    return True
