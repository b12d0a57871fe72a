"""The normalized services for any SOP class, as SCU and as SCP (PS3.7 chapter 10).

As SCU, one call for each: `n_event_report`, `n_get`, `n_set`, `n_action`, `n_create`, `n_delete`. As SCP, `answering`
makes a handler of a coroutine that takes the decoded data set and gives an `Answer`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydicom.dataset import Dataset

from workbench.acse.contexts import AcceptedContext
from workbench.dimse.answers import respond
from workbench.dimse.messages import (
    NActionRq,
    NCreateRq,
    NDeleteRq,
    NEventReportRq,
    NGetRq,
    NSetRq,
    Request,
    Response,
)
from workbench.dimse.status import PROCESSING_FAILURE, SUCCESS, Category, category, describe
from workbench.errors import DataSetError, LocalProtocolError, MessageError, StatusError
from workbench.net.association import Association
from workbench.net.incoming import Handler, IncomingRequest
from workbench.net.operation import Reply
from workbench.services.encoding import (
    LONGEST_LIST,
    MOST_ELEMENTS,
    check_number,
    decode_aside,
    decode_data_set,
    encode_data_set,
)


class Answer(NamedTuple):
    """What an SCP answers to a request.

    Attributes:
        status: Status (0000,0900).
        data_set: attribute list, action reply or event reply; None sends none.
        comment: Error Comment (0000,0902), empty for none.
        elements: further elements of the response, by the names of its message.
    """

    status: int = SUCCESS
    data_set: Dataset | None = None
    comment: str = ""
    elements: Mapping[str, Any] = {}


Service = Callable[[IncomingRequest, Dataset], Awaitable[Answer]]
"""Answers one request; the data set is empty when the request has none. May raise StatusError instead."""


def answering(service: Service, *, most: int = MOST_ELEMENTS) -> Handler:
    """Makes a handler of a coroutine function.

    The data set of the request is read whole (at most LONGEST_LIST bytes) and decoded. One that cannot be is answered
    with 0110H and the reason; a StatusError with what it says.

    Args:
        most: how many elements and items it may have.
    """

    async def handler(request: IncomingRequest) -> AsyncIterator[Reply]:
        try:
            answer = await service(request, await read_data_set(request, most=most))
            data_set = None
            if answer.data_set is not None:
                data_set = encode_data_set(answer.data_set, request.context.transfer_syntax)
        except StatusError as error:
            answer = Answer(error.status, None, error.comment, error.elements)
            data_set = None
        elements = {**(_type_id(request.message) if data_set is not None else {}), **answer.elements}
        message = respond(request.message, answer.status, answer.comment or None, **elements)
        yield Reply(message=message, data_set=data_set)

    return handler


def _type_id(message: Request) -> dict[str, int]:
    """Gives the event or action type, which a response with an event or action reply repeats (PS3.7 10.1.1, 10.1.4)."""
    names = ("event_type_id", "action_type_id")
    return {name: value for name in names if (value := getattr(message, name, None)) is not None}


async def read_data_set(request: IncomingRequest, *, most: int = MOST_ELEMENTS) -> Dataset:
    """Gives the decoded data set of a request, an empty one when it has none.

    Raises:
        StatusError: it cannot be decoded, is over LONGEST_LIST bytes, or has more than `most` elements: 0110H.
    """
    if request.data_set is None:
        return Dataset()

    def checked(data_set: Dataset) -> Dataset:
        check_number(data_set, most)
        return data_set

    try:
        data = await request.data_set.read(LONGEST_LIST)
        return await decode_aside(data, request.context.transfer_syntax, checked, longest=LONGEST_LIST)
    except (DataSetError, MessageError) as error:
        raise StatusError(PROCESSING_FAILURE, str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a peer answered a request.

    Attributes:
        message: the response.
        data_set: its data set, None when there is none.
        latency: seconds from the last byte of the request to the response.
        service: in whose words the status is told; a key of `dimse.status.SERVICES`.
    """

    message: Response
    data_set: Dataset | None = None
    latency: float = 0.0
    service: str = field(default="", repr=False)

    @property
    def status(self) -> int:
        """Status (0000,0900)."""
        return self.message.status

    @property
    def is_done(self) -> bool:
        """Whether the peer did it: success, or success with a warning."""
        return category(self.status) in (Category.SUCCESS, Category.WARNING)

    @property
    def reason(self) -> str:
        """The status in words, with the peer's Error Comment."""
        words = describe(self.status, self.service)
        return f"{words} ({self.message.error_comment})" if self.message.error_comment else words


