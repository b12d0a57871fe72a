"""What the end of a retrieve means and what to do about it, in sentences for people.

A status says what the peer saw. Together with what we know ourselves (whom we asked, where the destination listens,
what arrived there, what the identifier holds) it becomes advice: who has to change what.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from workbench.dimse.status import (
    CANCEL,
    NOT_AUTHORIZED,
    SOP_CLASS_NOT_SUPPORTED,
    SUCCESS,
    UNRECOGNIZED_OPERATION,
    Category,
    category,
)
from workbench.services.retrieve.progress import Progress

MATCHES_NOT_COUNTED: Final = 0xA701  # PS3.4 Table C.4-2
NOT_PERFORMED: Final = 0xA702  # PS3.4 Table C.4-2
DESTINATION_UNKNOWN: Final = 0xA801  # PS3.4 Table C.4-2
IDENTIFIER_DOES_NOT_MATCH: Final = 0xA900  # PS3.4 Table C.4-2
NOT_CREATED: Final = 0xAA01  # PS3.4 Table Y.4-2
SOME_FAILED: Final = 0xB000  # PS3.4 Table C.4-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known about a retrieve besides its final response.

    Attributes:
        service: what was asked.
        peer: the AE title that was called.
        peer_place: where it listens, "host:port".
        own: the AE title that called.
        model: the name of the information model.
        destination: the AE title that the instances go to; ourselves for a C-GET.
        destination_place: where it listens, "host:port"; empty when that is not known.
        identifier_problem: what is wrong with the identifier as PS3.4 has it; empty when nothing is.
        refused_classes: storage SOP classes that cannot come over the association of a C-GET.
        is_told: whether the peer told any counts.
        arrived: instances that the destination received meanwhile; None when that is not known.
    """

    service: Literal["C-MOVE", "C-GET"]
    peer: str
    peer_place: str
    own: str
    model: str
    destination: str
    destination_place: str = ""
    identifier_problem: str = ""
    refused_classes: int = 0
    is_told: bool = True
    arrived: int | None = None


def explain(case: Case, status: int, progress: Progress) -> str:
    """Gives sentences about the end of a retrieve; none when the status says it all."""
    told = [_ADVICE[status](case, progress)] if status in _ADVICE else []
    if category(status) in (Category.SUCCESS, Category.WARNING):
        told.append(_compare(case, progress))
    elif not told and 0xC000 <= status <= 0xCFFF:
        told.append(f"Only the log of {case.peer} says more: statuses Cxxx mean whatever their implementer chose.")
    return " ".join(filter(None, told))


def _destination_unknown(case: Case, _: Progress) -> str:
    where = f", {_place(case.destination_place)}" if case.destination_place else ", and the host and port it listens on"
    return (
        f"{case.peer} does not know {case.destination} as a move destination. Who administers {case.peer} "
        f"({case.peer_place}) must enter it there: AE title {case.destination}{where}. Titles are compared exactly: "
        f"capitals, small letters and spaces in between count."
    )


def _not_performed(case: Case, progress: Progress) -> str:
    if case.service == "C-GET":
        return f"None of the instances could be stored over this association.{_refused(case)}"
    where = f" at {case.destination_place}" if case.destination_place else ""
    return (
        f"{case.peer} knows {case.destination}, but could not store there. Is a storage SCP running{where}, does "
        f"{case.peer} have the right host and port of it, and does it let {case.peer} call?"
    )


def _matches_not_counted(case: Case, _: Progress) -> str:
    return (
        f"{case.peer} could not find out what matches. Ask for less at a time, a series instead of a study, or later."
    )


def _identifier_mismatch(case: Case, _: Progress) -> str:
    if case.identifier_problem:
        return f"The identifier is not one of {case.model}: {case.identifier_problem}."
    return (
        f"The identifier has all that {case.model} asks for; {case.peer} may want further keys, or none but the "
        f"unique keys of the level and those above it."
    )


def _not_supported(case: Case, _: Progress) -> str:
    return f"{case.peer} does not offer {case.service} of {case.model}."


def _not_authorized(case: Case, _: Progress) -> str:
    return f"{case.peer} does not let {case.own} retrieve; who administers it must allow that AE title."


def _some_failed(case: Case, progress: Progress) -> str:
    if not progress.failed:
        return f"All {progress.stored} instances are stored, {progress.warning} of them with a warning."
    of = f" of {progress.performed}" if case.is_told else ""
    return f"{progress.failed}{of} instances failed.{_refused(case)}"


def _cancelled(_: Case, progress: Progress) -> str:
    left = "" if progress.remaining is None else f", {progress.remaining} were not begun"
    return f"{progress.stored} instances were stored before{left}."


def _succeeded(case: Case, progress: Progress) -> str:
    if progress.performed or not case.is_told:
        return ""
    return f"Nothing was transferred: {case.peer} found nothing that matches the identifier."


def _compare(case: Case, progress: Progress) -> str:
    """Says it when less arrived than the peer counts."""
    if case.arrived is None or not case.is_told or case.arrived >= progress.stored:
        return ""
    counted = f"{case.peer} counts {progress.stored} as stored"
    if case.arrived:
        return f"{counted}, but only {case.arrived} arrived at {case.destination}."
    return (
        f"{counted}, but nothing arrived at {case.destination}: {case.peer} may send to another host or port under "
        f"that AE title; {_place(case.destination_place) or 'compare them there'} is right."
    )


def _refused(case: Case) -> str:
    if case.service != "C-GET" or not case.refused_classes:
        return ""
    return (
        f" {case.peer} accepted {case.refused_classes} storage SOP classes not at all, or not with the SCP role for "
        f"us: instances of those cannot come by C-GET."
    )


def _place(place: str) -> str:
    host, _, port = place.rpartition(":")
    return f"host {host}, port {port}" if place else ""


_ADVICE: Final[Mapping[int, Callable[[Case, Progress], str]]] = {
    SUCCESS: _succeeded,
    SOP_CLASS_NOT_SUPPORTED: _not_supported,
    NOT_AUTHORIZED: _not_authorized,
    UNRECOGNIZED_OPERATION: _not_supported,
    MATCHES_NOT_COUNTED: _matches_not_counted,
    NOT_PERFORMED: _not_performed,
    DESTINATION_UNKNOWN: _destination_unknown,
    IDENTIFIER_DOES_NOT_MATCH: _identifier_mismatch,
    SOME_FAILED: _some_failed,
    CANCEL: _cancelled,
}
