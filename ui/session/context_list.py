"""The contexts that the user looks at: of a profile, a node, the local AE, or one association."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from ui.models.associations import AssociationRow
from ui.models.contexts import ContextRow, ContextsModel
from ui.session.associations import AssociationBook
from ui.session.contexts import context_row, negotiated_rows, profile_rows, proposal_rows, with_answers
from workbench.acse.contexts import ContextNeed, propose_for_instances
from workbench.acse.profiles import Profile
from workbench.config import LocalAe
from workbench.services.archive import accepted_classes
from workbench.services.commitment.references import STORAGE_COMMITMENT


class ContextList(QObject):
    """One list, and what it is about. Answers of new associations are put beside what they answer.

    Attributes:
        subject: what the list is about.
        is_edited: the user has changed the list since it was shown or saved.

    Signals:
        changed: another list, new answers, or the first edit.
    """

    changed = Signal()

    def __init__(self, book: AssociationBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = ContextsModel(self)
        self.subject = ""
        self.is_edited = False
        self._book = book
        # Whether the answers of associations that we requested belong to the list; None: of neither side.
        self._is_ours: bool | None = None
        self._answered: int | None = None  # the association whose answers stand beside the list
        self.model.edited.connect(self._edited)

    @property
    def is_acceptance(self) -> bool:
        """Whether the list is what the local AE accepts."""
        return self._is_ours is False

    def show_profile(self, profile: Profile) -> None:
        """Shows a profile, with the answers of the newest association that we requested."""
        self._show(f"Profile: {profile.name}", profile_rows(profile), is_ours=True)

    def show_proposal(self, subject: str, needs: Sequence[ContextNeed], profile: Profile | None = None) -> None:
        """Shows what will be proposed for objects, in as many associations as it takes.

        Args:
            profile: says which roles and which extended negotiation are proposed with it.
        """
        proposals = propose_for_instances(needs)
        rows = [row for contexts in proposals for row in proposal_rows(contexts, profile)]
        if len(proposals) > 1:
            subject += f", over {len(proposals)} associations"
        self._show(subject, rows, is_ours=True)

    def show_accepted(self, local: LocalAe, profile: Profile | None) -> None:
        """Shows what the local AE accepts."""
        rows = profile_rows(profile) if profile is not None else _everything(local)
        self._show(f"Accepted by {local.ae_title}", rows, is_ours=False)

    def show_association(self, row: AssociationRow) -> None:
        """Shows what one association proposed and was answered."""
        subject = f"Association {row.number}: {row.title}"
        self._is_ours = None
        self.is_edited = False
        self.subject = subject
        self.model.show_rows(self.of_association(row), is_read_only=True)
        self.changed.emit()

    def of_association(self, row: AssociationRow) -> tuple[ContextRow, ...]:
        """Gives what one association proposed and was answered, whatever the list shows."""
        request, accept = self._book.negotiation(row.number)
        return tuple(negotiated_rows(request, accept, _refusal(row))) if request is not None else ()

    def associations_changed(self, rows: Sequence[AssociationRow]) -> None:
        """Puts the answers of the newest fitting association beside the list."""
        fitting = [row for row in rows if row.is_requestor is self._is_ours]
        if fitting:
            self._answer(fitting[-1])

    def _show(self, subject: str, rows: list[ContextRow], *, is_ours: bool) -> None:
        self._is_ours = is_ours
        self._answered = None
        self.is_edited = False
        self.subject = subject
        self.model.show_rows(rows, is_read_only=False)
        newest = [row for row in self._book.rows() if row.is_requestor is is_ours and row.proposed]
        if newest:
            self._answer(newest[-1])
        self.changed.emit()

    def _edited(self) -> None:
        if not self.is_edited:
            self.is_edited = True
            self.changed.emit()

    def _answer(self, row: AssociationRow) -> None:
        request, accept = self._book.negotiation(row.number)
        refusal = _refusal(row)
        if request is None or (accept is None and not refusal) or self._answered == row.number:
            return
        self._answered = row.number
        before = self.model.rows
        after = with_answers(before, request, accept, refusal)
        changes = {at: new for at, (old, new) in enumerate(zip(before, after, strict=True)) if new != old}
        if changes:
            self.model.update(changes)
            self.changed.emit()


def _refusal(row: AssociationRow) -> str:
    return row.detail if row.outcome == "rejected" else ""


def _everything(local: LocalAe) -> list[ContextRow]:
    rows = [context_row(uid, (), "SCU") for uid in accepted_classes(local, has_worklist=True)]
    rows = [replace(row, reason="in any transfer syntax") for row in rows]
    if not local.commitment:
        reports = context_row(STORAGE_COMMITMENT, (), "SCP")
        rows.append(replace(reports, reason="for reports on what we asked to be committed"))
    return rows
