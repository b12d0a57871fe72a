"""Hooks that turn associations away, whatever they propose: for tests of those who call, and to shut a server down."""

from collections.abc import Callable
from typing import Final

from workbench.acse.negotiate import Policy, answer
from workbench.net.association import Association
from workbench.net.server import AdmissionHook
from workbench.uids import SHUTDOWN
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

_REJECTED: Final = AssociateRj(result=1, source=1, reason=1)  # PS3.8 Table 9-21: permanent, service user, no reason


def refuse_all(association: Association, _: AssociateRq) -> AssociateRj:
    """Rejects every association; an `AdmissionHook`."""
    _note(association, "fault on purpose: every association is rejected")
    return _REJECTED


def refuse_without_implementation(association: Association, request: AssociateRq) -> AssociateRj | None:
    """Rejects requestors that do not give their implementation class UID (PS3.7 D.3.3.2); an `AdmissionHook`."""
    if request.implementation_class_uid:
        return None
    _note(association, "the requestor has given no implementation class UID")
    return _REJECTED


def refusing_useless(policy: Policy) -> AdmissionHook:
    """Gives a hook that rejects a request of which the policy would accept no context, in place of accepting it."""

    def hook(association: Association, request: AssociateRq) -> AssociateRj | None:
        reply = answer(request, policy)
        if isinstance(reply, AssociateRj) or any(each.result == 0 for each in reply.presentation_contexts):
            return None
        _note(association, "no acceptable presentation contexts: the association is rejected")
        return _REJECTED

    return hook


def shutting_down(stop: Callable[[], None]) -> AdmissionHook:
    """Gives a hook that stops a server when somebody proposes DCMTK's private SOP class for that, as termscu does.

    The request is rejected, which is what DCMTK's servers answer. Anybody who can reach the server can stop it so.
    """

    def hook(association: Association, request: AssociateRq) -> AssociateRj | None:
        if all(context.abstract_syntax != SHUTDOWN for context in request.presentation_contexts):
            return None
        _note(association, f"{request.calling_ae_title.strip()} asks the server to shut down, and it does")
        stop()
        return _REJECTED

    return hook


def first_of(*hooks: AdmissionHook) -> AdmissionHook | None:
    """Gives a hook that asks others, one after the other, until one rejects; None when there are none."""
    if not hooks:
        return None

    def hook(association: Association, request: AssociateRq) -> AssociateRj | None:
        answers = (each(association, request) for each in hooks)
        return next((answer for answer in answers if answer is not None), None)

    return hook


def _note(association: Association, note: str) -> None:
    association.connection.recorder.note(association.number, note)
