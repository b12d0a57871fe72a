"""The two documents among the sample instances: a page of PDF and a structured report."""

from pydicom import Dataset, FileDataset

_LINES = (
    "Phantom^Head, 29 February 2024",
    "Three CT slices, one Enhanced CT, one MR slice, one PET slice, one report.",
    "Made for tests of DICOM networking. Not for diagnosis: nobody was scanned.",
)


def add_pdf(ds: FileDataset) -> None:
    """Adds the Encapsulated Document module with one page (PS3.3 C.24.2)."""
    document = _pdf("Constancy test protocol", _LINES)
    ds.ConversionType, ds.BurnedInAnnotation, ds.AcquisitionDateTime = "SYN", "NO", "20240229120000"
    ds.DocumentTitle = "Constancy test protocol"
    ds.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging study")]
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    ds.EncapsulatedDocumentLength = len(document)


def add_report(ds: FileDataset, *, of: FileDataset) -> None:
    """Adds a report with a finding in words and a length measured in the image `of` (PS3.3 C.17.3)."""
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = of.SOPClassUID, of.SOPInstanceUID
    series = Dataset()
    series.SeriesInstanceUID, series.ReferencedSOPSequence = of.SeriesInstanceUID, [reference]
    study = Dataset()
    study.StudyInstanceUID, study.ReferencedSeriesSequence = of.StudyInstanceUID, [series]
    ds.CurrentRequestedProcedureEvidenceSequence = [study]
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.PerformedProcedureCodeSequence = []
    ds.CompletionFlag, ds.VerificationFlag, ds.PreliminaryFlag = "COMPLETE", "UNVERIFIED", "FINAL"
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [code("126000", "DCM", "Imaging Measurement Report")]

    language = _content("HAS CONCEPT MOD", "CODE", code("121049", "DCM", "Language of Content Item and Descendants"))
    language.ConceptCodeSequence = [code("en", "RFC5646", "English")]
    observer = _content("HAS OBS CONTEXT", "PNAME", code("121008", "DCM", "Person Observer Name"))
    observer.PersonName = "Tester^Bench"
    finding = _content("CONTAINS", "TEXT", code("121071", "DCM", "Finding"))
    finding.TextValue = "Ventricles symmetrical. Three inserts visible near the lower edge."
    image = _content("INFERRED FROM", "IMAGE", None)
    image.ReferencedSOPSequence = [reference]
    length = _content("CONTAINS", "NUM", code("410668003", "SCT", "Length"))
    value = Dataset()
    value.NumericValue, value.MeasurementUnitsCodeSequence = "50.4", [code("mm", "UCUM", "millimeter")]
    length.MeasuredValueSequence = [value]
    length.ContentSequence = [image]
    findings = _content("CONTAINS", "CONTAINER", code("121070", "DCM", "Findings"))
    findings.ContinuityOfContent = "SEPARATE"
    findings.ContentSequence = [finding, length]
    ds.ContentSequence = [language, observer, findings]


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Gives the item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _content(relationship: str, value_type: str, name: Dataset | None) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, value_type
    if name is not None:
        item.ConceptNameCodeSequence = [name]
    return item


def _pdf(title: str, lines: tuple[str, ...]) -> bytes:
    """Gives a PDF of one A4 page in Helvetica, with its cross-reference table."""
    text = [f"BT /F1 20 Tf 72 760 Td ({title}) Tj /F1 11 Tf 0 -14 Td"]
    text += [f"0 -18 Td ({line}) Tj" for line in lines]
    content = " ".join([*text, "ET 72 748 m 523 748 l S"]).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    document = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(document))
    return document + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
