"""The SOP classes of DCMTK's short list."""

from workbench.dictionary import storage_sop_classes
from workbench.services.storage.usual_classes import USUAL_CLASSES


def test_they_fill_an_association_with_two_contexts_each() -> None:
    assert len(set(USUAL_CLASSES)) == len(USUAL_CLASSES) == 64
    assert set(USUAL_CLASSES) <= set(storage_sop_classes())
