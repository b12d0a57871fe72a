"""A P-DATA-TF as a stream: its head, its slices, its errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pair import chunks
from workbench.errors import PduError
from workbench.upper_layer.events import DataIndicated
from workbench.upper_layer.framing import Framer
from workbench.upper_layer.p_data import KEPT_LIMIT, DataPdu
from workbench.upper_layer.pdu import PDataTf, Pdv, encode_pdu

ACCEPTED = frozenset({1, 3})


def read(frame: bytes, chunk: int | None = None) -> tuple[bytes, list[DataIndicated]]:
    """The head and the slices of one PDU, fed in chunks."""
    framer, data = Framer(), DataPdu()
    data.begin(len(frame))
    head: bytes | None = None
    slices = []
    for piece in chunks(frame, chunk):
        framer.feed(piece)
        if head is None:
            head = data.head(framer, ACCEPTED)
        while head is not None and data.remaining and (found := data.next_slice(framer, ACCEPTED)):
            found.data = bytes(found.data)
            slices.append(found)
    assert head is not None
    assert data.remaining == 0
    return head, slices


def pdv(size: int, *, is_command: bool = False, context_id: int = 1, is_last: bool = False) -> Pdv:
    return Pdv(
        context_id=context_id, is_command=is_command, is_last=is_last, data=bytes(index % 251 for index in range(size))
    )


@pytest.mark.parametrize(
    ("pdvs", "kept"),
    [
        ((pdv(0),), 12),
        ((pdv(256),), 268),
        ((pdv(257),), 268),
        ((pdv(5000),), 268),
        ((pdv(5000, is_command=True),), 5012),
        ((pdv(65536, is_command=True),), KEPT_LIMIT),
        ((pdv(65537, is_command=True),), KEPT_LIMIT),
        ((pdv(100, is_command=True), pdv(1000)), 6 + 106 + 6 + 256),
        ((pdv(1000), pdv(100, is_command=True)), 268),
        ((pdv(200), pdv(56), pdv(10, is_command=True), pdv(9)), 6 + 206 + 62 + 16 + 6),
        ((pdv(40000, is_command=True), pdv(40000, is_command=True)), KEPT_LIMIT),
    ],
)
def test_the_head_holds_commands_whole_and_256_bytes_of_data(pdvs: tuple[Pdv, ...], kept: int) -> None:
    frame = encode_pdu(PDataTf(pdvs=pdvs))
    head, _ = read(frame)
    assert head == frame[:kept]
    assert read(frame, 1000)[0] == head


@given(
    pdvs=st.lists(
        st.builds(
            Pdv,
            context_id=st.sampled_from([1, 3]),
            is_command=st.booleans(),
            is_last=st.booleans(),
            data=st.binary(max_size=600),
        ),
        min_size=1,
        max_size=5,
    ),
    chunk=st.one_of(st.none(), st.integers(1, 700)),
)
def test_the_slices_make_up_the_fragments(pdvs: list[Pdv], chunk: int | None) -> None:
    _, slices = read(encode_pdu(PDataTf(pdvs=tuple(pdvs))), chunk)
    fragments = []
    data = b""
    for piece in slices:
        data += bytes(piece.data)
        if piece.ends_fragment:
            fragments.append(
                Pdv(context_id=piece.context_id, is_command=piece.is_command, is_last=piece.is_last, data=data)
            )
            data = b""
    assert fragments == pdvs


@pytest.mark.parametrize("length", [6, 7, 11])
def test_a_pdu_without_room_for_a_pdv_is_refused_at_once(length: int) -> None:
    with pytest.raises(PduError, match="PDU-length at byte 2"):
        DataPdu().begin(length)


def test_an_error_in_the_head_is_found_before_anything_is_handed_out() -> None:
    good, bad = pdv(10), pdv(10, context_id=5)
    with pytest.raises(PduError, match="Presentation-context-ID at byte 26: context 5 was not accepted") as caught:
        read(encode_pdu(PDataTf(pdvs=(good, bad))))
    assert caught.value.abort_reason == 5


def test_an_error_behind_the_head_has_its_place_in_the_pdu() -> None:
    frame = encode_pdu(PDataTf(pdvs=(pdv(1000), pdv(4))))
    broken = frame[:1012] + b"\0\0\0\7" + frame[1016:]
    with pytest.raises(
        PduError, match="Item-length at byte 1012: 7 bytes announced for Presentation data value, 6 left"
    ):
        read(broken)
    with pytest.raises(PduError, match="Item-length at byte 1012: 3 bytes left in P-DATA-TF cannot hold"):
        read(frame[:1015])
