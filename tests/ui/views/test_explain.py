"""Explanations say what a row carries, and nothing else."""

from typing import Any

import pytest

from tests.ui.views.samples import RELEASE, association, pdu_event, received_row, send_row
from ui.models.nodes import NodeRow, RungRow
from ui.models.query import ElementLine
from ui.models.roles import Category
from ui.models.trace import Line
from ui.theme import Tone
from ui.views.explain import explain_event, explain_node, explain_received, explain_scheduled, explain_sent


@pytest.mark.parametrize(
    ("state", "sentence", "tone", "can_retry"),
    [
        ("waiting", "IM1 waits to be sent.", Tone.NEUTRAL, False),
        ("sending", "IM1 is being sent: 257 KB of 514 KB.", Tone.NOTE, False),
        ("stored", "IM1 was stored by PACS1.", Tone.OK, False),
        ("warning", "IM1 was stored with a warning.", Tone.WARNING, False),
        ("failed", "IM1 was refused by PACS1.", Tone.ERROR, True),
        ("not sent", "IM1 was not sent.", Tone.ERROR, True),
        ("not committed", "IM1 was stored by PACS1, which then did not answer for keeping it.", Tone.ERROR, True),
    ],
)
def test_every_state_of_an_object_has_its_sentence(state: str, sentence: str, tone: Tone, can_retry: bool) -> None:
    found = explain_sent(send_row("IM1", state, sent=257_000), "PACS1")
    assert (found.paragraphs[0][1], found.tone, found.can_retry) == (sentence, tone, can_retry)


def test_what_became_of_its_commitment_is_told() -> None:
    found = explain_sent(send_row("IM1", "not committed", commitment="0112H no such object instance"), "PACS1")
    assert ("Storage commitment", "0112H no such object instance") in found.paragraphs


def test_the_answer_is_told_apart_from_a_reason_of_our_own() -> None:
    answered = explain_sent(send_row("IM1", "failed", status=0xA700, reason="A700H Refused", latency=9.8), "PACS1")
    ours = explain_sent(send_row("IM1", "not sent", reason="no accepted context"), "PACS1")
    assert ("The answer", "A700H Refused") in answered.paragraphs
    assert ("Why", "no accepted context") in ours.paragraphs
    assert "9.80 s" in answered.evidence


def test_received_and_refused_objects() -> None:
    kept = explain_received(received_row())
    refused = explain_received(received_row(category=Category.ERROR, result="✖ A900H", path=""))
    assert (kept.badge, refused.badge) == ("received", "refused")
    assert ("File", "/kept/CT.1.2.3") in kept.paragraphs
    assert all(caption != "File" for caption, _ in refused.paragraphs)


def test_a_row_of_the_trace_says_how_its_association_ended() -> None:
    line = Line(what="A-ASSOCIATE-RJ", detail="rejected permanently", category=Category.ERROR)
    ended = association(outcome="rejected", detail="called AE title not recognized", state=1)
    found = explain_event(pdu_event(4), line, ended)
    assert found.badge == "problem"
    assert ("How it ended", "✖ rejected: called AE title not recognized") in found.paragraphs
    assert found.association == 17


def test_a_row_of_an_unknown_association_says_what_it_can() -> None:
    line = Line(what="A-RELEASE-RQ", detail="", category=Category.NONE)
    assert explain_event(pdu_event(4, RELEASE), line, None).paragraphs == (("What it is", "A-RELEASE-RQ"),)


def test_a_node_tells_rung_by_rung() -> None:
    row = NodeRow(
        name="RIS",
        ae_title="RIS",
        host="ris",
        port=104,
        check="failed",
        checked_at=1.0,
        sentence="nothing listens on that port",
        rungs=(
            RungRow(name="name", is_ok=True, milliseconds=2.0, sentence="ris is 10.1.2.77"),
            RungRow(name="TCP", is_ok=False, milliseconds=1.0, sentence="refused"),
            RungRow(name="echo", is_ok=None, milliseconds=None, sentence=""),
        ),
    )
    captions = [caption for caption, _ in explain_node(row).paragraphs]
    assert captions == ["Result of the check", "Address", "name", "TCP"]
    assert explain_node(row).tone is Tone.ERROR


def test_as_text_holds_everything() -> None:
    text = explain_sent(
        send_row("IM1", "failed", status=0xA700, reason="A700H Refused", association=3), "PACS1"
    ).as_text()
    for part in ("failed", "IM1 was refused by PACS1.", "A700H Refused", "1.2.3.4", "Association 3"):
        assert part in text


@pytest.mark.parametrize(
    ("fields", "badge", "words"),
    [
        ({}, "received", "CT1 sent an object, and it was stored."),
        ({"category": Category.ERROR}, "refused", "CT1 sent an object, and it was refused."),
        (
            {"category": Category.ERROR, "is_not_kept": True},
            "not kept",
            "CT1 sent an object. It was acknowledged, but it was not kept.",
        ),
    ],
)
def test_what_became_of_a_received_object_is_told(fields: dict[str, Any], badge: str, words: str) -> None:
    found = explain_received(received_row(**fields))
    assert (found.badge, found.paragraphs[0][1]) == (badge, words)
    assert found.tone is (Tone.ERROR if fields else Tone.OK)


def test_an_association_without_a_connection_is_told_without_titles() -> None:
    row = association(17, calling_ae_title="", called_ae_title="", peer="", outcome="failed", detail="refused")
    found = explain_event(pdu_event(1), Line(what="A", detail="", category=Category.NONE), row)
    assert ("Association 17", "no connection") in found.paragraphs


def test_a_worklist_entry_is_told_element_by_element() -> None:
    found = explain_scheduled(
        [
            ElementLine(tag="(0040,0100)", name="Scheduled Procedure Step Sequence", vr="SQ", value="1 items"),
            ElementLine(tag="(0008,0060)", name="> Modality", vr="CS", value="MR"),
        ]
    )
    assert (found.badge, found.paragraphs) == ("worklist entry", (("> Modality (0008,0060)", "MR"),))
