"""What is sent to a printer for an image."""

from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import JPEGBaseline8Bit

from tests.services.printing.conversation import attributes
from workbench.errors import DataSetError
from workbench.services.printing.images import PrintableImage, printable


def monochrome(pixels: bytes, *, bits: int = 8, **further: Any) -> Dataset:
    allocated = 8 if bits <= 8 else 16
    return attributes(
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        Rows=1,
        Columns=len(pixels) * 8 // allocated,
        BitsAllocated=allocated,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=0,
        PixelData=pixels,
        **further,
    )


def words(*values: int) -> bytes:
    return b"".join((value & 0xFFFF).to_bytes(2, "little") for value in values)


@pytest.mark.parametrize(
    ("data_set", "bits", "pixels"),
    [
        (monochrome(b"\x00\x80\xff\xff"), 8, b"\x00\x80\xff\xff"),
        (monochrome(words(0, 2048, 4095), bits=12), 8, b"\x00\x80\xff"),
        (monochrome(words(0, 2048, 4095), bits=12), 12, words(0, 2048, 4095)),
        (monochrome(words(10, 10), bits=16), 8, b"\x80\x80"),
        (monochrome(words(0, 50, 100), bits=16, WindowCenter=50.5, WindowWidth=101), 8, b"\x00\x80\xff"),
        (
            monochrome(
                words(900, 1000, 1200),
                bits=16,
                RescaleSlope=1,
                RescaleIntercept=-1000,
                WindowCenter=["50.5", "7"],
                WindowWidth=["101", "9"],
            ),
            8,
            b"\x00\x00\xff",
        ),
    ],
)
def test_stored_values_become_what_is_shown(data_set: Dataset, bits: int, pixels: bytes) -> None:
    image = printable(data_set, bits=bits)
    assert (image.bits, image.pixels, image.photometric) == (bits, pixels, "MONOCHROME2")


def test_signed_values_are_ordered_by_their_sign() -> None:
    data_set = monochrome(words(-100, 0, 100), bits=16)
    data_set.PixelRepresentation = 1
    assert printable(data_set).pixels == b"\x00\x80\xff"


def test_color_is_sent_by_plane_and_a_frame_can_be_chosen() -> None:
    data_set = attributes(
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PlanarConfiguration=0,
        Rows=1,
        Columns=2,
        BitsAllocated=8,
        BitsStored=8,
        NumberOfFrames=2,
        PixelData=bytes(6) + b"\x01\x02\x03\x04\x05\x06",
        PixelAspectRatio=[2, 1],
    )
    image = printable(data_set, frame=2)
    assert image.pixels == b"\x01\x04\x02\x05\x03\x06"
    assert (image.is_color, image.aspect_ratio) == (True, (2, 1))
    item = image.item()
    assert (item.PlanarConfiguration, item.SamplesPerPixel, item["PixelData"].VR) == (1, 3, "OB")
    with pytest.raises(DataSetError, match="no frame 3, but 2"):
        printable(data_set, frame=3)


def test_an_odd_number_of_bytes_is_padded() -> None:
    image = PrintableImage(rows=1, columns=3, photometric="MONOCHROME2", bits=8, pixels=b"\x01\x02\x03")
    assert image.item().PixelData == b"\x01\x02\x03\x00"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "'PALETTE COLOR' is not one that a printer takes"),
        ({"BitsAllocated": 32}, "Bits Allocated 32"),
        ({"Rows": 9}, "frame 1 has 2 of 18 bytes"),
        ({"Rows": 0}, "of 0 bytes"),
    ],
)
def test_what_cannot_be_printed_is_told(change: dict[str, Any], told: str) -> None:
    data_set = monochrome(b"\x00\x01")
    data_set.update(attributes(**change))
    with pytest.raises(DataSetError, match=told):
        printable(data_set)


def test_compressed_pixels_and_other_depths_are_told() -> None:
    data_set = monochrome(b"\x00\x01")
    with pytest.raises(DataSetError, match="10 bits are not 8 or 12"):
        printable(data_set, bits=10)
    data_set.file_meta = FileMetaDataset()
    data_set.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    with pytest.raises(DataSetError, match="compressed"):
        printable(data_set)
