"""A JSON file is read as it was written, or named; a failed write leaves the old one."""

from pathlib import Path

import pytest

from workbench.errors import ConfigError
from workbench.json_file import read_document, write_document


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "list.json"
    write_document(file, {"names": ["ü", "b"]}, version=3, name="the list")
    assert read_document(file, version=3, name="the list") == {"version": 3, "names": ["ü", "b"]}
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["list.json"], "no temporary file is left"


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_document(tmp_path / "list.json", version=1, name="the list") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "list.json"),
        (b"\xff\xfe", "list.json"),
        (b"[]", "version None is not 1"),
        (b'{"version": 2}', "version 2 is not 1, which this program reads"),
    ],
)
def test_what_is_no_such_file_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "list.json"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        read_document(file, version=1, name="the list")


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.mkdir()  # nothing can be renamed onto a folder
    (file / "occupied").touch()
    with pytest.raises(ConfigError, match="the list cannot be read"):
        read_document(file, version=1, name="the list")
    with pytest.raises(ConfigError, match="the list cannot be written"):
        write_document(file, {}, version=1, name="the list")
    assert [each.name for each in tmp_path.iterdir()] == ["list.json"]
