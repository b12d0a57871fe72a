"""C-FIND as SCU: asks, gives the matches as they come, cancels what is not wanted any more (PS3.4 C.4.1.2)."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workbench.acse.contexts import AcceptedContext, propose
from workbench.acse.extended import QueryOptions
from workbench.dimse.messages import CFindRq, Priority, Response
from workbench.dimse.status import CANCEL, PENDING_WITH_WARNING, Category, category, describe
from workbench.errors import ConfigError
from workbench.net.association import Association
from workbench.net.operation import Operation
from workbench.services.query.models import Model
from workbench.services.query.request import Identifier, RequestIdentifier, encoded_identifier
from workbench.storage.character_sets import UTF_8
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.items import ProposedContext, SopClassExtendedNegotiation

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# What people ask for at each level: Type R and U keys of PS3.4 C.6.1.1 and C.6.2.1, and what lists usually show.
_USUAL_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "PATIENT": ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "NumberOfPatientRelatedStudies"),
    "STUDY": (
        "StudyDate",
        "StudyTime",
        "AccessionNumber",
        "ModalitiesInStudy",
        "StudyDescription",
        "PatientName",
        "PatientID",
        "StudyInstanceUID",
        "StudyID",
        "NumberOfStudyRelatedInstances",
    ),
    "SERIES": (
        "Modality",
        "SeriesDescription",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SeriesNumber",
        "NumberOfSeriesRelatedInstances",
    ),
    "IMAGE": ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "InstanceNumber"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A match: its identifier as it came, and the status it came with."""

    data: bytes
    transfer_syntax_uid: str
    status: int

    @property
    def data_set(self) -> "Dataset":
        """The identifier, decoded now.

        Raises:
            DataSetError: the peer sent none, or a broken one.
        """
        from workbench.services.encoding import decode_data_set  # and pydicom, which not everybody needs

        return decode_data_set(self.data, self.transfer_syntax_uid)

    @property
    def is_complete(self) -> bool:
        """Whether the SCP supports all keys that were asked for; otherwise more may have matched than should have."""
        return self.status != PENDING_WITH_WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class FindResult:
    """How a query ended.

    Attributes:
        message: the final response.
        matches: how many were received.
        was_cancelled: whether we asked for the end.
        service: in whose words the status is told.
    """

    message: Response
    matches: int
    was_cancelled: bool
    service: str = "C-FIND"

    @property
    def status(self) -> int:
        """Status (0000,0900)."""
        return self.message.status

    @property
    def is_done(self) -> bool:
        """Whether all went as it was wanted: complete, complete with a warning, or ended because we said so."""
        cancelled = self.was_cancelled and self.status == CANCEL
        return cancelled or category(self.status) in (Category.SUCCESS, Category.WARNING)

    @property
    def reason(self) -> str:
        """A sentence: the status, what the peer says about it, and what to do."""
        said = [describe(self.status, self.service)]
        if self.message.error_comment:
            said.append(f"the SCP says: {self.message.error_comment}")
        if self.message.offending_element:
            tags = " ".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in self.message.offending_element)
            said.append(f"at fault: {tags}")
        if hint := _HINTS.get(self.status & 0xF000 if self.status >= 0xC000 else self.status & 0xFF00):
            said.append(hint)
        return "; ".join(said)


_HINTS: Final = {
    0xA700: "narrow the query and try again",
    0xC000: "the log of the SCP may tell why",
    0xA900: "check the level, the unique keys of the levels above it, and the form of dates",
}


