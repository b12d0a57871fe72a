"""The UID grammar, and our own UIDs."""

import pytest

from workbench import uids
from workbench.uids import is_valid_uid


@pytest.mark.parametrize("uid", ["1", "0", "1.2", "1.0.3", "2.25." + "9" * 39, "1." + "2" * 62])
def test_a_valid_uid(uid: str) -> None:
    assert is_valid_uid(uid)


@pytest.mark.parametrize(
    "uid",
    ["", ".", "1.", ".1", "1..2", "1.02", "00", "1.2 ", "1.2\0", "1.2\n", "a", "1.²", "../1", "1." + "2" * 63],
)
def test_an_invalid_uid(uid: str) -> None:
    assert not is_valid_uid(uid)


def test_our_own_names_fit_their_fields() -> None:
    assert is_valid_uid(uids.IMPLEMENTATION_CLASS_UID)
    assert uids.IMPLEMENTATION_CLASS_UID.startswith("2.25.")
    assert 1 <= len(uids.IMPLEMENTATION_VERSION_NAME) <= 16
    for name in ("APPLICATION_CONTEXT", "VERIFICATION", "IMPLICIT_VR_LITTLE_ENDIAN", "EXPLICIT_VR_BIG_ENDIAN"):
        assert is_valid_uid(getattr(uids, name))
