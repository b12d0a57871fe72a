"""The trace: rows as they come, the PDU of the selected one beside them."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.models.associations import AssociationRow
from ui.session import Session
from ui.theme import fixed_font
from ui.views.controls.buttons import Button
from ui.views.controls.card import Card
from ui.views.controls.delegates import PADDING
from ui.views.controls.empty import EmptyState
from ui.views.controls.splitters import Splitter
from ui.views.controls.styling import em
from ui.views.controls.tables import TableView, Width
from ui.views.pdu_view import PduView
from ui.views.trace_rows import TraceRows
from ui.views.trace_toolbar import TraceFilters, TraceTools

_COLUMNS = (
    Width(ems=2.9),
    Width(ems=3.1),
    Width(ems=5.15),
    Width(ems=5.0, is_spare=True),
    Width(ems=2.95),
    Width(ems=7.6),
    Width(ems=11.0, share=1),
    Width(ems=3.85),
)
_NUMBER = 0
_TIME = 2
_CLOCK = Width(ems=6.3)


class TraceCard(Card):
    """The rows of the trace model and the selected one's fields and bytes.

    The view never moves by itself but to follow, and it follows only while the newest row is in view.

    Signals:
        row_chosen: the number of the event of the current row.
        association_shown: the association that is shown alone, None for all.
    """

    row_chosen = Signal(int)
    association_shown = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.set_title(self.tr("Trace"))
        self._session = session
        self._model = session.trace_model
        self.tools = TraceTools()
        self.filters = TraceFilters()
        self.note.hide()
        self.header.setSpacing(12)
        self.header.addWidget(self.filters)
        self.header.addWidget(self.tools, 1)
        self.table = TableView(self.tr("Trace rows"), _COLUMNS, self.tr("No rows match the filter."))
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        # By whole rows: the first one is never half under the titles.
        self.table.setVerticalScrollMode(TableView.ScrollMode.ScrollPerItem)
        self.table.paint_rows_with(TraceRows(self.table))
        self.pdu = PduView(session)
        self.new_rows = Button("", icon_name="follow", parent=self.table)
        self.new_rows.hide()
        self.splitter = Splitter(Qt.Orientation.Horizontal, "trace", self.table, self.pdu, gap=12)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.empty = EmptyState(
            "trace",
            self.tr("Nothing has crossed the wire yet"),
            self.tr("Every PDU sent or received from now on appears here, byte by byte."),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.splitter)
        self.body.addWidget(self._pages, 1)
        self.table.show_model(self._model)
        self._connect()
        self._refresh_pages()

    # What the window asks

    def select_number(self, number: int) -> bool:
        """Selects the row of an event and gives whether it is shown."""
        index = self._model.index_of_number(number)
        if not index.isValid():
            return False
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)
        return True

    def show_association(self, number: int | None) -> None:
        """Shows one association alone; None shows all."""
        self._model.set_association(number)
        self.filters.show_association(number)
        self.association_shown.emit(number)

    @property
    def chosen_association(self) -> int | None:
        """The association of the current row."""
        event = self._model.event_at(self.table.currentIndex()) if self.table.currentIndex().isValid() else None
        return event.association if event is not None else None

    def focus_filter(self) -> None:
        """Puts the cursor into the filter."""
        self.tools.filter_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tools.filter_field.selectAll()

    # Below: what happens

    def _connect(self) -> None:
        self.tools.searched.connect(self._model.search)
        self.tools.pause_button.toggled.connect(self._pause)
        self.tools.follow_button.toggled.connect(self._follow)
        self.tools.clear_button.clicked.connect(self._session.clear_trace)
        self.filters.kinds_chosen.connect(self._model.set_kinds)
        self.filters.association_chosen.connect(self.show_association)
        self.new_rows.clicked.connect(self._show_new_rows)
        self._model.pending_changed.connect(self._count_new_rows)
        # New rows and a new height both change the range.
        self.table.verticalScrollBar().rangeChanged.connect(self._keep_following)
        self._model.modelReset.connect(self._refresh_pages)
        self._model.headerDataChanged.connect(self._fit_time)
        self._longest: dict[int, int] = {}
        self._model.rowsInserted.connect(self._fit_last)
        self.table.row_chosen.connect(self._choose)
        # The value has changed only after this signal.
        self.table.verticalScrollBar().actionTriggered.connect(
            lambda _action: QTimer.singleShot(0, self._notice_scrolling)
        )
        self._session.trace_added.connect(lambda _events: self._refresh_pages())
        self._session.associations_changed.connect(self._list_associations)

    def _fit_time(self) -> None:
        """Gives the column of the times its width again: what it shows is another kind of time."""
        self._longest.pop(_TIME, None)
        self.table.set_width(_TIME, _COLUMNS[_TIME] if self._model.is_time_relative else _CLOCK)
        if self._model.rowCount():
            self._fit_last(QModelIndex(), 0, self._model.rowCount() - 1)

    def _fit_last(self, _parent: QModelIndex, _first: int, last: int) -> None:
        """Widens the columns of numbers and times when they get another digit; the last row has the largest."""
        for column in (_NUMBER, _TIME):
            length = len(str(self._model.index(last, column).data()))
            if length > self._longest.get(column, 0):
                self._longest[column] = length
                needed = QFontMetrics(fixed_font(self.table.font())).horizontalAdvance("0" * length) + 2 * PADDING + 2
                if needed / em(self.table) > _COLUMNS[column].ems:
                    self.table.set_width(column, Width(ems=needed / em(self.table)))

    def _choose(self, row: int) -> None:
        event = self._model.event_at(self._model.index(row, 0)) if row >= 0 else None
        self.pdu.show_event(event)
        if event is not None:
            # Who looks at a row does not want it to scroll away.
            if row < self._model.rowCount() - 1:
                self.tools.follow_button.setChecked(False)
            self.row_chosen.emit(event.number)

    def _keep_following(self, _lowest: int, highest: int) -> None:
        if self.tools.follow_button.isChecked():
            self.table.verticalScrollBar().setValue(highest)

    def _follow(self, is_on: bool) -> None:
        if is_on:
            self.table.scrollToBottom()

    def _notice_scrolling(self) -> None:
        bar = self.table.verticalScrollBar()
        self.tools.follow_button.setChecked(bar.value() >= bar.maximum())

    def _pause(self, is_on: bool) -> None:
        self._model.set_paused(is_on)
        self.tools.pause_button.setText(self.tr("Resume") if is_on else self.tr("Pause view"))
        self.tools.pause_button.set_icon_name("play" if is_on else "pause")

    def _count_new_rows(self, count: int) -> None:
        self.new_rows.setVisible(count > 0)
        self.new_rows.setText(self.tr("{0} new rows").format(f"{count:,}"))
        self.new_rows.adjustSize()
        self._place_new_rows()

    def _place_new_rows(self) -> None:
        area: QWidget = self.table.viewport()
        self.new_rows.move(
            (area.width() - self.new_rows.width()) // 2, self.table.height() - self.new_rows.height() - 8
        )
        self.new_rows.raise_()

    def _show_new_rows(self) -> None:
        self.tools.pause_button.setChecked(False)
        self.tools.follow_button.setChecked(True)
        self.table.scrollToBottom()

    def _list_associations(self, _rows: Sequence[AssociationRow]) -> None:
        self.filters.list_associations(self._session.associations_model.rows)

    def _refresh_pages(self) -> None:
        self._pages.setCurrentWidget(self.splitter if len(self._session.trace) else self.empty)
