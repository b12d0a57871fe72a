"""The settings as the running application holds them: every change is checked, kept on disk, and then told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.config import Settings
from workbench.errors import ConfigError
from workbench.settings_file import load_settings, save_settings


class KeptSettings:
    """Settings that are written to their file at every change.

    A file that cannot be read is put aside, and the defaults are used: a broken file must not keep the window from
    opening, nor be overwritten by the next change.

    Attributes:
        value: the settings as they stand.
        complaint: why the file could not be read, as a sentence; empty when it could.
    """

    def __init__(self, path: Path, *, on_save_failed: Callable[[str], None]) -> None:
        self._path = path
        self._on_save_failed = on_save_failed
        self.complaint = ""
        try:
            self.value = load_settings(path)
        except ConfigError as error:
            self.value = Settings()
            self.complaint = str(error) + self._put_aside()

    def change(self, **fields: Any) -> None:
        """Replaces some fields.

        Raises:
            ConfigError: a value is wrong; nothing has changed.
        """
        self.set(replace(self.value, **fields))

    def set(self, settings: Settings) -> None:
        """Replaces all of it, when it differs. What cannot be written is told, and holds until the application ends."""
        if settings == self.value:
            return
        self.value = settings
        try:
            save_settings(self._path, settings)
        except ConfigError as error:
            self._on_save_failed(str(error))

    def _put_aside(self) -> str:
        aside = self._path.with_suffix(".unreadable.json")
        try:
            self._path.replace(aside)
        except OSError as error:
            return f"; it could not be set aside ({error.strerror}), and the defaults are used"
        return f"; it is kept as {aside.name}, and the defaults are used"
