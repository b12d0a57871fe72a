"""The order in which the storage SOP classes are proposed."""

from workbench.acse.contexts import MAX_CONTEXTS
from workbench.acse.symbolic_names import uid_of_symbol
from workbench.dictionary import is_retired, storage_sop_classes
from workbench.services.retrieve.storage_classes import likeliest_first

USUAL = ("CTImageStorage", "MRImageStorage", "EncapsulatedPDFStorage", "RTDoseStorage", "SegmentationStorage")


def test_nothing_is_missing_and_the_retired_ones_come_last() -> None:
    classes = likeliest_first()
    assert sorted(classes) == sorted(storage_sop_classes())
    assert [is_retired(uid) for uid in classes] == sorted(is_retired(uid) for uid in classes)


def test_the_usual_ones_fit_into_one_association() -> None:
    assert {uid_of_symbol(name) for name in USUAL} <= set(likeliest_first()[: MAX_CONTEXTS - 1])
