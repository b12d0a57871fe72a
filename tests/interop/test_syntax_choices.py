"""The options of transfer syntaxes: DCMTK's tools propose and prefer by them what our tables say."""

from pathlib import Path

import pytest

from tests.interop.negotiating import answer_of, proposed_by
from tests.interop.peers import PeerTool, listening
from workbench.acse.contexts import number
from workbench.acse.syntax_choices import (
    ALL_SYNTAXES,
    COMPRESSIONS,
    UNCOMPRESSED_CHOICES,
    preference,
    storage_proposal,
)
from workbench.upper_layer.pdu import AssociateRq

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
CHOICES = (*UNCOMPRESSED_CHOICES, *(each.choice for each in COMPRESSIONS))
_SOME = 30  # transfer syntaxes in one context; DCMTK does not take many more


def groups(request: AssociateRq | None, sop_class: str) -> tuple[tuple[str, ...], ...]:
    assert request is not None
    return tuple(each.transfer_syntaxes for each in request.presentation_contexts if each.abstract_syntax == sop_class)


@pytest.mark.parametrize("choice", CHOICES)
def test_storescu_proposes_what_the_table_says(peer_tool: PeerTool, samples: list[Path], choice: str) -> None:
    option = f"--propose-{choice}"
    for options, is_combined in (([option, "-R"], False), ([option, "-R", "+C"], True)):
        request = proposed_by([peer_tool("storescu"), *options], samples[0])
        assert request is not None
        (sop_class,) = {each.abstract_syntax for each in request.presentation_contexts}
        assert groups(request, sop_class) == storage_proposal(choice, combined=is_combined)


# DCMTK 3.6.7's getscu proposes Explicit VR Little Endian by `--propose-implicit`, against its own documentation.
@pytest.mark.parametrize(
    ("tool", "choice"),
    [
        (tool, choice)
        for tool in ("findscu", "getscu", "movescu")
        for choice in UNCOMPRESSED_CHOICES
        if (tool, choice) != ("getscu", "implicit")
    ],
)
def test_queries_propose_what_the_table_says(peer_tool: PeerTool, tool: str, choice: str) -> None:
    request = proposed_by([peer_tool(tool), "-S", f"--propose-{choice}"], "-k", "0008,0052=STUDY")
    assert request is not None
    asked = request.presentation_contexts[0].abstract_syntax
    assert groups(request, asked) == (UNCOMPRESSED_CHOICES[choice],)


def accepted_in_order(port: int) -> list[str]:
    """Gives the transfer syntaxes that a port accepts, the one that it prefers to all others first."""
    left, found = list(ALL_SYNTAXES), list[str]()
    while left:
        parts = [left[at : at + _SOME] for at in range(0, len(left), _SOME)]
        while True:
            (contexts,) = number((CT_IMAGE, tuple(part)) for part in parts)
            answers = answer_of(port, contexts).presentation_contexts
            best = [each.transfer_syntax for each in answers if each.result == 0]
            if len(best) < 2:
                break
            parts = [best]
        if not best:
            break
        found += best
        left.remove(best[0])
    return found


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        *((f"--prefer-{choice}", preference(choice)) for choice in CHOICES if choice != "implicit"),
        ("--implicit", preference("implicit")),
    ],
)
def test_storescp_prefers_what_the_table_says(
    peer_tool: PeerTool, tmp_path: Path, option: str, expected: tuple[str, ...]
) -> None:
    program = peer_tool("storescp")
    with listening(tmp_path / "log", lambda port: [program, option, "-od", tmp_path, str(port)]) as port:
        assert tuple(accepted_in_order(port)) == expected


def test_storescp_accepts_all_in_the_order_of_the_table(peer_tool: PeerTool, tmp_path: Path) -> None:
    program = peer_tool("storescp")
    with listening(tmp_path / "log", lambda port: [program, "--accept-all", "-od", tmp_path, str(port)]) as port:
        found = accepted_in_order(port)
    # Releases before 3.7 know fewer of them.
    assert len(found) >= 21
    assert found == [uid for uid in ALL_SYNTAXES if uid in found]
