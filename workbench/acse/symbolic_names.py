"""The names by which DCMTK's configuration files call SOP classes and transfer syntaxes.

DCMTK knows each UID by one name, which often differs from the standard's keyword. Names of what is newer than the
release 3.6.7 are read, but not written, so that every release reads what we write.
"""

from functools import cache
from typing import Final

from workbench.acse.sop_class_symbols import SOP_CLASS_SYMBOLS

_ROOT: Final = "1.2.840.10008."
_NEAR: Final = 0.8
"""How alike two names must be, of 1, for one to be suggested instead of the other."""

_TRANSFER_SYNTAX_SYMBOLS: Final = """\
1.2 LittleEndianImplicit
1.2.1 LittleEndianExplicit
1.2.1.99 DeflatedLittleEndianExplicit
1.2.2 BigEndianExplicit
1.2.4.50 JPEGBaseline
1.2.4.51 JPEGExtended:Process2+4
1.2.4.52 JPEGExtended:Process3+5
1.2.4.53 JPEGSpectralSelection:Non-hierarchical:Process6+8
1.2.4.54 JPEGSpectralSelection:Non-hierarchical:Process7+9
1.2.4.55 JPEGFullProgression:Non-hierarchical:Process10+12
1.2.4.56 JPEGFullProgression:Non-hierarchical:Process11+13
1.2.4.57 JPEGLossless:Non-hierarchical:Process14
1.2.4.58 JPEGLossless:Non-hierarchical:Process15
1.2.4.59 JPEGExtended:Hierarchical:Process16+18
1.2.4.60 JPEGExtended:Hierarchical:Process17+19
1.2.4.61 JPEGSpectralSelection:Hierarchical:Process20+22
1.2.4.62 JPEGSpectralSelection:Hierarchical:Process21+23
1.2.4.63 JPEGFullProgression:Hierarchical:Process24+26
1.2.4.64 JPEGFullProgression:Hierarchical:Process25+27
1.2.4.65 JPEGLossless:Hierarchical:Process28
1.2.4.66 JPEGLossless:Hierarchical:Process29
1.2.4.70 JPEGLossless:Non-hierarchical-1stOrderPrediction
1.2.4.80 JPEGLSLossless
1.2.4.81 JPEGLSLossy
1.2.4.90 JPEG2000LosslessOnly
1.2.4.91 JPEG2000
1.2.4.92 JPEG2000MulticomponentLosslessOnly
1.2.4.93 JPEG2000Multicomponent
1.2.4.94 JPIPReferenced
1.2.4.95 JPIPReferencedDeflate
1.2.4.100 MPEG2MainProfile@MainLevel
1.2.4.101 MPEG2MainProfile@HighLevel
1.2.4.102 MPEG4HighProfile/Level4.1
1.2.4.103 MPEG4BDcompatibleHighProfile/Level4.1
1.2.4.104 MPEG4HighProfile/Level4.2For2DVideo
1.2.4.105 MPEG4HighProfile/Level4.2For3DVideo
1.2.4.106 MPEG4StereoHighProfile/Level4.2
1.2.4.107 HEVCMainProfile/Level5.1
1.2.4.108 HEVCMain10Profile/Level5.1
1.2.5 RLELossless
1.2.6.1 RFC2557MIMEEncapsulation
1.2.6.2 XMLEncoding
1.2.7.1 SMPTEST2110-20:UncompressedProgressiveActiveVideo
1.2.7.2 SMPTEST2110-20:UncompressedInterlacedActiveVideo
1.2.7.3 SMPTEST2110-30:PCMDigitalAudio
1.2.840.113619.5.2 PrivateGELittleEndianImplicitWithBigEndianPixelData
"""

