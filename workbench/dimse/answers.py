"""Which response answers which request (PS3.7 Annex E: the Command Field of a response has bit 15 set)."""

from typing import Any, Final

from workbench.dimse.messages import MESSAGES, Request, Response

_RESPONSE_BIT: Final = 0x8000
_BY_COMMAND_FIELD: Final = {each.COMMAND_FIELD: each for each in MESSAGES}


def sop_class_of(request: Request) -> str:
    """The SOP class that a request is about: its Affected or its Requested SOP Class UID, whichever it has."""
    uid: str | None = getattr(request, "affected_sop_class_uid", None)
    return uid if uid is not None else str(getattr(request, "requested_sop_class_uid", ""))


def respond(request: Request, status: int, comment: str | None = None, **elements: Any) -> Response:
    """The response to a request: of its kind, with its Message ID and SOP class and, where it names one, instance.

    Args:
        request: what is answered.
        status: Status (0000,0900).
        comment: Error Comment (0000,0902); what is over 64 characters is cut when it is encoded.
        elements: further elements of the response, by name.
    """
    values: dict[str, Any] = {"affected_sop_class_uid": sop_class_of(request) or None}
    for name in ("affected_sop_instance_uid", "requested_sop_instance_uid"):
        if uid := getattr(request, name, None):  # a UID that is missing in the request is empty here
            values["affected_sop_instance_uid"] = uid
    if comment is not None:
        values["error_comment"] = comment
    kind: Any = _BY_COMMAND_FIELD[request.COMMAND_FIELD | _RESPONSE_BIT]
    response: Response = kind(message_id_being_responded_to=request.message_id, status=status, **{**values, **elements})
    return response
