"""The card of one association: who with whom, its state as it changes, the last event and action in words."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel

from ui.models import words
from ui.models.associations import AssociationRow
from ui.session import Session
from ui.views.controls.card import Card
from ui.views.controls.delegates import TONES
from ui.views.controls.labels import ElidedLabel, muted
from ui.views.controls.pills import Pill
from ui.views.state_track import StateTrack
from workbench.upper_layer.state_table import Evt


class AssociationCard(Card):
    """Follows the newest open association. One that is chosen stays until a newer one opens."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Association"))
        self._session = session
        self._number: int | None = None
        self._is_pinned = False
        self._open: set[int] = set()
        self._newest = 0
        self.pill = Pill()
        self.header.addWidget(self.pill)
        self.parties = ElidedLabel()
        self.track = StateTrack()
        self.last = ElidedLabel()
        self.last.setForegroundRole(self.last.foregroundRole().PlaceholderText)
        self.counts = ElidedLabel()
        self.counts.setForegroundRole(self.counts.foregroundRole().PlaceholderText)
        self.empty: QLabel = muted(self.tr("No association yet."))
        for widget in (self.empty, self.parties, self.track, self.last, self.counts):
            self.body.addWidget(widget)
        self.body.setSpacing(6)
        session.associations_changed.connect(self._take)
        self._show(None)

    @property
    def number(self) -> int | None:
        """The association shown."""
        return self._number

    def choose(self, number: int | None) -> None:
        """Stays with one association until a newer one opens; None follows the newest again."""
        self._is_pinned = number is not None
        if number is None:
            rows = self._session.associations_model.rows
            number = rows[-1].number if rows else None
        self._number = number
        self._show(self._session.association(number) if number is not None else None)

    def _take(self, rows: Sequence[AssociationRow]) -> None:
        newest = max((row.number for row in rows), default=0)
        is_new = newest > self._newest
        self._newest = max(newest, self._newest)
        self._open.update(row.number for row in rows if row.is_open)
        self._open.difference_update(row.number for row in rows if not row.is_open)
        before = self._number
        if is_new:
            self._is_pinned = False
            self._number = newest
        if not self._is_pinned and self._open:
            self._number = max(self._open)
        for row in rows:
            if row.number == self._number:
                self._show(row)
                return
        if self._number is not None and self._number != before:
            self._show(self._session.association(self._number))

    def _show(self, row: AssociationRow | None) -> None:
        for widget in (self.parties, self.track, self.last, self.counts, self.pill):
            widget.setVisible(row is not None)
        self.empty.setVisible(row is None)
        if row is None:
            self.title.setText(self.tr("Association"))
            return
        self.title.setText(self.tr("Association {0}   {1}").format(row.number, _state(row)))
        self.pill.show_state(row.outcome, TONES[row.category])
        self.pill.setToolTip(row.detail)
        self.parties.setText(_parties(row))
        self.track.show_association(row)
        self.last.setText(last_words(row))
        self.counts.setText(self._counts(row))

    def _counts(self, row: AssociationRow) -> str:
        parts = [
            self.tr("1 request") if row.requests == 1 else self.tr("{0} requests").format(words.count(row.requests)),
            self.tr("↑ {0}  ↓ {1}").format(words.size(row.bytes_sent), words.size(row.bytes_received)),
        ]
        if row.accepted != row.proposed:
            parts.append(self.tr("{0} of {1} contexts").format(row.accepted, row.proposed))
        if row.ended_at is not None:
            parts.append(words.gap(row.ended_at - row.opened_at))
        return "   ".join(parts)


def last_words(row: AssociationRow) -> str:
    """The last event and the action taken: "Evt10 P-DATA-TF received → DT-2"."""
    if not row.event:
        return ""
    event = next(each for each in Evt if each == row.event)
    return f"{event.label} {event.words} → {row.action}"


def _parties(row: AssociationRow) -> str:
    """Who with whom; where no connection was opened and so nobody said who they are, why."""
    peer = f"{'→' if row.is_requestor else '←'} {row.peer}" if row.peer else ""
    return "   ".join(filter(None, (row.parties, peer))) or row.detail


def _state(row: AssociationRow) -> str:
    return f"Sta{row.state} {row.state_words}" if len(row.state_words) < 24 else f"Sta{row.state}"
