"""The seven PDUs of the upper layer (PS3.8 9.3.1 to 9.3.8) and their bytes."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workbench.errors import PduError
from workbench.upper_layer.associate import (
    AssociateAc,
    AssociateRq,
    read_associate_ac,
    read_associate_rq,
    write_associate_ac,
    write_associate_rq,
)
from workbench.upper_layer.fields import Buffer, Reader, Span, put_uint
from workbench.value import Value

__all__ = [
    "PDU_NAMES",
    "Abort",
    "AssociateAc",
    "AssociateRj",
    "AssociateRq",
    "PDataTf",
    "Pdu",
    "Pdv",
    "ReleaseRp",
    "ReleaseRq",
    "check_pdu_length",
    "check_pdv_length",
    "data_pdu_header",
    "decode_pdu",
    "encode_pdu",
    "unknown_type",
]

A_ASSOCIATE_RQ: Final = 1
A_ASSOCIATE_AC: Final = 2
A_ASSOCIATE_RJ: Final = 3
P_DATA_TF: Final = 4
A_RELEASE_RQ: Final = 5
A_RELEASE_RP: Final = 6
A_ABORT: Final = 7

MAX_ASSOCIATE_LENGTH: Final = 1 << 20  # of an A-ASSOCIATE-RQ or -AC; 128 contexts of 38 syntaxes need a third of it
FIXED_LENGTH: Final = 4  # of every other PDU but P-DATA-TF (PS3.8 9.3.4, 9.3.6 to 9.3.8)

_TLS_RECORDS: Final = range(0x14, 0x18)  # content types of the TLS record layer (RFC 8446 5.1)

PDU_NAMES: Final = {
    A_ASSOCIATE_RQ: "A-ASSOCIATE-RQ",
    A_ASSOCIATE_AC: "A-ASSOCIATE-AC",
    A_ASSOCIATE_RJ: "A-ASSOCIATE-RJ",
    P_DATA_TF: "P-DATA-TF",
    A_RELEASE_RQ: "A-RELEASE-RQ",
    A_RELEASE_RP: "A-RELEASE-RP",
    A_ABORT: "A-ABORT",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AssociateRj(Value):
    """A-ASSOCIATE-RJ (PS3.8 9.3.4); `reasons` has the words. Numbers that the standard does not define are kept."""

    result: int
    source: int
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Pdv(Value):
    """A presentation data value: one fragment of a command or a data set (PS3.8 9.3.5.1, Annex E.2)."""

    context_id: int
    is_command: bool
    is_last: bool
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PDataTf(Value):
    """P-DATA-TF (PS3.8 9.3.5). The machine streams received ones; this class is for sending and for display."""

    pdvs: tuple[Pdv, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ReleaseRq(Value):
    """A-RELEASE-RQ (PS3.8 9.3.6)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ReleaseRp(Value):
    """A-RELEASE-RP (PS3.8 9.3.7)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Abort(Value):
    """A-ABORT (PS3.8 9.3.8): source 0 is the user, 2 the provider; the reason counts with source 2 only."""

    source: int
    reason: int


Pdu = AssociateRq | AssociateAc | AssociateRj | PDataTf | ReleaseRq | ReleaseRp | Abort


def encode_pdu(pdu: Pdu) -> bytes:
    """The bytes of one PDU, header included; reserved bytes are 00H.

    Raises:
        LocalProtocolError: a value does not fit its field: a title over 16 characters, a number too large.
    """
    pdu_type, write = _WRITERS[type(pdu)]
    content = write(pdu)
    return bytes((pdu_type, 0)) + put_uint(len(content), 4, "PDU-length") + content


def unknown_type(pdu_type: int) -> PduError:
    """Gives the error for a first byte that begins no PDU; one that begins a TLS record says so."""
    problem = f"{pdu_type:02X}H is not a PDU of PS3.8"
    if pdu_type in _TLS_RECORDS:
        problem += " but looks like a TLS record: the peer uses TLS, this end does not; switch it on here, or off there"
    return PduError("PDU-type", 0, problem, abort_reason=1)


def decode_pdu(frame: Buffer, spans: Span | None = None, *, length: int | None = None) -> Pdu:
    """The PDU in `frame`, which holds exactly one.

    What the standard leaves to the receiver is decided as follows. Reserved bytes are not tested. Unknown items are
    kept and skipped. Numbers without a meaning (a result 9, a version 2) are kept: the user of the value judges it. An
    absent application context or user information is an empty one. Titles lose their padding of spaces (and of NULs,
    which some peers send); text is Latin-1, so that it never fails.

    Args:
        frame: the bytes from the PDU's first to its last.
        spans: is renamed to the PDU's name and gets a child for each field read, also when PduError is raised.
        length: of the whole PDU, when `frame` holds its start only (for a display).

    Raises:
        PduError: the PDU is malformed: a length that does not fit, a mandatory part missing or there twice.
    """
    reader = Reader(frame, "PDU", end=length, span=spans)
    pdu_type = reader.uint(1, "PDU-type")
    reader.name = PDU_NAMES.get(pdu_type, f"Unknown PDU {pdu_type:02X}H")
    if spans is not None:
        spans.name = reader.name
    reader.reserved(1)
    announced = reader.uint(4, "PDU-length")
    if announced != reader.remaining:
        raise PduError("PDU-length", 2, f"{announced} bytes announced, {reader.remaining} there")
    read = _READERS.get(pdu_type)
    if read is None:
        raise unknown_type(pdu_type)
    pdu = read(reader)
    reader.finish()
    return pdu


def data_pdu_header(context_id: int, *, is_command: bool, is_last: bool, fragment_length: int) -> bytes:
    """The twelve bytes before a fragment that has a P-DATA-TF PDU of its own (PS3.8 9.3.5, Annex E.2)."""
    control = is_command | is_last << 1
    return _DATA_PDU_HEADER.pack(P_DATA_TF, 0, fragment_length + 6, fragment_length + 2, context_id, control)


def check_pdu_length(pdu_type: int, length: int) -> None:
    """Raises PduError when `length` cannot be right for this PDU, anything but a P-DATA-TF."""
    if pdu_type in (A_ASSOCIATE_RQ, A_ASSOCIATE_AC):
        if length > MAX_ASSOCIATE_LENGTH:
            raise PduError("PDU-length", 2, f"{length} is over our limit of {MAX_ASSOCIATE_LENGTH}")
    elif length != FIXED_LENGTH:
        raise PduError("PDU-length", 2, f"{length} is not the {FIXED_LENGTH} of {PDU_NAMES[pdu_type]}")


def check_pdv_length(length: int, rest: int, at: int) -> None:
    """Raises PduError unless a PDV of this length fits into the `rest` of the PDU behind the length field at `at`."""
    if length < 2:
        raise PduError(
            "Item-length", at, f"{length} is less than the 2 bytes of a presentation data value's own header"
        )
    if length > rest:
        raise PduError(
            "Item-length", at, f"{length} bytes announced for Presentation data value, {rest} left in P-DATA-TF"
        )


_DATA_PDU_HEADER: Final = struct.Struct(">BBIIBB")


def _read_associate_rj(reader: Reader) -> AssociateRj:
    reader.reserved(1)
    return AssociateRj(
        result=reader.uint(1, "Result"), source=reader.uint(1, "Source"), reason=reader.uint(1, "Reason/Diag.")
    )


def _read_p_data_tf(reader: Reader) -> PDataTf:
    if not reader.remaining:
        raise PduError("Presentation data value", reader.at, "a P-DATA-TF holds at least one")
    pdvs = []
    while reader.remaining:
        pdv = reader.child("Presentation data value")
        length = pdv.uint(4, "Item-length")
        check_pdv_length(length, pdv.remaining, pdv.at - 4)
        reader.limit(pdv, length, 4)
        context_id = pdv.uint(1, "Presentation-context-ID")
        control = pdv.uint(1, "Message-control-header")
        data = pdv.raw(pdv.remaining, "Fragment")
        # Annex E.2: only bits 0 and 1 are defined, the others are not tested.
        pdvs.append(Pdv(context_id=context_id, is_command=bool(control & 1), is_last=bool(control & 2), data=data))
    return PDataTf(pdvs=tuple(pdvs))


def _read_release_rq(reader: Reader) -> ReleaseRq:
    reader.reserved(4)
    return ReleaseRq()


def _read_release_rp(reader: Reader) -> ReleaseRp:
    reader.reserved(4)
    return ReleaseRp()


def _read_abort(reader: Reader) -> Abort:
    reader.reserved(2)
    return Abort(source=reader.uint(1, "Source"), reason=reader.uint(1, "Reason/Diag."))


def _write_associate_rj(pdu: AssociateRj) -> bytes:
    result = put_uint(pdu.result, 1, "Result")
    return bytes(1) + result + put_uint(pdu.source, 1, "Source") + put_uint(pdu.reason, 1, "Reason/Diag.")


def _write_p_data_tf(pdu: PDataTf) -> bytes:
    return b"".join(
        put_uint(len(pdv.data) + 2, 4, "Item-length")
        + put_uint(pdv.context_id, 1, "Presentation-context-ID")
        + put_uint(pdv.is_command | pdv.is_last << 1, 1, "Message-control-header")
        + pdv.data
        for pdv in pdu.pdvs
    )


def _write_release(_: ReleaseRq | ReleaseRp) -> bytes:
    return bytes(4)


def _write_abort(pdu: Abort) -> bytes:
    return bytes(2) + put_uint(pdu.source, 1, "Source") + put_uint(pdu.reason, 1, "Reason/Diag.")


_READERS: Final[Mapping[int, Callable[[Reader], Pdu]]] = {
    A_ASSOCIATE_RQ: read_associate_rq,
    A_ASSOCIATE_AC: read_associate_ac,
    A_ASSOCIATE_RJ: _read_associate_rj,
    P_DATA_TF: _read_p_data_tf,
    A_RELEASE_RQ: _read_release_rq,
    A_RELEASE_RP: _read_release_rp,
    A_ABORT: _read_abort,
}

_WRITERS: Final[Mapping[type[Any], tuple[int, Callable[[Any], bytes]]]] = {
    AssociateRq: (A_ASSOCIATE_RQ, write_associate_rq),
    AssociateAc: (A_ASSOCIATE_AC, write_associate_ac),
    AssociateRj: (A_ASSOCIATE_RJ, _write_associate_rj),
    PDataTf: (P_DATA_TF, _write_p_data_tf),
    ReleaseRq: (A_RELEASE_RQ, _write_release),
    ReleaseRp: (A_RELEASE_RP, _write_release),
    Abort: (A_ABORT, _write_abort),
}
