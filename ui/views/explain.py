"""What a row says, in whole sentences: only facts the row itself carries."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ui.models import words
from ui.models.associations import AssociationRow
from ui.models.nodes import NodeRow
from ui.models.query import ElementLine, MatchRow
from ui.models.received import ReceivedRow
from ui.models.roles import Category
from ui.models.send import FAILED, NOT_COMMITTED, NOT_SENT, SENDING, STORED, UNFINISHED, WAITING, SendRow
from ui.models.trace import Line
from ui.theme import Tone
from ui.views.controls.delegates import TONES
from workbench.trace.events import TraceEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A badge, paragraphs with captions, a quiet line of where it was seen.

    Attributes:
        association: which association it belongs to; None when it belongs to none.
        can_retry: whether sending again makes sense.
    """

    badge: str
    tone: Tone
    paragraphs: tuple[tuple[str, str], ...]
    evidence: str = ""
    association: int | None = None
    can_retry: bool = False

    def as_text(self) -> str:
        """Everything as plain text, for a ticket or a mail."""
        lines = [self.badge]
        for caption, text in self.paragraphs:
            lines += [f"{caption}:", f"  {text}"]
        return "\n".join([*lines, self.evidence]).strip()


def _tr(text: str) -> str:
    return QCoreApplication.translate("explain", text)


def explain_sent(row: SendRow, node: str) -> Explanation:
    """Why an object of the send list is where it is."""
    name = row.name
    sentences = {
        WAITING: _tr("{0} waits to be sent.").format(name),
        SENDING: _tr("{0} is being sent: {1} of {2}.").format(name, words.size(row.sent), words.size(row.size)),
        STORED: _tr("{0} was stored by {1}.").format(name, node),
        FAILED: _tr("{0} was refused by {1}.").format(name, node),
        NOT_SENT: _tr("{0} was not sent.").format(name),
        NOT_COMMITTED: _tr("{0} was stored by {1}, which then did not answer for keeping it.").format(name, node),
    }
    paragraphs = [(_tr("What happened"), sentences.get(row.state, _tr("{0} was stored with a warning.").format(name)))]
    if row.reason:
        paragraphs.append((_tr("The answer") if row.status is not None else _tr("Why"), row.reason))
    if row.commitment:
        paragraphs.append((_tr("Storage commitment"), row.commitment))
    paragraphs.append((_tr("The object"), f"{row.sop_class}, {row.transfer_syntax}, {words.size(row.size)}"))
    paragraphs.append((_tr("SOP instance"), row.sop_instance_uid))
    seen = [_tr("Association {0}").format(row.association)] if row.association is not None else []
    if row.latency is not None:
        seen.append(_tr("answered after {0}").format(words.latency(row.latency)))
    return Explanation(
        badge=row.state,
        tone=TONES.get(row.category, Tone.NEUTRAL),
        paragraphs=tuple(paragraphs),
        evidence="   ·   ".join(seen),
        association=row.association,
        can_retry=row.state in UNFINISHED,
    )


def explain_received(row: ReceivedRow) -> Explanation:
    """What became of an object that was received."""
    if row.is_not_kept:
        badge, what = _tr("not kept"), _tr("{0} sent an object. It was acknowledged, but it was not kept.")
    elif row.category is Category.ERROR:
        badge, what = _tr("refused"), _tr("{0} sent an object, and it was refused.")
    else:
        badge, what = _tr("received"), _tr("{0} sent an object, and it was stored.")
    paragraphs = [
        (_tr("What happened"), what.format(row.calling_ae_title or row.peer)),
        (_tr("Our answer"), row.result),
        (_tr("The object"), f"{row.sop_class}, {row.transfer_syntax}, {words.size(row.size)}"),
        (_tr("SOP instance"), row.sop_instance_uid),
    ]
    if row.path:
        paragraphs.append((_tr("File"), row.path))
    return Explanation(
        badge=badge,
        tone=TONES.get(row.category, Tone.NEUTRAL),
        paragraphs=tuple(paragraphs),
        evidence=_tr("Association {0}, from {1}").format(row.association, row.peer),
        association=row.association,
    )


def explain_match(row: MatchRow, node: str) -> Explanation:
    """All that a node answered about a match, element by element."""
    names = {
        "PATIENT": _tr("patient"),
        "STUDY": _tr("study"),
        "SERIES": _tr("series"),
        "IMAGE": _tr("object"),
        "": _tr("worklist entry"),
    }
    paragraphs = [(f"{line.name} {line.tag}", line.value) for line in row.elements if line.value]
    missing = [line.name for line in row.elements if not line.value]
    if missing:
        paragraphs.append((_tr("Without a value"), ", ".join(missing)))
    return Explanation(
        badge=names.get(row.level, row.level.lower()),
        tone=Tone.NOTE,
        paragraphs=tuple(paragraphs),
        evidence=_tr("Answered by {0}").format(node),
    )


def explain_scheduled(elements: Sequence[ElementLine]) -> Explanation:
    """All that a query for the worklist is answered of an entry."""
    return Explanation(
        badge=_tr("worklist entry"),
        tone=Tone.NOTE,
        paragraphs=tuple((f"{line.name} {line.tag}", line.value) for line in elements if line.vr != "SQ"),
    )


def explain_event(event: TraceEvent, line: Line, association: AssociationRow | None) -> Explanation:
    """What a row of the trace is, and how its association ended."""
    paragraphs = [(_tr("What it is"), line.what)]
    if line.detail:
        paragraphs.append((_tr("What it says"), line.detail))
    if association is not None:
        parties = ", ".join(filter(None, (association.parties, association.peer)))
        paragraphs.append((_tr("Association {0}").format(association.number), parties or association.title))
        if not association.is_open:
            paragraphs.append((_tr("How it ended"), association.outcome_text))
    badges = {Category.ERROR: _tr("problem"), Category.WARNING: _tr("warning"), Category.OK: _tr("success")}
    return Explanation(
        badge=badges.get(line.category, _tr("event")),
        tone=TONES.get(line.category, Tone.NEUTRAL),
        paragraphs=tuple(paragraphs),
        evidence=_tr("Row {0} at {1}").format(event.number, words.clock(event.time)),
        association=event.association,
    )


def explain_node(row: NodeRow) -> Explanation:
    """What the last check of a node found, rung by rung."""
    paragraphs = [(_tr("Address"), f"{row.ae_title} at {row.host}:{row.port}")]
    if row.sentence:
        paragraphs.insert(0, (_tr("Result of the check"), row.sentence))
    paragraphs += [(rung.name, rung.sentence) for rung in row.rungs if rung.is_ok is not None]
    if row.note:
        paragraphs.append((_tr("Note"), row.note))
    badges = {"ok": _tr("answers"), "failed": _tr("no answer"), "checking": _tr("checking")}
    return Explanation(
        badge=badges.get(row.check, _tr("not checked")),
        tone=TONES.get(row.category, Tone.NEUTRAL),
        paragraphs=tuple(paragraphs),
        evidence=_tr("Checked at {0}").format(words.clock(row.checked_at)) if row.checked_at is not None else "",
    )
