"""Image Display Formats and the boxes they make."""

import pytest

from workbench.errors import StatusError
from workbench.services.printing.layout import MOST_BOXES, Size, film_size, image_boxes

FILM = Size(300.0, 400.0)


@pytest.mark.parametrize(
    ("display_format", "boxes"),
    [
        ("STANDARD\\1,1", [(300, 400)]),
        ("STANDARD\\3,2", [(100, 200)] * 6),
        ("ROW\\1,2", [(300, 200), (150, 200), (150, 200)]),
        ("COL\\2,1", [(150, 200), (150, 200), (150, 400)]),
        ("SLIDE", [(50, 50)] * 48),
        ("SUPERSLIDE", [(50, 50)] * 48),
    ],
)
def test_a_display_format_makes_its_boxes(display_format: str, boxes: list[tuple[float, float]]) -> None:
    assert list(image_boxes(display_format, FILM)) == boxes


@pytest.mark.parametrize(
    "display_format",
    [
        "",
        "STANDARD",
        "STANDARD\\2",
        "STANDARD\\2,",
        "STANDARD\\0,1",
        "STANDARD\\2,2,2",
        "STANDARD\\-1,2",
        f"STANDARD\\{MOST_BOXES},2",
        "STANDARD\\9999999999,9999999999",
        "ROW\\",
        "ROW\\0",
        "COL\\1,x",
        "SLIDE\\3",
        "CUSTOM\\1",
        "standard\\1,1",
    ],
)
def test_what_is_no_display_format_is_an_invalid_value(display_format: str) -> None:
    with pytest.raises(StatusError) as refused:
        image_boxes(display_format, FILM)
    assert refused.value.status == 0x0106
    assert len(refused.value.comment) <= 64


@pytest.mark.parametrize(
    ("size_id", "orientation", "size"),
    [
        ("8INX10IN", "PORTRAIT", (203.2, 254.0)),
        ("8_5INX11IN", "PORTRAIT", (215.9, 279.4)),
        ("24CMX30CM", "LANDSCAPE", (300.0, 240.0)),
        ("A4", "PORTRAIT", (210.0, 297.0)),
        ("17INX14IN", "PORTRAIT", (355.6, 431.8)),
    ],
)
def test_a_film_size_is_in_millimetres_and_turned(size_id: str, orientation: str, size: tuple[float, float]) -> None:
    assert film_size(size_id, orientation) == pytest.approx(size)


@pytest.mark.parametrize("size_id", ["", "LARGE", "INXIN", "8INX", "B5"])
def test_what_is_no_film_size_is_an_invalid_value(size_id: str) -> None:
    with pytest.raises(StatusError, match="no size"):
        film_size(size_id)
