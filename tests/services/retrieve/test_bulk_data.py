"""Instances without bulk data: what goes, what stays, in every transfer syntax."""

from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite

from tests.support.instances import make_instance
from workbench.errors import DataSetError, StorageError
from workbench.services.encoding import decode_data_set
from workbench.services.retrieve.bulk_data import BULK_DATA, without_bulk_data
from workbench.services.transcoding.conversion import NATIVE
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


def with_everything(path: Path, transfer_syntax: str) -> Path:
    """Gives a file with pixels, an overlay, an icon, waveforms, and an element after the pixels."""
    make_instance(path, "CT", transfer_syntax)
    data_set = pydicom.dcmread(path)
    data_set.add_new(0x60003000, "OW", bytes(16))
    data_set.add_new(0x60020010, "US", 4)
    icon = Dataset()
    icon.Rows, icon.PixelData = 1, b"\x01\x02"
    icon["PixelData"].VR = "OW"
    data_set.IconImageSequence = [icon]
    waveform = Dataset()
    waveform.NumberOfWaveformChannels = 1
    waveform.WaveformData = bytes(4000)
    waveform["WaveformData"].VR = "OW"
    data_set.WaveformSequence = [waveform, Dataset()]
    data_set.DataSetTrailingPadding = b"\0\0"
    dcmwrite(path, data_set, enforce_file_format=True)
    return path


@pytest.mark.parametrize("before", [*NATIVE, JPEG_LOSSLESS])
@pytest.mark.parametrize("after", [*NATIVE, JPEG_LOSSLESS])
def test_bulk_data_goes_and_the_rest_stays(tmp_path: Path, before: str, after: str) -> None:
    path = with_everything(tmp_path / "one.dcm", before)
    original = pydicom.dcmread(path)
    data = without_bulk_data(scan(path), after)
    data_set = decode_data_set(data, after)
    assert len(data) < 2000
    assert set(original.keys()) - set(data_set.keys()) == {0x60003000, 0x7FE00010}
    swapped = (before == EXPLICIT_VR_BIG_ENDIAN) != (after == EXPLICIT_VR_BIG_ENDIAN)
    assert data_set.IconImageSequence[0].PixelData == (b"\x02\x01" if swapped else b"\x01\x02")
    assert [list(item.keys()) for item in data_set.WaveformSequence] == [[0x003A0005], []]
    assert data_set.PatientName == original.PatientName
    assert data_set.SOPInstanceUID == original.SOPInstanceUID


def test_what_has_no_bulk_data_stays_whole(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "SR")
    data = without_bulk_data(scan(path), EXPLICIT_VR_LITTLE_ENDIAN)
    assert decode_data_set(data, EXPLICIT_VR_LITTLE_ENDIAN) == Dataset(pydicom.dcmread(path))


def test_every_overlay_and_curve_counts_as_bulk_data() -> None:
    assert {0x60003000, 0x601E3000, 0x50003000, 0x501E200C, 0x7FE00008} <= BULK_DATA
    assert not {0x60000010, 0x60013000, 0x00880200, 0x54000100} & BULK_DATA


def test_broken_and_missing_files_are_told(tmp_path: Path) -> None:
    path = make_instance(tmp_path, "CT")
    instance = scan(path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DataSetError):
        without_bulk_data(instance, EXPLICIT_VR_LITTLE_ENDIAN)
    path.unlink()
    with pytest.raises(StorageError):
        without_bulk_data(instance, EXPLICIT_VR_LITTLE_ENDIAN)
