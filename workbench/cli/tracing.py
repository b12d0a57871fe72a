"""The trace of a tool's associations: its lines at -v, -d and -ll trace, its file, and what else listens to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum, auto

from workbench.cli.output import Level, Output
from workbench.cli.parser import Options
from workbench.trace.events import TraceEvent
from workbench.trace.recorder import Recorder, TraceSink


class Style(Enum):
    """As which of DCMTK's tools one of ours speaks.

    PLAIN is that of storescu and most others, CLASS that of those built on DcmSCU and DcmSCP (dcmsend, dcmrecv,
    getscu), MOVE that of movescu, which is also called.
    """

    PLAIN = auto()
    CLASS = auto()
    MOVE = auto()


@contextmanager
def tracing(
    options: Options, output: Output, *sinks: TraceSink, style: Style = Style.PLAIN
) -> Iterator[Recorder | None]:
    """Gives a recorder that prints what the options ask for, fills the file of --trace and feeds the sinks.

    It is None when nobody listens, which is the fastest.

    Raises:
        ConfigError: the file cannot be written.
    """
    listeners = [*_printers(options, output, style), *sinks]
    with ExitStack() as stack:
        tap = None
        if options.trace:
            from workbench.trace.pcapng import CaptureWriter  # which only this needs

            tap = stack.enter_context(CaptureWriter.create(options.trace))
        if not listeners and tap is None:
            yield None
        else:
            yield Recorder(_together(listeners), tap=tap)


def _printers(options: Options, output: Output, style: Style) -> Iterator[TraceSink]:
    if output.level <= Level.TRACE:
        yield _every_step(output)
    if output.level <= Level.INFO:
        from workbench.cli.markers import Markers

        if output.level <= Level.DEBUG or getattr(options, "verbose_pc", False):
            from workbench.cli.dump import Dump

            level = Level.INFO if getattr(options, "verbose_pc", False) else Level.DEBUG
            yield Dump(output, level=level)
        yield Markers(output, style)


def _every_step(output: Output) -> TraceSink:
    from workbench.trace.summary import summary  # and the dictionary with it

    def show(event: TraceEvent) -> None:
        what, detail = summary(event)
        output.line(Level.TRACE, f"{event.association:>3} {what:<24} {detail}")

    return show


def _together(listeners: list[TraceSink]) -> TraceSink | None:
    if len(listeners) < 2:
        return listeners[0] if listeners else None

    def record(event: TraceEvent) -> None:
        for listener in listeners:
            listener(event)

    return record
