"""A report on a transfer in the layout of DCMTK's `dcmsend --create-report-file`, for the programs that read those.

A heading, one block for each instance, and a summary, whose lines about what did not happen are left out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from workbench import dictionary
from workbench.config import LocalAe, Node
from workbench.dimse.status import SUCCESS, describe
from workbench.errors import NoAcceptedContext
from workbench.services.storage.instances import Sendable
from workbench.services.storage.outcomes import Outcome

_TITLE: Final = "Detailed Report on the Transfer of Instances"
_SUMMARY: Final = "Status Summary"


def transfer_report(
    instances: Sequence[Sendable],
    outcomes: Sequence[Outcome | None],
    node: Node,
    local: LocalAe,
    *,
    when: datetime,
    proposed: int,
) -> str:
    """Gives the text of a report.

    Args:
        outcomes: one for each instance, None as long as there is none.
        when: what is written as its date.
        proposed: how many presentation contexts were proposed.
    """
    lines = [
        _TITLE,
        "=" * len(_TITLE),
        "",
        f"Communication Peer : {node.host}:{node.port}",
        f"AE Titles used     : {local.ae_title} -> {node.ae_title}",
        f"Current Date/Time  : {when.isoformat(sep=' ', timespec='seconds')}",
        "",
    ]
    for number, (instance, outcome) in enumerate(zip(instances, outcomes, strict=True), 1):
        lines += ["", *_block(number, instance, outcome)]
    return "\n".join([*lines, "", *transfer_summary(outcomes, proposed=proposed)]) + "\n"


def transfer_summary(outcomes: Sequence[Outcome | None], *, proposed: int) -> list[str]:
    """Gives the lines of the summary, the first one empty."""
    sent = [outcome for outcome in outcomes if outcome is not None and outcome.status is not None]
    unsent = len(outcomes) - len(sent)
    refused = sum(_lacks_context(outcome) for outcome in outcomes)
    associations = {outcome.association for outcome in outcomes if outcome and outcome.association is not None}
    rows: list[tuple[str, int]] = [
        ("Number of associations  ", len(associations)),
        ("Number of pres. contexts", proposed),
        ("Number of SOP instances ", len(outcomes)),
    ]
    if sent:
        rows += [("- sent to the peer      ", len(sent)), *_kinds(sent)]
    if unsent:
        rows.append(("- NOT sent to the peer  ", unsent))
    if refused:
        rows.append(("  * no acceptable pres. ", refused))
    return ["", _SUMMARY, "-" * len(_SUMMARY), *(f"{words} : {count}" for words, count in rows)]


def _kinds(sent: Sequence[Outcome]) -> Iterator[tuple[str, int]]:
    counts = Counter(_kind(outcome.status or SUCCESS) for outcome in sent)
    for kind in ("SUCCESS", "WARNING", "ERROR", "REFUSED"):
        if counts[kind]:
            yield f"  * with status {kind:<8}", counts[kind]
    if counts[""]:
        yield "  * unknown status code ", counts[""]


def _kind(status: int) -> str:
    """Gives the kind of a C-STORE status (PS3.4 Table B.2-1, PS3.7 C); empty for what the standard does not know."""
    if status == SUCCESS:
        return "SUCCESS"
    if status >> 12 == 0xB or status in (0x0001, 0x0107, 0x0116):
        return "WARNING"
    if status >> 8 in (0xA7, 0x01):
        return "REFUSED"
    return "ERROR" if status >> 8 == 0xA9 or status >> 12 == 0xC or status >> 8 == 0x02 else ""


def _lacks_context(outcome: Outcome | None) -> bool:
    return outcome is not None and isinstance(outcome.error, NoAcceptedContext)


def _block(number: int, instance: Sendable, outcome: Outcome | None) -> list[str]:
    rows = [
        ("Number", str(number)),
        ("Filename", instance.path or instance.name),
        ("SOP Instance", instance.sop_instance_uid),
        ("SOP Class", f"{instance.sop_class_uid} = {dictionary.uid_keyword(instance.sop_class_uid) or '?'}"),
        ("Original Xfer", _syntax(instance.transfer_syntax_uid)),
        ("Dataset Size", f"{instance.length} bytes"),
    ]
    if outcome is not None and outcome.association is not None:
        rows += [
            ("Association", str(outcome.association)),
            ("Pres. Context", str(outcome.context_id)),
            ("Network Xfer", _syntax(outcome.transfer_syntax_uid)),
        ]
    return [f"{words:<13} : {value}" for words, value in (*rows, ("DIMSE Status", _status(outcome)))]


def _syntax(uid: str) -> str:
    return f"{uid} = {dictionary.uid_name(uid)}"


def _status(outcome: Outcome | None) -> str:
    if outcome is None or outcome.status is None:
        return "<no acceptable presentation context>" if _lacks_context(outcome) else "<not sent>"
    words = "Success" if outcome.status == SUCCESS else describe(outcome.status, "C-STORE").partition(" ")[2]
    return f"0x{outcome.status:04x} ({words})"
