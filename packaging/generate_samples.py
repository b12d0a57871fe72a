"""Writes the sample instances of `resources/samples`: `python packaging/generate_samples.py`.

Phantoms, not people: every name, date and UID is fixed, so the same libraries write the same files. It needs numpy,
and for three of the files Pillow (JPEG Baseline, JPEG 2000) or pyjpegls (JPEG-LS). The attributes are those that
`dciodvfy` asks for; the objects are of PS3.3 A.2 to A.85.
"""

import io
import sys
import uuid
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import jpeg_lossless
import numpy as np
import sample_images as images
from numpy.typing import NDArray
from pydicom import Dataset, FileDataset, FileMetaDataset, uid
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from sample_documents import add_pdf, add_report, code

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
HEAD, WATER, CHEST, PLATE = "Head", "Water", "Chest", "Plate"
BODY_PARTS = {HEAD: "HEAD", WATER: "NECK", CHEST: "CHEST", PLATE: ""}


def write_samples(folder: Path) -> None:
    """Writes every sample of the table below into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in TABLE.items():
        dcmwrite(folder / name, build(), enforce_file_format=True)


def ct_slice(number: int) -> FileDataset:
    """Gives one of three CT slices of a head."""
    ds = _instance(HEAD, "CT", uid.CTImageStorage, uid.ExplicitVRLittleEndian, number=number)
    level = (-0.5, 0.1, 0.6)[number - 1]
    _add_pixels(ds, images.ct_head(192, level, seed=number).view(np.uint16), bits=16, signed=True)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    _add_plane(ds, spacing=1.2, thickness=5, position=[-114.6, -114.6, 40.0 * level])
    ds.KVP, ds.AcquisitionNumber = 120, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "HU"
    ds.WindowCenter, ds.WindowWidth = 40, 100
    return ds


def enhanced_ct() -> FileDataset:
    """Gives four slices as one Enhanced CT, JPEG-LS Lossless."""
    ds = _instance(HEAD, "CT", uid.EnhancedCTImageStorage, uid.JPEGLSLossless, series=2)
    slices = [(images.ct_head(128, level, seed=20) + 1024).clip(0, 4095) for level in (-0.6, -0.2, 0.2, 0.6)]
    _add_pixels(ds, np.stack(slices).astype(np.uint16), bits=12, encode=_jpeg_ls)
    ds.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    ds.PixelPresentation, ds.VolumetricProperties, ds.VolumeBasedCalculationTechnique = "MONOCHROME", "VOLUME", "NONE"
    ds.AcquisitionDateTime, ds.AcquisitionNumber, ds.PatientPosition = "20240229103000", 1, "HFS"
    ds.ContentQualification, ds.PresentationLUTShape = "PRODUCT", "IDENTITY"
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = _uid("frame of reference", HEAD), ""
    ds.AcquisitionContextSequence = []
    stack = _uid("dimension", HEAD)
    ds.DimensionOrganizationSequence = [_item(DimensionOrganizationUID=stack)]
    ds.DimensionIndexSequence = [
        _item(
            DimensionOrganizationUID=stack,
            DimensionIndexPointer=0x00209057,  # In-Stack Position Number
            FunctionalGroupPointer=0x00209111,  # Frame Content Sequence
        )
    ]
    frame_type = _item(
        FrameType=["DERIVED", "PRIMARY", "VOLUME", "NONE"],
        PixelPresentation="MONOCHROME",
        VolumetricProperties="VOLUME",
        VolumeBasedCalculationTechnique="NONE",
    )
    anatomy = _item(AnatomicRegionSequence=[code("69536005", "SCT", "Head")], FrameLaterality="U")
    shared = _item(
        CTImageFrameTypeSequence=[frame_type],
        FrameAnatomySequence=[anatomy],
        IrradiationEventIdentificationSequence=[_item(IrradiationEventUID=_uid("irradiation event", HEAD))],
        PixelMeasuresSequence=[_item(PixelSpacing=[1.8, 1.8], SliceThickness=5)],
        PlaneOrientationSequence=[_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelValueTransformationSequence=[_item(RescaleIntercept=-1024, RescaleSlope=1, RescaleType="HU")],
        FrameVOILUTSequence=[_item(WindowCenter=40, WindowWidth=100)],
    )
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [
        _item(
            FrameContentSequence=[
                _item(
                    FrameAcquisitionNumber=1,
                    FrameReferenceDateTime="20240229103000",
                    FrameAcquisitionDateTime="20240229103000",
                    FrameAcquisitionDuration=500,
                    StackID="1",
                    InStackPositionNumber=number,
                    DimensionIndexValues=number,
                )
            ],
            PlanePositionSequence=[_item(ImagePositionPatient=[-114.3, -114.3, 5.0 * number])],
        )
        for number in range(1, 5)
    ]
    return ds


def mr() -> FileDataset:
    """Gives an MR slice of the same head, Implicit VR Little Endian."""
    ds = _instance(HEAD, "MR", uid.MRImageStorage, uid.ImplicitVRLittleEndian)
    _add_pixels(ds, images.mr_head(192, seed=30), bits=12)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
    _add_plane(ds, spacing=1.2, thickness=4, position=[-114.6, -114.6, 0])
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "SE", "NONE", "", "2D"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.MagneticFieldStrength = 2500, 90, 1, 1.5
    ds.WindowCenter, ds.WindowWidth = 450, 900
    return ds


def pet() -> FileDataset:
    """Gives a PET slice of the same head, Explicit VR Big Endian."""
    ds = _instance(HEAD, "PT", uid.PositronEmissionTomographyImageStorage, uid.ExplicitVRBigEndian)
    _add_pixels(ds, images.pet_head(128, seed=40), bits=16)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    _add_plane(ds, spacing=2.4, thickness=4, position=[-152.4, -152.4, 0])
    del ds.PatientPosition  # the codes of the patient's orientation below replace it
    ds.SeriesDate, ds.SeriesTime, ds.AcquisitionDate, ds.AcquisitionTime = "20240229", "113000", "20240229", "113500"
    ds.Units, ds.CountsSource, ds.SeriesType = "BQML", "EMISSION", ["STATIC", "IMAGE"]
    ds.NumberOfSlices, ds.ImageIndex, ds.CorrectedImage, ds.DecayCorrection = 1, 1, ["DECY", "ATTN"], "START"
    ds.CollimatorType, ds.ActualFrameDuration, ds.FrameReferenceTime, ds.DecayFactor = "NONE", 300000, 150000, 1.02
    ds.RescaleIntercept, ds.RescaleSlope, ds.WindowCenter, ds.WindowWidth = 0, 1, 2000, 4000
    isotope = _item(
        RadionuclideCodeSequence=[code("77004003", "SCT", "^18^Fluorine")],
        RadiopharmaceuticalStartTime="103000",
        RadionuclideHalfLife=6586.2,
    )
    ds.PatientOrientationCodeSequence = [code("102538003", "SCT", "recumbent")]
    ds.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [code("40199007", "SCT", "supine")]
    ds.PatientGantryRelationshipCodeSequence = [code("102540008", "SCT", "headfirst")]
    ds.RadiopharmaceuticalInformationSequence = [isotope]
    return ds


def us_loop() -> FileDataset:
    """Gives eight frames of a beating vessel, JPEG Baseline in colour."""
    ds = _instance(WATER, "US", uid.UltrasoundMultiFrameImageStorage, uid.JPEGBaseline8Bit)
    frames = images.ultrasound(180, 240, 8, seed=50)
    _add_pixels(ds, frames, bits=8, encode=_jpeg_baseline)
    ds.PhotometricInterpretation = "YBR_FULL_422"  # PS3.5 8.2.1: what JPEG made of the RGB
    ds.ImageType, ds.PatientOrientation = ["ORIGINAL", "PRIMARY", "SMALL PARTS", "0001"], ""
    ds.FrameIncrementPointer, ds.FrameTime = 0x00181063, 40
    ds.LossyImageCompression, ds.LossyImageCompressionMethod = "01", "ISO_10918_1"
    ds.LossyImageCompressionRatio = round(frames.size / len(ds.PixelData), 1)
    return ds


def us_image() -> FileDataset:
    """Gives one frame of another view, RLE Lossless in colour."""
    ds = _instance(WATER, "US", uid.UltrasoundImageStorage, uid.ExplicitVRLittleEndian, series=2)
    _add_pixels(ds, images.ultrasound(150, 200, 1, seed=51)[0], bits=8)
    ds.ImageType, ds.PatientOrientation = ["ORIGINAL", "PRIMARY", "SMALL PARTS", "0001"], ""
    ds.compress(uid.RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    return ds


def dx() -> FileDataset:
    """Gives a frontal chest, JPEG Lossless (Process 14, Selection Value 1)."""
    ds = _instance(CHEST, "DX", uid.DigitalXRayImageStorageForPresentation, uid.JPEGLosslessSV1)
    _add_pixels(ds, images.chest(288, 240, seed=60), bits=12, encode=_jpeg_lossless)
    ds.ImageType = ["ORIGINAL", "PRIMARY", ""]
    ds.PresentationIntentType, ds.PresentationLUTShape = "FOR PRESENTATION", "IDENTITY"
    ds.AcquisitionDate, ds.AcquisitionTime = "20240229", "103000"
    ds.ImagerPixelSpacing, ds.ViewPosition, ds.ImageLaterality = [1.5, 1.5], "PA", "U"
    ds.ViewCodeSequence = [code("399348003", "SCT", "postero-anterior")]
    ds.ViewCodeSequence[0].ViewModifierCodeSequence = []
    ds.AnatomicRegionSequence = [code("51185008", "SCT", "Chest")]
    ds.PatientOrientation = ["L", "F"]
    ds.PositionerType, ds.DetectorType, ds.AcquisitionContextSequence = "NONE", "DIRECT", []
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    return ds


def cr() -> FileDataset:
    """Gives a plate of the constancy test, JPEG 2000 Lossless."""
    ds = _instance(PLATE, "CR", uid.ComputedRadiographyImageStorage, uid.JPEG2000Lossless)
    _add_pixels(ds, images.quality_phantom(256, seed=70), bits=12, encode=_jpeg_2000)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.ViewPosition, ds.PatientOrientation = "AP", ["L", "F"]
    ds.ImagerPixelSpacing, ds.WindowCenter, ds.WindowWidth = [0.7, 0.7], 2048, 4096
    return ds


def secondary_capture() -> FileDataset:
    """Gives a display pattern, Deflated Explicit VR Little Endian."""
    ds = _instance(PLATE, "OT", uid.SecondaryCaptureImageStorage, uid.DeflatedExplicitVRLittleEndian)
    _add_pixels(ds, images.test_pattern(240, 320), bits=8)
    ds.ConversionType, ds.ImageType, ds.PatientOrientation = "SYN", ["DERIVED", "SECONDARY"], ""
    return ds


def encapsulated_pdf() -> FileDataset:
    """Gives a protocol of one page."""
    ds = _instance(HEAD, "DOC", uid.EncapsulatedPDFStorage, uid.ExplicitVRLittleEndian)
    add_pdf(ds)
    return ds


def comprehensive_sr() -> FileDataset:
    """Gives a report that measures the second CT slice."""
    ds = _instance(HEAD, "SR", uid.ComprehensiveSRStorage, uid.ExplicitVRLittleEndian)
    add_report(ds, of=ct_slice(2))
    return ds


TABLE: dict[str, Callable[[], FileDataset]] = {
    "ct_explicit_1.dcm": lambda: ct_slice(1),
    "ct_explicit_2.dcm": lambda: ct_slice(2),
    "ct_explicit_3.dcm": lambda: ct_slice(3),
    "cr_jpeg_2000.dcm": cr,
    "dx_jpeg_lossless.dcm": dx,
    "enhanced_ct_jpeg_ls.dcm": enhanced_ct,
    "mr_implicit.dcm": mr,
    "pdf_explicit.dcm": encapsulated_pdf,
    "pet_big_endian.dcm": pet,
    "sc_deflated.dcm": secondary_capture,
    "sr_explicit.dcm": comprehensive_sr,
    "us_loop_jpeg_baseline.dcm": us_loop,
    "us_rle.dcm": us_image,
}


def _uid(*names: object) -> uid.UID:
    """Gives a fixed UID for a name, in the form of PS3.5 B.2: 2.25 and a UUID as a number."""
    return uid.UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(map(str, names))).int}")


def _instance(
    patient: str, modality: str, sop_class: uid.UID, syntax: uid.UID, *, series: int = 1, number: int = 1
) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = _uid("instance", patient, modality, series, number)
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = _uid("sample generator")
    meta.ImplementationVersionName = "DWB_SAMPLES"
    ds = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    ds.StudyDate, ds.StudyTime, ds.ContentDate, ds.ContentTime = "20240229", "100000", "20240229", "103000"
    ds.AccessionNumber, ds.StudyID = "", "1"
    ds.Modality, ds.Manufacturer, ds.ManufacturerModelName = modality, "DICOM Workbench", "Phantom generator"
    ds.DeviceSerialNumber, ds.SoftwareVersions = "1", "1"
    ds.StudyDescription, ds.SeriesDescription = f"{patient} phantom", f"{modality} of the {patient.lower()} phantom"
    ds.ReferringPhysicianName, ds.PatientName, ds.PatientID = "", f"Phantom^{patient}", f"PHANTOM-{patient.upper()}"
    if modality not in ("DOC", "SR"):
        ds.BodyPartExamined = BODY_PARTS[patient]
    ds.PatientBirthDate, ds.PatientSex = "", "O"
    ds.StudyInstanceUID = _uid("study", patient)
    ds.SeriesInstanceUID = _uid("series", patient, modality, series)
    ds.SeriesNumber, ds.InstanceNumber = series, number
    return ds


def _add_plane(ds: FileDataset, *, spacing: float, thickness: float, position: list[float]) -> None:
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = _uid("frame of reference", ds.PatientID), ""
    ds.PatientPosition = "HFS"
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], position
    ds.PixelSpacing, ds.SliceThickness = [spacing, spacing], thickness


def _add_pixels(
    ds: FileDataset,
    pixels: NDArray[Any],
    *,
    bits: int,
    signed: bool = False,
    encode: Callable[[NDArray[Any]], bytes] | None = None,
) -> None:
    """Adds the Image Pixel module; `pixels` is unsigned, and `encode` makes the fragment of one frame."""
    colour = pixels.shape[-1] == 3
    *frames, rows, columns = pixels.shape[:-1] if colour else pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = (3, "RGB") if colour else (1, "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    if frames:
        ds.NumberOfFrames = frames[0]
    ds.Rows, ds.Columns, ds.PixelRepresentation = rows, columns, int(signed)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = pixels.itemsize * 8, bits, bits - 1
    ds.LossyImageCompression = "00"
    ds.BurnedInAnnotation = "NO"
    if ds.BodyPartExamined == "":
        ds.Laterality = ""  # PS3.3 C.7.3.1: empty when it is not known whether the part is one of a pair
    if encode:
        ds.PixelData = encapsulate([encode(frame) for frame in (pixels if frames else [pixels])])
    else:
        is_big_endian = ds.file_meta.TransferSyntaxUID == uid.ExplicitVRBigEndian
        ds.PixelData = pixels.astype(pixels.dtype.newbyteorder(">" if is_big_endian else "<")).tobytes()
    wide = pixels.itemsize > 1 or ds.file_meta.TransferSyntaxUID.is_implicit_VR
    ds["PixelData"].VR = "OW" if wide and not encode else "OB"


# Pillow and pyjpegls are imported by name when they are needed: nothing else of the project needs them installed.
def _jpeg_baseline(frame: NDArray[Any]) -> bytes:
    out = io.BytesIO()
    import_module("PIL.Image").fromarray(frame).save(out, "JPEG", quality=80, subsampling="4:2:2", optimize=False)
    return out.getvalue()


def _jpeg_2000(frame: NDArray[Any]) -> bytes:
    out = io.BytesIO()
    import_module("PIL.Image").fromarray(frame).save(out, "JPEG2000", no_jp2=True, irreversible=False)
    return out.getvalue()


def _jpeg_ls(frame: NDArray[Any]) -> bytes:
    return bytes(import_module("jpeg_ls").encode(frame))


def _jpeg_lossless(frame: NDArray[Any]) -> bytes:
    return jpeg_lossless.encode(frame, precision=12)


def _item(**elements: object) -> Dataset:
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return item


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
