"""The running workbench: one `Session` between the window and everything below it.

`session.Session` is the face: `desk.Desk` with what is set up and known, and what listens and sends added to it. Each
part behind it does one thing. `recording` keeps the trace, `associations` folds it into rows; `scanning`, `sending`,
`receiving` and `retrieving` move objects, `committing` asks who answers for them; `querying` asks, with what
`questions` makes of fields and matches; the table of `worklist` is edited by `worklist_desk`, with what `scheduling`
makes of its entries; `nodes`, `profiles`, `contexts` and `context_list` hold what the user has set up and what became
of it; `demo` is the embedded SCP; `kept_settings` writes every change to disk. The parts share a `bench.Bench`: engine,
recorder, settings, jobs. No part knows widgets. In `ui`, only this package, `engine` and `app` may name `net`,
`services` and `storage`.
"""

from ui.session.progress import CommitmentProgress, QueryProgress, RetrieveProgress, ScanProgress, SendProgress
from ui.session.questions import Fields
from ui.session.scheduling import entered_date, entered_time, shown_date, shown_time
from ui.session.session import Session
from ui.session.worklist_desk import WorklistDesk
from workbench.services.worklist.entries import WorklistEntry

__all__ = [
    "CommitmentProgress",
    "Fields",
    "QueryProgress",
    "RetrieveProgress",
    "ScanProgress",
    "SendProgress",
    "Session",
    "WorklistDesk",
    "WorklistEntry",
    "entered_date",
    "entered_time",
    "shown_date",
    "shown_time",
]
