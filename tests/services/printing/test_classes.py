"""The SOP classes of Print Management against the dictionary of pydicom, and the contexts that are proposed."""

import pytest
from pydicom.uid import UID

from workbench.dimse.status import SERVICES
from workbench.services.printing import classes
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        (classes.FILM_SESSION, "Basic Film Session SOP Class"),
        (classes.FILM_BOX, "Basic Film Box SOP Class"),
        (classes.GRAYSCALE_IMAGE_BOX, "Basic Grayscale Image Box SOP Class"),
        (classes.COLOR_IMAGE_BOX, "Basic Color Image Box SOP Class"),
        (classes.GRAYSCALE_META, "Basic Grayscale Print Management Meta SOP Class"),
        (classes.COLOR_META, "Basic Color Print Management Meta SOP Class"),
        (classes.PRINT_JOB, "Print Job SOP Class"),
        (classes.ANNOTATION_BOX, "Basic Annotation Box SOP Class"),
        (classes.PRINTER, "Printer SOP Class"),
        (classes.PRINTER_CONFIGURATION, "Printer Configuration Retrieval SOP Class"),
        (classes.PRESENTATION_LUT, "Presentation LUT SOP Class"),
        (classes.PRINTER_INSTANCE, "Printer SOP Instance"),
        (classes.PRINTER_CONFIGURATION_INSTANCE, "Printer Configuration Retrieval SOP Instance"),
    ],
)
def test_a_class_has_its_uid(uid: str, name: str) -> None:
    assert UID(uid).name == name


def test_the_contexts_are_those_of_the_classes_that_are_wanted() -> None:
    contexts = classes.print_contexts(color=True, optional=classes.OPTIONAL)
    assert [context.abstract_syntax for context in contexts] == [
        *(classes.GRAYSCALE_META, classes.COLOR_META),
        *classes.OPTIONAL,
    ]
    assert {context.transfer_syntaxes for context in contexts} == {
        (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    }
    assert [context.abstract_syntax for context in classes.print_contexts()] == [
        *(classes.GRAYSCALE_META, classes.PRINT_JOB)
    ]


def test_the_statuses_are_told_in_the_words_of_printing() -> None:
    assert classes.SERVICE in SERVICES
