"""Settings on disk after every change, and a file that cannot be read."""

from pathlib import Path

import pytest

from ui.session.kept_settings import KeptSettings
from workbench.config import Node, Settings
from workbench.errors import ConfigError
from workbench.settings_file import load_settings

PACS = Node(name="PACS1", host="10.1.2.3", port=104, ae_title="PACS1")


@pytest.fixture
def failures() -> list[str]:
    return []


def test_every_change_is_on_disk_at_once(tmp_path: Path, failures: list[str]) -> None:
    path = tmp_path / "folder" / "settings.json"
    kept = KeptSettings(path, on_save_failed=failures.append)
    kept.change(theme="dark", nodes=(PACS,))
    assert load_settings(path) == kept.value
    assert KeptSettings(path, on_save_failed=failures.append).value.nodes == (PACS,)
    assert failures == []


def test_a_wrong_value_changes_nothing(tmp_path: Path, failures: list[str]) -> None:
    kept = KeptSettings(tmp_path / "settings.json", on_save_failed=failures.append)
    with pytest.raises(ConfigError):
        kept.change(theme="purple")
    assert kept.value == Settings()
    assert not (tmp_path / "settings.json").exists()


def test_a_broken_file_is_put_aside_and_told(tmp_path: Path, failures: list[str]) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{ this is no JSON")
    kept = KeptSettings(path, on_save_failed=failures.append)
    assert kept.value == Settings()
    assert "settings.unreadable.json" in kept.complaint
    kept.change(theme="light")
    assert (tmp_path / "settings.unreadable.json").read_text() == "{ this is no JSON"


def test_what_cannot_be_written_is_told_and_holds_for_the_moment(tmp_path: Path, failures: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = KeptSettings(tmp_path / "file" / "settings.json", on_save_failed=failures.append)
    kept.change(theme="dark")
    assert kept.value.theme == "dark"
    assert len(failures) == 1


def test_an_equal_value_is_not_written_again(tmp_path: Path, failures: list[str]) -> None:
    path = tmp_path / "settings.json"
    KeptSettings(path, on_save_failed=failures.append).change(theme="system")
    assert not path.exists()
