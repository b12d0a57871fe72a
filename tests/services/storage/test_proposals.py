"""Which presentation contexts are proposed for what is to be sent."""

import pytest

from workbench.services.storage.proposals import (
    DEFAULT_LAST,
    AsListed,
    DecompressedBesides,
    GivenSyntaxes,
    OwnSyntaxes,
    decodable,
    decompression,
)
from workbench.services.transcoding.conversion import NATIVE, Conversion
from workbench.upper_layer.items import ProposedContext

EXPLICIT, IMPLICIT, BIG, DEFLATED = NATIVE
RLE, BASELINE, MPEG2 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.100"
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


@pytest.mark.parametrize(
    ("conversion", "own", "expected"),
    [
        (Conversion.NEVER, EXPLICIT, [(EXPLICIT,)]),
        (Conversion.NEVER, RLE, [(RLE,)]),
        (Conversion.UNCOMPRESSED, EXPLICIT, [(EXPLICIT,), NATIVE]),
        (Conversion.UNCOMPRESSED, RLE, [(RLE,)]),
        (Conversion.DECOMPRESS_LOSSLESS, RLE, [(RLE,), NATIVE]),
    ],
)
def test_own_syntaxes(conversion: Conversion, own: str, expected: list[tuple[str, ...]]) -> None:
    assert OwnSyntaxes(conversion).always == ()
    assert OwnSyntaxes(conversion).contexts((CT, own)) == [(CT, syntaxes) for syntaxes in expected]


GROUPS = ((EXPLICIT,), (BIG, IMPLICIT))


def test_given_syntaxes_are_proposed_for_every_class() -> None:
    proposal = GivenSyntaxes(GROUPS, classes=(MR,))
    assert proposal.always == [(MR, (EXPLICIT,)), (MR, (BIG, IMPLICIT))]
    assert proposal.contexts((CT, RLE)) == [(CT, (EXPLICIT,)), (CT, (BIG, IMPLICIT))]


def test_given_syntaxes_can_share_a_context() -> None:
    proposal = GivenSyntaxes(GROUPS, classes=(MR,), combined=True)
    assert proposal.always == [(MR, (EXPLICIT, BIG, IMPLICIT))]
    assert proposal.contexts((CT, EXPLICIT)) == [(CT, (EXPLICIT, BIG, IMPLICIT))]


def test_own_syntax_can_be_added_to_given_ones() -> None:
    proposal = GivenSyntaxes(GROUPS, own_besides=True)
    assert proposal.contexts((CT, RLE)) == [(CT, (EXPLICIT,)), (CT, (BIG, IMPLICIT)), (CT, (RLE,))]
    assert proposal.contexts((CT, BIG)) == [(CT, (EXPLICIT,)), (CT, (BIG, IMPLICIT))]


@pytest.mark.parametrize(
    ("lossless", "lossy", "only_legal", "own", "expected"),
    [
        (True, False, False, EXPLICIT, [DEFAULT_LAST]),
        (False, False, True, BIG, [DEFAULT_LAST]),
        (True, False, False, RLE, [(RLE, *DEFAULT_LAST)]),
        (True, False, False, DEFLATED, [(DEFLATED, *DEFAULT_LAST)]),
        (True, False, False, BASELINE, [(BASELINE,)]),
        (True, False, True, BASELINE, []),
        (True, True, True, BASELINE, [(BASELINE, *DEFAULT_LAST)]),
        (False, False, False, RLE, [(RLE,)]),
        (False, False, False, DEFLATED, [(DEFLATED,)]),
        (False, False, True, DEFLATED, []),
        (True, True, False, MPEG2, [(MPEG2,)]),  # for want of a decoder
    ],
)
def test_what_can_be_decompressed_may_be_taken_uncompressed(
    lossless: bool, lossy: bool, only_legal: bool, own: str, expected: list[tuple[str, ...]]
) -> None:
    proposal = DecompressedBesides(decompression(lossless=lossless, lossy=lossy), only_legal=only_legal)
    assert proposal.always == ()
    assert proposal.contexts((CT, own)) == [(CT, syntaxes) for syntaxes in expected]


def test_a_list_stands_as_it_is() -> None:
    rows = [(CT, (EXPLICIT, IMPLICIT)), (CT, (RLE,)), (CT, (RLE,)), (MR, (BIG,))]
    listed = [
        ProposedContext(context_id=2 * place + 1, abstract_syntax=uid, transfer_syntaxes=syntaxes)
        for place, (uid, syntaxes) in enumerate(rows)
    ]
    proposal = AsListed(listed)
    assert proposal.always == rows
    assert proposal.contexts((CT, RLE)) == [(CT, (RLE,))]
    assert proposal.contexts((CT, BIG)) == [(CT, (EXPLICIT, IMPLICIT))]
    assert proposal.contexts(("1.2.3", BIG)) == []


def test_what_can_be_decoded_includes_what_needs_no_codec() -> None:
    assert {DEFLATED, RLE} <= set(decodable())
    assert EXPLICIT not in decodable()
