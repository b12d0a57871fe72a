"""The table of DCMTK's names of SOP classes."""

from workbench import dictionary
from workbench.acse.sop_class_symbols import SOP_CLASS_SYMBOLS


def test_each_line_is_a_sop_class_and_its_name_once() -> None:
    pairs = [line.split(" ") for line in SOP_CLASS_SYMBOLS.splitlines()]
    assert {dictionary.uid_type(f"1.2.840.10008.{suffix}") for suffix, _ in pairs} == {"SOP Class", "Meta SOP Class"}
    assert len({suffix for suffix, _ in pairs}) == len({name for _, name in pairs}) == len(pairs)
