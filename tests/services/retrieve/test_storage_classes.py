"""The order in which the storage SOP classes are proposed."""

from workbench.acse.contexts import MAX_CONTEXTS
from workbench.acse.symbolic_names import uid_of_symbol
from workbench.dictionary import is_retired, storage_sop_classes
from workbench.services.retrieve.storage_classes import likeliest_first

OLD = (
    "RETIRED_NuclearMedicineImageStorage",
    "RETIRED_UltrasoundImageStorage",
    "RETIRED_UltrasoundMultiframeImageStorage",
)
USUAL = ("CTImageStorage", "MRImageStorage", "EncapsulatedPDFStorage", "RTDoseStorage", "SegmentationStorage")


def test_nothing_is_missing_and_nothing_comes_twice() -> None:
    assert sorted(likeliest_first()) == sorted(storage_sop_classes())


def test_the_usual_ones_and_those_of_old_archives_fit_into_one_association() -> None:
    first, rest = likeliest_first()[: MAX_CONTEXTS - 1], likeliest_first()[MAX_CONTEXTS - 1 :]
    assert {uid_of_symbol(name) for name in USUAL + OLD} <= set(first)
    assert sum(is_retired(uid) for uid in first) == 14
    assert [is_retired(uid) for uid in rest] == sorted(is_retired(uid) for uid in rest)  # which come last
