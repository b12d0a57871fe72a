"""Names for the files of received objects."""

import re
import time
from dataclasses import replace

import pytest

from workbench.errors import StorageError
from workbench.services.storage.object_names import (
    NamesByMillisecond,
    ObjectName,
    OfferedObject,
    checked_name,
    name_by_new_uid,
    name_by_random_number,
    name_by_time,
    name_by_uid,
    with_extension,
)

OFFERED = OfferedObject(
    association=1,
    calling_ae_title="CT3",
    called_ae_title="ARCHIVE",
    peer="127.0.0.1:4000",
    message_id=7,
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    sop_instance_uid="1.2.3",
    transfer_syntax_uid="1.2.840.10008.1.2.1",
)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (name_by_uid, r"CT\.1\.2\.3"),
        (name_by_new_uid, r"CT\.X\.[0-9.]+"),
        (name_by_random_number, r"CT_[0-9a-f]{16}"),
        (name_by_time, r"[0-9]{14}\.[0-9]{6}\.CT"),
        (with_extension(name_by_uid, ".dcm"), r"CT\.1\.2\.3\.dcm"),
    ],
)
def test_each_naming_gives_a_name_for_a_file(name: ObjectName, pattern: str) -> None:
    assert re.fullmatch(pattern, checked_name(name(OFFERED)))


def test_names_by_millisecond_that_clash_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000_123_000_000
    monkeypatch.setattr(time, "time_ns", lambda: now)
    name, report = NamesByMillisecond(), replace(OFFERED, sop_class_uid="1.2.840.10008.5.1.4.1.1.88.33")
    stamp = time.strftime("%Y%m%d%H%M%S", time.localtime(now // 10**9)) + "123"
    assert [name(each) for each in (OFFERED, report, OFFERED, OFFERED)] == [
        f"{stamp}.CT",
        f"{stamp}.SRc",
        f"{stamp}_0000.CT",
        f"{stamp}_0001.CT",
    ]
    now -= 10**9  # the clock is put back
    assert name(OFFERED) == f"{stamp}_0002.CT"
    now += 10**9 + 10**6
    assert name(OFFERED) == f"{stamp[:-1]}4.CT"


def test_only_the_name_by_uid_is_the_same_for_every_copy() -> None:
    assert name_by_uid(OFFERED) == name_by_uid(OFFERED)
    assert name_by_new_uid(OFFERED) != name_by_new_uid(OFFERED)
    assert name_by_random_number(OFFERED) != name_by_random_number(OFFERED)


def test_no_name_is_made_of_what_is_no_uid() -> None:
    with pytest.raises(StorageError):
        name_by_uid(replace(OFFERED, sop_instance_uid="../../up"))


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "/etc/x", "a\0b", "x" * 256])
def test_names_that_leave_the_folder_or_hide_in_it_are_none(name: str) -> None:
    with pytest.raises(StorageError):
        checked_name(name)
