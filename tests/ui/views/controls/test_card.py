"""Cards: a title that names them, a header only where there is something to say, a rounded ground."""

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from tests.ui.views.painted import Show
from ui.theme import Colours
from ui.views.controls.card import Card


def test_the_title_names_the_card() -> None:
    card = Card("Nodes")
    assert card.title.text() == "Nodes"
    assert card.accessibleName() == "Nodes"
    card.set_title("Peers")
    assert (card.title.text(), card.accessibleName()) == ("Peers", "Peers")


def test_without_a_title_there_is_no_header(show: Show) -> None:
    card = show(Card())
    assert not card.title.isVisible()
    assert not card.note.isVisible()
    card.set_title("Trace")
    assert card.title.isVisible()
    assert card.note.isVisible()


def test_the_title_is_larger_than_the_text_and_stays_so(show: Show) -> None:
    card = show(Card("Nodes"))
    assert card.title.font().pointSizeF() > card.font().pointSizeF()
    larger = card.font()
    larger.setPointSizeF(20)
    card.setFont(larger)
    assert card.title.font().pointSizeF() > 20


def test_contents_stand_below_the_header(show: Show) -> None:
    card, words = Card("Nodes"), QLabel("here")
    card.body.addWidget(words)
    show(card, 300, 200)
    assert words.geometry().top() > card.title.geometry().bottom()
    assert card.rect().contains(words.geometry())


def test_the_corners_are_rounded_and_the_edge_is_a_line(scheme: Colours, show: Show) -> None:
    card = show(Card(), 100, 80)
    picture = card.grab().toImage()
    assert picture.pixelColor(50, 40) == QColor(scheme.card)
    assert picture.pixelColor(50, 0) == QColor(scheme.line)
    assert picture.pixelColor(0, 0) != QColor(scheme.card)
    assert picture.pixelColor(0, 0) != QColor(scheme.line)
