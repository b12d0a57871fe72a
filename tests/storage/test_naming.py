"""Names of received files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import StorageError
from workbench.storage.naming import file_name, is_safe_uid, is_temporary, prefix, temporary_name

CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize(
    ("sop_class", "expected"),
    [
        (CT, "CT"),
        ("1.2.840.10008.5.1.4.1.1.4", "MR"),
        ("1.2.840.10008.5.1.4.1.1.3.1", "USm"),
        ("1.2.840.10008.5.1.4.1.1.7", "SC"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "PDF"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "SRc"),
        ("1.2.840.10008.5.1.4.38.1", "HP"),
        ("1.2.276.0.7230010.3.1.0.1", "UNKNOWN"),
    ],
)
def test_prefix_is_that_of_dcmtk(sop_class: str, expected: str) -> None:
    assert prefix(sop_class) == expected


def test_name_is_prefix_and_instance_uid() -> None:
    assert file_name(CT, "1.2.3") == "CT.1.2.3"


@pytest.mark.parametrize(
    "uid",
    [
        "", ".", "..", "../1", "1..2", ".1", "1.", "1.2/3", "1.2\\3", "1.2.3\n", "1.2\0", " 1.2", "1.2;id", "٣.٤",
        "1.a", "1" * 65,
    ],
)  # fmt: skip
def test_what_is_no_uid_becomes_no_name(uid: str) -> None:
    assert not is_safe_uid(uid)
    with pytest.raises(StorageError):
        file_name(CT, uid)


@given(st.text())
def test_no_text_of_the_wire_leaves_the_folder(text: str) -> None:
    if is_safe_uid(text):
        assert set(file_name(CT, text)) <= set("CT.0123456789")
        assert ".." not in file_name(CT, text)


def test_temporary_names_are_hidden_fresh_and_recognised() -> None:
    first, second = temporary_name("CT.1.2"), temporary_name("CT.1.2")
    assert first != second
    assert first.startswith(".")
    assert first.endswith(".part")
    assert is_temporary(first)


@pytest.mark.parametrize("name", ["CT.1.2", ".hidden", "x.part", ".bashrc.part", ".CT.1.2.part"])
def test_other_files_are_not_taken_for_ours(name: str) -> None:
    assert not is_temporary(name)
