"""DCMTK's condition codes for what goes wrong, so that scripts that look for them go on finding them."""

from typing import Final

from workbench.errors import (
    AssociationAborted,
    AssociationRejected,
    AssociationReleased,
    CommandSetError,
    IdentityNotConfirmed,
    MessageError,
    NoAcceptedContext,
    PduError,
    TransportError,
    WorkbenchError,
)

# Module 6 is dcmnet; the codes and the words after them are those of assoc.h, dimse.h and dul.h.
_STAGES: Final = {
    "name": "0006:0320 Unknown host",
    "connect": "0006:031c TCP Initialization Error",
    "tls": "0006:031e TLS error",
    "lost": "0006:031d TCP I/O Error",
}
_REJECTED: Final = "0006:0301 Association rejected"
_PEER_ABORTED: Final = "0006:0317 Peer aborted Association (or never connected)"
_RELEASED: Final = "0006:0319 Peer requested release"
_IDENTITY: Final = "0006:0108 ASC User Identification Negotiation failed"
_NO_CONTEXT: Final = "0006:0208 DIMSE No valid Presentation Context ID"
_ILLEGAL_PDU: Final = "0006:0307 Illegal or ill-formed PDU"
_BAD_MESSAGE: Final = "0006:0203 DIMSE Badly formed message"
_NO_DATA: Final = "0006:0207 DIMSE No data available (timeout in non-blocking mode)"

_RESULTS: Final = {1: "Rejected Permanent", 2: "Rejected Transient"}
_SOURCES: Final = {
    1: "Service User",
    2: "Service Provider (ACSE Related)",
    3: "Service Provider (Presentation Related)",
}
_REASONS: Final = {
    (1, 1): "No Reason",
    (1, 2): "App Context Name Not Supported",
    (1, 3): "Calling AE Title Not Recognized",
    (1, 7): "Called AE Title Not Recognized",
    (2, 1): "No Reason",
    (2, 2): "Protocol Version Not Supported",
    (3, 1): "Temporary Congestion",
    (3, 2): "Local Limit Exceeded",
}


def condition(error: WorkbenchError) -> str:
    """Gives the code and its words, such as "0006:031c TCP Initialization Error"; empty where DCMTK has none."""
    match error:
        case TransportError():
            return _STAGES[error.stage]
        case AssociationRejected():
            return _REJECTED
        case AssociationAborted(has_timed_out=True):
            return _NO_DATA
        case AssociationAborted():
            return _PEER_ABORTED
        case AssociationReleased():
            return _RELEASED
        case IdentityNotConfirmed():
            return _IDENTITY
        case NoAcceptedContext():
            return _NO_CONTEXT
        case PduError():
            return _ILLEGAL_PDU
        case CommandSetError() | MessageError():
            return _BAD_MESSAGE
    return ""


def rejection(result: int, source: int, reason: int) -> tuple[str, str]:
    """Gives the two lines about an A-ASSOCIATE-RJ (PS3.8 Table 9-21)."""
    return (
        f"Result: {_RESULTS.get(result, f'Unknown ({result})')}, Source: {_SOURCES.get(source, f'Unknown ({source})')}",
        f"Reason: {_REASONS.get((source, reason), f'Unknown ({reason})')}",
    )