class _Call(NamedTuple):
    """A request, where it goes, and in whose words its status is told."""

    association: Association
    message: Request
    context: AcceptedContext | None
    service: str


async def n_event_report(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str,
    event_type_id: int,
    information: Dataset | None = None,
    *,
    context: AcceptedContext | None = None,
    service: str = "N-EVENT-REPORT",
) -> Result:
    """Reports an event, as SCP of the class (PS3.7 10.1.1); the arguments and errors are those of `n_action`."""
    message = NEventReportRq(
        message_id=association.next_message_id(),
        affected_sop_class_uid=sop_class_uid,
        affected_sop_instance_uid=sop_instance_uid,
        event_type_id=event_type_id,
    )
    return await _ask(_Call(association, message, context, service), information)


async def n_get(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str,
    attributes: Iterable[int] = (),
    *,
    context: AcceptedContext | None = None,
    service: str = "N-GET",
) -> Result:
    """Asks for attributes of an instance, by their tags, none for all (PS3.7 10.1.2); see `n_action`."""
    message = NGetRq(
        message_id=association.next_message_id(),
        requested_sop_class_uid=sop_class_uid,
        requested_sop_instance_uid=sop_instance_uid,
        attribute_identifier_list=tuple(attributes) or None,
    )
    return await _ask(_Call(association, message, context, service), None)


async def n_set(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str,
    modifications: Dataset,
    *,
    context: AcceptedContext | None = None,
    service: str = "N-SET",
) -> Result:
    """Modifies an instance (PS3.7 10.1.3); see `n_action`."""
    message = NSetRq(
        message_id=association.next_message_id(),
        requested_sop_class_uid=sop_class_uid,
        requested_sop_instance_uid=sop_instance_uid,
    )
    return await _ask(_Call(association, message, context, service), modifications)


async def n_action(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str,
    action_type_id: int,
    information: Dataset | None = None,
    *,
    context: AcceptedContext | None = None,
    service: str = "N-ACTION",
) -> Result:
    """Asks for an action (PS3.7 10.1.4).

    Args:
        context: the one to ask on; None takes that of the SOP class. A class that was negotiated as a part of another
            one (a Meta SOP class, UPS) needs the context of that.
        service: in whose words the status is told.

    Raises:
        NoAcceptedContext: no context was accepted for the SOP class.
        LocalProtocolError: the SOP Instance UID is empty.
        DataSetError: the data set cannot be encoded, or that of the response not be decoded.
        AssociationError, TransportError: the association ended first.
    """
    message = NActionRq(
        message_id=association.next_message_id(),
        requested_sop_class_uid=sop_class_uid,
        requested_sop_instance_uid=sop_instance_uid,
        action_type_id=action_type_id,
    )
    return await _ask(_Call(association, message, context, service), information)


async def n_create(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str | None = None,
    attributes: Dataset | None = None,
    *,
    context: AcceptedContext | None = None,
    service: str = "N-CREATE",
) -> Result:
    """Creates an instance; without a UID the SCP chooses one and tells it in the response (PS3.7 10.1.5)."""
    message = NCreateRq(
        message_id=association.next_message_id(),
        affected_sop_class_uid=sop_class_uid,
        affected_sop_instance_uid=sop_instance_uid,
    )
    return await _ask(_Call(association, message, context, service), attributes)


async def n_delete(
    association: Association,
    sop_class_uid: str,
    sop_instance_uid: str,
    *,
    context: AcceptedContext | None = None,
    service: str = "N-DELETE",
) -> Result:
    """Deletes an instance (PS3.7 10.1.6); see `n_action`."""
    message = NDeleteRq(
        message_id=association.next_message_id(),
        requested_sop_class_uid=sop_class_uid,
        requested_sop_instance_uid=sop_instance_uid,
    )
    return await _ask(_Call(association, message, context, service), None)


async def _ask(call: _Call, data_set: Dataset | None) -> Result:
    for name in ("affected_sop_instance_uid", "requested_sop_instance_uid"):
        if getattr(call.message, name, None) == "":  # would go out as if it were missing
            raise LocalProtocolError(f"{call.message.NAME}: the SOP Instance UID is empty")
    context = call.context or call.association.context_for(call.message)
    syntax = context.transfer_syntax
    encoded = None if data_set is None else encode_data_set(data_set, syntax)
    reply = await call.association.request(call.message, encoded, context=context)
    return Result(
        message=reply.message,
        data_set=None if reply.data_set is None else decode_data_set(reply.data_set, syntax),
        latency=reply.latency,
        service=call.service,
    )
