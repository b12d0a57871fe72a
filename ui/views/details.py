"""The column at the right: why the selected row is as it is, what was negotiated, the state of the association."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.models.associations import AssociationRow
from ui.models.contexts import ContextsModel
from ui.session import Session
from ui.theme import Tone
from ui.views.association_card import AssociationCard
from ui.views.controls.card import Card
from ui.views.controls.pills import ChipRow, Pill
from ui.views.controls.tables import TableView, Width
from ui.views.explain import Explanation
from ui.views.why_view import WhyView

_COLUMNS = (
    Width(ems=7, share=2),
    Width(ems=0),
    Width(ems=0),
    Width(ems=0),
    Width(ems=2.2),
    Width(ems=5.6),
    Width(ems=7, share=3),
)
_HIDDEN = (1, 2, 3)


class Details(QWidget):
    """Two cards: the explanation or the contexts, and the association they belong to."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._contexts_of: int | None = None
        self.why = WhyView()
        self.contexts_model = ContextsModel(self)
        self.contexts = TableView(
            self.tr("Negotiated contexts"), _COLUMNS, self.tr("The contexts of an association appear here.")
        )
        self.contexts.show_model(self.contexts_model)
        self.contexts.hide_columns(*_HIDDEN)
        self.card = Card()
        self.card.setAccessibleName(self.tr("Details of the selection"))
        self.pill = Pill()
        self.pill.hide()
        self.chips = ChipRow([("why", self.tr("Why"), Tone.NOTE), ("contexts", self.tr("Contexts"), Tone.NOTE)])
        self.card.header.addWidget(self.chips, 1)
        self.card.header.addWidget(self.pill)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.why)
        self._pages.addWidget(self.contexts)
        self.card.body.addWidget(self._pages, 1)
        self.association = AssociationCard(session)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.card, 1)
        layout.addWidget(self.association)
        self.chips.chosen.connect(self._show_page)
        session.associations_changed.connect(self._take)

    def explain(self, explanation: Explanation | None) -> None:
        """Shows why a row is as it is."""
        self.why.show_explanation(explanation)
        self.pill.setVisible(explanation is not None)
        if explanation is not None:
            self.pill.show_state(explanation.badge, explanation.tone)

    def choose_association(self, number: int) -> None:
        """Shows an association and its contexts until a newer one opens."""
        self.association.choose(number)
        self._show_contexts(number)

    def _show_page(self, key: str) -> None:
        self._pages.setCurrentIndex(0 if key == "why" else 1)

    def _take(self, rows: Sequence[AssociationRow]) -> None:
        number = self.association.number
        if number is not None and (number != self._contexts_of or any(row.number == number for row in rows)):
            self._show_contexts(number)

    def _show_contexts(self, number: int) -> None:
        rows = self._session.association_contexts(number)
        if number != self._contexts_of or tuple(self.contexts_model.rows) != rows:
            self._contexts_of = number
            self.contexts_model.show_rows(rows, is_read_only=True)
            self.chips.chips["contexts"].set_count(len(rows))
