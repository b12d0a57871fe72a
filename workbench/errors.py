"""Every exception that the workbench raises on purpose, and the words that go with their numbers.

    WorkbenchError
    ├── ConfigError                    a setting is missing or wrong
    ├── TransportError                 no connection, or it was lost (stage says where)
    ├── ProtocolError
    │   ├── LocalProtocolError         our own side asked for what the state or the agreement forbids
    │   │   └── NoAcceptedContext      no presentation context for this SOP Class and transfer syntax
    │   └── RemoteProtocolError        the peer broke the protocol; carries the A-ABORT to answer with
    │       ├── PduError               a PDU is malformed (PS3.8)
    │       ├── CommandSetError        a command set is malformed (PS3.7)
    │       └── MessageError           well-formed parts in an order that DIMSE forbids
    ├── AssociationError               the association ended before the work was done
    │   ├── AssociationRejected
    │   ├── AssociationAborted
    │   ├── AssociationReleased
    │   └── IdentityNotConfirmed       we asked the peer to confirm who we are, and it did not
    └── StorageError                   an instance cannot be read or written

A DIMSE status is a value, not an exception. This module imports nothing, so every layer may import it; that is why the
words of rejections and aborts, which the messages below need, live here and not with the PDUs.
"""

from typing import Final, Literal

Stage = Literal["name", "connect", "tls", "lost"]

# PS3.8 Table 9-21, A-ASSOCIATE-RJ.
REJECT_RESULTS: Final = {1: "rejected permanently", 2: "rejected transiently"}
REJECT_SOURCES: Final = {
    1: "by the service-user",
    2: "by the service-provider (ACSE)",
    3: "by the service-provider (presentation)",
}
REJECT_REASONS: Final = {
    (1, 1): "no reason given",
    (1, 2): "application context name not supported",
    (1, 3): "calling AE title not recognized",
    (1, 7): "called AE title not recognized",
    (2, 1): "no reason given",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    (3, 2): "local limit exceeded",
}

# PS3.8 Table 9-26, A-ABORT. The reason is significant with source 2 only.
ABORT_SOURCES: Final = {0: "by the service-user", 2: "by the service-provider"}
ABORT_REASONS: Final = {
    0: "reason not specified",
    1: "unrecognized PDU",
    2: "unexpected PDU",
    4: "unrecognized PDU parameter",
    5: "unexpected PDU parameter",
    6: "invalid PDU parameter value",
}


def describe_rejection(result: int, source: int, reason: int) -> str:
    """The words and numbers of an A-ASSOCIATE-RJ, what matters most first, as a table may cut it off.

    "called AE title not recognized (1/1/7), rejected permanently by the service-user"
    """
    how = REJECT_RESULTS.get(result, f"rejected with the unknown result {result}")
    who = REJECT_SOURCES.get(source, f"by the unknown source {source}")
    why = REJECT_REASONS.get((source, reason), f"reserved reason {reason}")
    return f"{why} ({result}/{source}/{reason}), {how} {who}"


def describe_abort(source: int, reason: int) -> str:
    """The words and numbers of an A-ABORT, "aborted by the service-provider: unexpected PDU (2/2)"."""
    who = ABORT_SOURCES.get(source, f"by the unknown source {source}")
    if source != 2:
        return f"aborted {who} ({source}/{reason})"
    return f"aborted {who}: {ABORT_REASONS.get(reason, f'reserved reason {reason}')} ({source}/{reason})"


class WorkbenchError(Exception):
    """The root of all errors raised on purpose; anything else that escapes is a bug of ours."""


class ConfigError(WorkbenchError):
    """A setting is missing or wrong; the message names its place and its value."""


class TransportError(WorkbenchError):
    """There is no transport connection: the name is unknown, nobody answered, or an open one was lost."""

    def __init__(self, message: str, *, stage: Stage) -> None:
        super().__init__(message)
        self.stage: Stage = stage


