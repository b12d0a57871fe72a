"""Images that an SCU puts into an image box."""

from typing import Any

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from tests.services.printing.conversation import attributes, gray
from workbench.errors import StatusError
from workbench.services.printing.images import PrintableImage
from workbench.services.printing.layout import Size
from workbench.services.printing.received import ReceivedImage, fit, read_image

INCH = Size(25.4, 25.4)


def test_only_the_pixels_of_an_item_are_kept() -> None:
    item = gray(3, 5).item()
    item.PatientName = "Doe"
    item.PixelAspectRatio = [1, 2]
    image = read_image(item, is_color=False)
    assert (image.rows, image.columns, len(image.item.PixelData)) == (3, 5, 16)
    assert "PatientName" not in image.item
    assert list(image.item.PixelAspectRatio) == [1, 2]


@pytest.mark.parametrize(
    ("image", "is_color"),
    [
        (PrintableImage(rows=1, columns=1, photometric="MONOCHROME1", bits=12, pixels=bytes(2)), False),
        (PrintableImage(rows=1, columns=1, photometric="RGB", bits=8, pixels=bytes(3)), True),
    ],
)
def test_what_the_scu_of_ours_sends_is_taken(image: PrintableImage, is_color: bool) -> None:
    assert read_image(image.item(), is_color=is_color).columns == 1
    with pytest.raises(StatusError, match="SamplesPerPixel"):
        read_image(image.item(), is_color=not is_color)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"BitsAllocated": 16}, 0x0106, "bits allocated/stored/high 16/8/7"),
        ({"Columns": 0}, 0x0106, "3 rows of 0 pixels"),
        ({"PixelData": b"\0\0"}, 0x0106, "PixelData has 2 bytes, 3 x 4 needs 12"),
        ({"PhotometricInterpretation": "YBR_FULL"}, 0x0106, "PhotometricInterpretation 'YBR_FULL' is not MONOCHROME1"),
        ({"PixelRepresentation": 1}, 0x0106, "PixelRepresentation '1' is not 0"),
    ],
)
def test_what_is_no_image_is_refused_with_its_value(change: dict[str, Any], status: int, told: str) -> None:
    item = gray(3, 4).item()
    item.update(attributes(**change))
    with pytest.raises(StatusError, match=told) as refused:
        read_image(item, is_color=False)
    assert refused.value.status == status


@pytest.mark.parametrize("value", [("US", [1, 2]), ("LO", "text"), ("SQ", [Dataset()]), ("OB", None)])
def test_pixels_that_are_no_bytes_are_refused(value: tuple[str, Any]) -> None:
    item = gray().item()
    item.add(DataElement(0x7FE00010, *value))
    with pytest.raises(StatusError, match="PixelData has 0 bytes") as refused:
        read_image(item, is_color=False)
    assert refused.value.status == 0x0106


def test_an_item_without_pixels_misses_an_attribute() -> None:
    item = gray().item()
    del item.PixelData
    with pytest.raises(StatusError) as refused:
        read_image(item, is_color=False)
    assert (refused.value.status, refused.value.elements["attribute_identifier_list"]) == (0x0120, (0x7FE00010,))


@pytest.mark.parametrize(
    ("columns", "rows", "wanted", "status"),
    [
        (300, 300, {}, 0),
        (301, 1, {}, 0xB604),
        (1, 301, {"RequestedDecimateCropBehavior": "CROP"}, 0xB609),
        (301, 1, {"RequestedImageSize": "25.4"}, 0),
        (1, 1, {"RequestedImageSize": "26", "RequestedDecimateCropBehavior": "DECIMATE"}, 0xB60A),
    ],
)
def test_how_an_image_fits_is_told(columns: int, rows: int, wanted: dict[str, Any], status: int) -> None:
    image = ReceivedImage(item=Dataset(), rows=rows, columns=columns)
    assert fit(image, INCH, attributes(**wanted), 300.0) == status