# Of later releases; where those were not at hand, the standard's keywords, of which DCMTK's names rarely differ.
_LATER_SYMBOLS: Final = """\
1.2.1.98 EncapsulatedUncompressedExplicitVRLittleEndian
1.2.4.100.1 FragmentableMPEG2MainProfile/MainLevel
1.2.4.101.1 FragmentableMPEG2MainProfile/HighLevel
1.2.4.102.1 FragmentableMPEG4HighProfile/Level4.1
1.2.4.103.1 FragmentableMPEG4BDcompatibleHighProfile/Level4.1
1.2.4.104.1 FragmentableMPEG4HighProfile/Level4.2For2DVideo
1.2.4.105.1 FragmentableMPEG4HighProfile/Level4.2For3DVideo
1.2.4.106.1 FragmentableMPEG4StereoHighProfile/Level4.2
1.2.4.110 JPEGXLLossless
1.2.4.111 JPEGXLJPEGRecompression
1.2.4.112 JPEGXL
1.2.4.201 HTJ2KLossless
1.2.4.202 HTJ2KLosslessRPCL
1.2.4.203 HTJ2K
1.2.4.204 JPIPHTJ2KReferenced
1.2.4.205 JPIPHTJ2KReferencedDeflate
1.2.6.1 RETIRED_RFC2557MIMEEncapsulation
1.2.6.2 RETIRED_XMLEncoding
1.2.8.1 DeflatedImageFrameCompression
1.20 Papyrus3ImplicitVRLittleEndian
5.1.4.1.1.6.3 PhotoacousticImageStorage
5.1.4.1.1.9.1.4 General32bitECGWaveformStorage
5.1.4.1.1.9.100.1 WaveformPresentationStateStorage
5.1.4.1.1.9.100.2 WaveformAcquisitionPresentationStateStorage
5.1.4.1.1.11.12 VariableModalityLUTSoftcopyPresentationStateStorage
5.1.4.1.1.66.7 LabelMapSegmentationStorage
5.1.4.1.1.66.8 HeightMapSegmentationStorage
5.1.4.1.1.77.1.8 ConfocalMicroscopyImageStorage
5.1.4.1.1.77.1.9 ConfocalMicroscopyTiledPyramidalImageStorage
5.1.4.1.1.88.77 WaveformAnnotationSRStorage
5.1.4.1.1.201.1 InventoryStorage
5.1.4.1.1.201.2 FINDInventory
5.1.4.1.1.201.3 MOVEInventory
5.1.4.1.1.201.4 GETInventory
5.1.4.1.1.201.5 InventoryCreation
5.1.4.1.1.201.6 RepositoryQuery
5.1.4.1.1.481.23 EnhancedRTImageStorage
5.1.4.1.1.481.24 EnhancedContinuousRTImageStorage
5.1.4.1.1.481.25 RTPatientPositionAcquisitionInstructionStorage
5.1.4.38.4 GETHangingProtocolInformationModel
"""


def uid_of_symbol(name: str) -> str:
    """Gives the UID that a name stands for, case and all; empty when nothing has that name."""
    return _uids().get(name, "")


def symbol_of_uid(uid: str) -> str:
    """Gives the name of a UID that every release since 3.6.7 knows; empty when there is none."""
    return _symbols().get(uid, "")


def symbol_like(name: str) -> str:
    """Gives the name that was probably meant by one that does not exist; empty when none is near."""
    import difflib  # which hardly any file needs

    folded = {symbol.lower(): symbol for symbol in _uids()}
    if name.lower() in folded:
        return folded[name.lower()]
    return next(iter(difflib.get_close_matches(name, _uids(), n=1, cutoff=_NEAR)), "")


@cache
def _symbols() -> dict[str, str]:
    return dict(_pairs(SOP_CLASS_SYMBOLS) + _pairs(_TRANSFER_SYNTAX_SYMBOLS))


@cache
def _uids() -> dict[str, str]:
    return {name: uid for uid, name in [*_symbols().items(), *_pairs(_LATER_SYMBOLS)]}


def _pairs(table: str) -> list[tuple[str, str]]:
    pairs = []
    for line in table.splitlines():
        suffix, name = line.split(" ")
        pairs.append((suffix if suffix.startswith("1.2.840.") else _ROOT + suffix, name))
    return pairs