class ProtocolError(WorkbenchError):
    """Someone left the protocol: see the two kinds below."""


class LocalProtocolError(ProtocolError):
    """Our own side asked for what the state of the association or the agreement forbids; nothing was sent."""


class NoAcceptedContext(LocalProtocolError):
    """No accepted presentation context carries this SOP Class in this transfer syntax; `reason` says why in words."""

    def __init__(self, sop_class_uid: str, transfer_syntax_uid: str, reason: str) -> None:
        super().__init__(f"no accepted presentation context for {sop_class_uid}: {reason}")
        self.sop_class_uid = sop_class_uid
        self.transfer_syntax_uid = transfer_syntax_uid
        self.reason = reason


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol; `abort_source` and `abort_reason` are the A-ABORT to answer with."""

    def __init__(self, message: str, *, abort_source: int = 2, abort_reason: int = 0) -> None:
        super().__init__(message)
        self.abort_source = abort_source
        self.abort_reason = abort_reason


class PduError(RemoteProtocolError):
    """A PDU is malformed: the field, the offset of its first byte from the PDU's first, and what is wrong with it."""

    def __init__(self, field: str, offset: int, problem: str, *, abort_reason: int = 6) -> None:
        super().__init__(f"{field} at byte {offset}: {problem}", abort_source=2, abort_reason=abort_reason)
        self.field = field
        self.offset = offset
        self.problem = problem


class CommandSetError(RemoteProtocolError):
    """A command set is malformed; DIMSE uses the upper layer, so the abort is the service-user's."""

    def __init__(self, field: str, offset: int, problem: str) -> None:
        super().__init__(f"{field} at byte {offset}: {problem}", abort_source=0, abort_reason=0)
        self.field = field
        self.offset = offset
        self.problem = problem


class MessageError(RemoteProtocolError):
    """DIMSE fragments or messages came in an order that PS3.7 forbids."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, abort_source=0, abort_reason=0)


class AssociationError(WorkbenchError):
    """The association ended, or never began, although something was still to be done on it."""


class AssociationRejected(AssociationError):
    """The peer answered with A-ASSOCIATE-RJ (PS3.8 9.3.4)."""

    def __init__(self, result: int, source: int, reason: int) -> None:
        super().__init__(describe_rejection(result, source, reason))
        self.result = result
        self.source = source
        self.reason = reason


class AssociationAborted(AssociationError):
    """The association was aborted, by the peer or by us; `cause` is a sentence for a person.

    Attributes:
        by_peer: the peer sent A-ABORT.
        has_timed_out: we did, because the peer had not answered in time.
    """

    def __init__(self, source: int, reason: int, *, by_peer: bool, cause: str, has_timed_out: bool = False) -> None:
        super().__init__(cause or describe_abort(source, reason))
        self.source = source
        self.reason = reason
        self.by_peer = by_peer
        self.has_timed_out = has_timed_out
        self.cause = cause


class AssociationReleased(AssociationError):
    """The peer released the association while we still wanted something of it."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class IdentityNotConfirmed(AssociationError):
    """The peer accepted the association without the positive response to our identity that we asked for."""

    def __init__(self) -> None:
        super().__init__("the node accepted the association without confirming the user identity, as was demanded")


class StatusError(WorkbenchError):
    """A service refuses or fails a request: what to answer (PS3.7 Annex C).

    Args:
        status: Status (0000,0900) of the response.
        comment: Error Comment (0000,0902), for the people on the other side; at most 64 characters of it are sent.
        elements: further elements of the response, by the names of its message, such as `error_id`.
    """

    def __init__(self, status: int, comment: str = "", **elements: object) -> None:
        super().__init__(comment or f"status {status:04X}H")
        self.status = status
        self.comment = comment
        self.elements = elements


class DataSetError(WorkbenchError):
    """A data set cannot be decoded, encoded or converted; the message names place and value."""


class StorageError(WorkbenchError):
    """An instance on disk cannot be read or written."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path
