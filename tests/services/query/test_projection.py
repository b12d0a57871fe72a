"""What of a data set goes into a response."""

from pydicom.dataset import Dataset

from tests.services.query.archives import made
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.query.identifiers import encode
from workbench.services.query.projection import project, whole
from workbench.storage.matching import read_identifier
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


def projected(stored: Dataset, asked: Dataset) -> Dataset:
    identifier = read_identifier(asked)
    elements = project(stored, identifier.return_keys, identifier.conditions)
    return decode_data_set(encode(elements, EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN)


def stored() -> Dataset:
    codes = [made(CodeValue="A", CodeMeaning="Schädel"), made(CodeValue="B", CodeMeaning="Arm")]
    data_set = made(
        SpecificCharacterSet="ISO_IR 100", PatientName="Müller", PatientID="1", Rows=5, EncapsulatedDocument=b"\1\2"
    )
    data_set.ProcedureCodeSequence = codes
    return data_set


def test_only_the_keys_of_the_request_are_returned() -> None:
    answer = projected(stored(), made(PatientName="", Rows=None, StudyID="", EncapsulatedDocument=b""))
    assert answer == made(
        SpecificCharacterSet="ISO_IR 192", PatientName="Müller", Rows=5, StudyID="", EncapsulatedDocument=b"\1\2"
    )


def test_of_a_sequence_only_matching_items_with_their_keys_are_returned() -> None:
    answer = projected(stored(), made(ProcedureCodeSequence=[made(CodeValue="B", CodingSchemeDesignator="")]))
    assert answer.ProcedureCodeSequence == [made(CodeValue="B", CodingSchemeDesignator="")]
    answer = projected(stored(), made(ProcedureCodeSequence=[]))
    assert [item.CodeMeaning for item in answer.ProcedureCodeSequence] == ["Schädel", "Arm"]


def test_a_data_set_that_came_over_the_network_is_projected_as_well() -> None:
    data = encode_data_set(stored(), IMPLICIT_VR_LITTLE_ENDIAN)
    answer = projected(decode_data_set(data, IMPLICIT_VR_LITTLE_ENDIAN), made(PatientName="", EncapsulatedDocument=b""))
    assert answer == made(SpecificCharacterSet="ISO_IR 192", PatientName="Müller", EncapsulatedDocument=b"\1\2")


def test_the_whole_data_set_is_given_without_its_character_set() -> None:
    elements = whole(stored())
    decoded = decode_data_set(encode(elements, EXPLICIT_VR_LITTLE_ENDIAN, "ISO_IR 100"), EXPLICIT_VR_LITTLE_ENDIAN)
    assert decoded == stored()
