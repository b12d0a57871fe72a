"""Who has an index open."""

import sys
from pathlib import Path

import pytest

from workbench.storage.index_lock import OpenMark


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_mark_tells_whether_another_one_is_there(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    first = OpenMark(path)
    assert first.is_alone
    second = OpenMark(path)
    assert not second.is_alone
    first.share()
    second.share()
    assert not OpenMark(path).is_alone
    second.close()
    assert first.try_alone()
    first.close()
    first.close()
    third = OpenMark(path)
    assert third.is_alone
    third.close()


def test_mark_needs_a_place(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        OpenMark(str(tmp_path / "missing" / "lock"))