class Query:
    """A query under way: iterate over it for the matches.

    Attributes:
        result: how it ended; None as long as it has not.
    """

    def __init__(self, operation: Operation, context: AcceptedContext, model: Model, limits: "Limits") -> None:
        self.result: FindResult | None = None
        self._operation = operation
        self._syntax = context.transfer_syntax
        self._service = model.service
        self._limits = limits
        self._matches = 0

    def __aiter__(self) -> AsyncIterator[Match]:
        """Iterates over the matches."""
        return self

    async def __anext__(self) -> Match:
        """Gives the next match.

        Raises:
            AssociationError, TransportError: the association ended first.
        """
        while self.result is None:
            if self._limits.most is not None and self._matches >= self._limits.most:
                await self.finish()
                break
            reply = await self._operation.next_reply()
            if category(reply.message.status) is not Category.PENDING:
                self._end(reply.message)
                break
            self._matches += 1
            if self._matches == self._limits.cancel_after:
                await self.cancel()
            return Match(data=reply.data_set or b"", transfer_syntax_uid=self._syntax, status=reply.message.status)
        raise StopAsyncIteration

    async def cancel(self) -> None:
        """Asks the peer to end (C-CANCEL-RQ); matches that are on their way still come, then the result."""
        await self._operation.cancel()

    async def finish(self) -> FindResult:
        """Passes over what still comes, after cancelling unless the query is over, and gives the result."""
        if self.result is None:
            await self.cancel()
            self._end((await self._operation.final_reply()).message)
        assert self.result is not None
        return self.result

    def _end(self, message: Response) -> None:
        self.result = FindResult(
            message=message,
            matches=self._matches,
            was_cancelled=self._operation.is_cancelled,
            service=self._service,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`most`: then the query is cancelled and its end awaited; `cancel_after`: then it is, and the rest is given."""

    most: int | None = None
    cancel_after: int | None = None


@asynccontextmanager
async def find(
    association: Association,
    model: Model,
    identifier: Identifier,
    *,
    limit: int | None = None,
    cancel_after: int | None = None,
    priority: Priority = Priority.MEDIUM,
    context: AcceptedContext | None = None,
) -> AsyncIterator[Query]:
    """Asks a C-FIND SCP; leaving the block before the end cancels the query.

    A `RequestIdentifier` goes out as it is. Text beyond ASCII in a data set without Specific Character Set is sent as
    UTF-8.

    Args:
        limit: matches to give at most; the query is then cancelled and its end awaited.
        cancel_after: the match after which C-CANCEL is sent; what still comes is given.
        context: the one to ask on; None takes that of the model.

    Raises:
        NoAcceptedContext: the peer did not accept the model.
        DataSetError: the identifier cannot be encoded.
        AssociationError, TransportError: the association ended first.
    """
    chosen = context or association.agreement.context_for(model.find)
    message = CFindRq(message_id=association.next_message_id(), affected_sop_class_uid=model.find, priority=priority)
    asked = identifier if isinstance(identifier, RequestIdentifier) else _with_character_set(identifier)
    data = encoded_identifier(asked, chosen.transfer_syntax)
    async with association.operation(message, data, context=chosen) as operation:
        query = Query(operation, chosen, model, Limits(most=limit, cancel_after=cancel_after))
        yield query
        if query.result is None:
            await query.finish()


def find_contexts(
    models: Iterable[Model], transfer_syntaxes: Iterable[str] = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
) -> tuple[ProposedContext, ...]:
    """Gives the contexts to propose for querying models."""
    syntaxes = tuple(transfer_syntaxes)
    return propose((model.find, syntaxes) for model in models if model.find)[0]


def find_options(models: Iterable[Model], options: QueryOptions) -> tuple[SopClassExtendedNegotiation, ...]:
    """Gives the extended negotiation to propose for querying models: what is wanted beyond the baseline."""
    return tuple(options.item(model.find) for model in models if model.find)


def query_for(level: str, **keys: str) -> "Dataset":
    """Gives an identifier for a level: the usual keys of it to be returned, and those given, by keyword, to match.

    `query_for("STUDY", PatientName="DOE*", StudyDate="20240101-")`

    Raises:
        ConfigError: there is no such keyword.
    """
    from pydicom.config import IGNORE
    from pydicom.datadict import dictionary_VR, tag_for_keyword
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

    identifier = Dataset()
    for keyword, value in {"QueryRetrieveLevel": level, **dict.fromkeys(_USUAL_KEYS[level], ""), **keys}.items():
        tag = tag_for_keyword(keyword)
        if tag is None:
            raise ConfigError(f"{keyword!r} is no keyword of an attribute")
        # Not checked: wild cards and ranges are no values of their VR (PS3.4 C.2.2.2).
        identifier.add(DataElement(tag, dictionary_VR(tag), value, validation_mode=IGNORE))
    return identifier


def _with_character_set(identifier: "Dataset") -> "Dataset":
    from pydicom.dataset import Dataset

    if "SpecificCharacterSet" in identifier or not _has_foreign_text(identifier):
        return identifier
    copy = Dataset()
    copy.update(identifier)
    copy.SpecificCharacterSet = UTF_8
    return copy


def _has_foreign_text(data_set: "Dataset") -> bool:
    for element in data_set:
        if element.VR == "SQ":
            if any(_has_foreign_text(item) for item in element.value or ()):
                return True
        elif not str(element.value).isascii():
            return True
    return False
