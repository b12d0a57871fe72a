"""The trace of a tool's associations as lines of -d, and errors as events."""

from workbench.cli.output import Level, Output
from workbench.errors import AssociationAborted, AssociationRejected, AssociationReleased, WorkbenchError
from workbench.trace.events import TraceEvent
from workbench.trace.recorder import Recorder, TraceSink


def tracing_recorder(output: Output, *sinks: TraceSink) -> Recorder | None:
    """Gives a recorder that prints the trace when -d asks for it and feeds the sinks; None when nobody listens."""
    listeners = list(sinks)
    if output.level <= Level.DEBUG:
        from workbench.trace.summary import summary  # and the dictionary with it, which nothing else here needs

        def show(event: TraceEvent) -> None:
            what, detail = summary(event)
            output.line(Level.DEBUG, f"{event.association:>3} {what:<24} {detail}")

        listeners.append(show)
    if not listeners:
        return None
    if len(listeners) == 1:
        return Recorder(listeners[0])

    def record(event: TraceEvent) -> None:
        for listener in listeners:
            listener(event)

    return Recorder(record)


def error_event(output: Output, error: WorkbenchError, *, association: int | None = None) -> None:
    """Prints the event for an error that kept or ended an association."""
    match error:
        case AssociationRejected(result=result, source=source, reason=reason):
            output.event(
                "rejected", association=association, reason=str(error), result=result, source=source, code=reason
            )
        case AssociationAborted(source=source, by_peer=by_peer, reason=reason):
            output.event(
                "aborted", association=association, reason=str(error), by_peer=by_peer, source=source, code=reason
            )
        case AssociationReleased():
            output.event("released", association=association, reason=str(error))
        case _:
            output.event("error", association=association, reason=str(error))
