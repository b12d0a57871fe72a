"""C-FIND as SCP: reads the identifier, lets a provider search, and answers (PS3.4 C.4.1.3).

What a query may ask for beyond the baseline is what the association agreed on. A query is cancelled between two
responses.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from pydicom.dataset import Dataset

from workbench.acse.extended import QueryOptions
from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.messages import CFindRq, Response
from workbench.dimse.status import CANCEL, PENDING, SUCCESS
from workbench.errors import DataSetError, MessageError, StatusError
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.encoding import LONGEST_IDENTIFIER, decode_aside, encode_data_set
from workbench.services.offers import Offer, served_as
from workbench.services.query.identifiers import TRANSFER_SYNTAXES
from workbench.services.query.levels import check_level
from workbench.services.query.models import Model
from workbench.storage.matching import IDENTIFIER_DOES_NOT_MATCH, Identifier, read_identifier

OUT_OF_RESOURCES: Final = 0xA700  # PS3.4 Table C.4-1
UNABLE_TO_PROCESS: Final = 0xC000
MORE_THAN_ONE_MATCH: Final = 0xC100  # PS3.4 Q.4.1.1.4

_ONE_MATCH_SERVICE: Final = "Relevant Patient Information"


@dataclass(slots=True, kw_only=True)
class FindRequest:
    """A query, handed to a provider.

    Attributes:
        model: what is queried.
        identifier: what is asked for.
        data_set: the identifier as it came.
        options: what extended negotiation agreed on.
        transfer_syntax_uid: how matches that are bytes must be encoded.
        incoming: the request itself, with its association.
        pending_status: of the following responses; a provider that does not support one of the keys sets FF01H.
        final_status, final_comment: of the last one, unless the provider raises or the query is cancelled.
    """

    model: Model
    identifier: Identifier
    data_set: Dataset
    options: QueryOptions
    transfer_syntax_uid: str
    incoming: IncomingRequest
    pending_status: int = PENDING
    final_status: int = SUCCESS
    final_comment: str = ""

    @property
    def is_cancelled(self) -> bool:
        """Whether the peer cancelled it; the provider may then stop."""
        return self.incoming.is_cancelled


class Provider(Protocol):
    """Who searches for an SCP."""

    def matches(self, request: FindRequest) -> AsyncIterator[bytes | Dataset]:
        """Gives the matches, each as an encoded or a decoded identifier.

        Raises:
            StatusError: what to answer instead of Success; after matches too.
        """


class FindScp:
    """Answers C-FIND-RQ for some models from one provider; give its `offer` to a server.

    Args:
        models: what is served.
        options: what is granted of extended negotiation.
    """

    def __init__(
        self,
        models: Iterable[Model],
        provider: Provider,
        *,
        options: QueryOptions = QueryOptions(),  # noqa: B008 - frozen
        transfer_syntaxes: Sequence[str] = TRANSFER_SYNTAXES,
    ) -> None:
        self._models = {model.find: model for model in models}
        self._provider = provider
        self._options = options
        self._transfer_syntaxes = tuple(transfer_syntaxes)

    @property
    def offer(self) -> Offer:
        """What to serve."""
        return Offer(
            sop_classes=dict.fromkeys(self._models, self._transfer_syntaxes),
            handlers={CFindRq.COMMAND_FIELD: self.handler},
            extended=dict.fromkeys(self._models, self._options.hook),
        )

    async def handler(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Answers one request."""
        message = request.message
        try:
            find = await self._read(request)
            pending: dict[int, Response] = {}
            async with aclosing(self._matches(find)) as matches:  # type: ignore[type-var]
                async for match in matches:
                    if request.is_cancelled or request.association.end is not None:
                        break
                    status = find.pending_status
                    response = pending.get(status) or pending.setdefault(status, respond(message, status))
                    data_set = match if isinstance(match, bytes) else _encoded(match, find.transfer_syntax_uid)
                    yield Reply(message=response, data_set=data_set)
            if request.is_cancelled:
                final = respond(message, CANCEL)
            else:
                final = respond(message, find.final_status, find.final_comment or None)
        except StatusError as error:
            final = respond(message, error.status, error.comment or None, **error.elements)
        yield Reply(message=final)

    async def _read(self, request: IncomingRequest) -> FindRequest:
        model = self._models.get(sop_class_of(request.message)) or self._models[served_as(request, self._models)]
        if request.data_set is None:
            raise StatusError(IDENTIFIER_DOES_NOT_MATCH, "there is no identifier")
        try:
            data = await request.data_set.read(LONGEST_IDENTIFIER)
        except MessageError as error:
            raise StatusError(OUT_OF_RESOURCES, str(error)) from error
        options = QueryOptions.agreed(request.association.agreement.extended, request.context.abstract_syntax)

        def read(data_set: Dataset) -> tuple[Dataset, Identifier]:
            return data_set, read_identifier(
                data_set,
                fuzzy=options.fuzzy,
                date_time=options.date_time,
                timezone=options.timezone,
                empty_value=options.empty_value,
                multiple_value=options.multiple_value,
            )

        syntax = request.context.transfer_syntax
        try:
            data_set, identifier = await decode_aside(data, syntax, read, longest=LONGEST_IDENTIFIER)
        except DataSetError as error:
            raise StatusError(IDENTIFIER_DOES_NOT_MATCH, str(error)) from error
        check_level(model, identifier, is_relational=options.relational)
        return FindRequest(
            model=model,
            identifier=identifier,
            data_set=data_set,
            options=options,
            transfer_syntax_uid=syntax,
            incoming=request,
        )

    def _matches(self, find: FindRequest) -> AsyncIterator[bytes | Dataset]:
        matches = self._provider.matches(find)
        return _only_one(matches) if find.model.service == _ONE_MATCH_SERVICE else matches


async def _only_one(matches: AsyncIterator[bytes | Dataset]) -> AsyncIterator[bytes | Dataset]:
    """Gives the match when there is just one: data of two patients must not be mixed up (PS3.4 Q.4.1.3)."""
    first: bytes | Dataset | None = None
    async with aclosing(matches) as found:  # type: ignore[type-var]
        async for match in found:
            if first is not None:
                raise StatusError(MORE_THAN_ONE_MATCH, "more than one match")
            first = match
    if first is not None:
        yield first


def _encoded(match: Dataset, transfer_syntax_uid: str) -> bytes:
    try:
        return encode_data_set(match, transfer_syntax_uid)
    except DataSetError as error:
        raise StatusError(UNABLE_TO_PROCESS, str(error)) from error
