"""The settings as one versioned JSON file, and the places where the application keeps its things.

The file is written to a temporary name, synced and renamed: a crash leaves the old one whole. Reading names the place
of the first wrong value. Places come from platformdirs unless `DWB_HOME` or a home folder is given.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from workbench.config import Settings
from workbench.errors import ConfigError

FILE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are kept: the settings, the INI of the window's chrome, received objects, the log."""

    settings_file: Path
    window_file: Path
    storage_folder: Path
    log_file: Path


def places(home: Path | None = None) -> Places:
    """The places below `home`, else below `DWB_HOME`, else where the platform keeps such things. Makes no folder."""
    chosen = home or (Path(os.environ["DWB_HOME"]) if os.environ.get("DWB_HOME") else None)
    config = chosen or Path(platformdirs.user_config_dir("dicom-workbench", appauthor=False))
    data = chosen or Path(platformdirs.user_data_dir("dicom-workbench", appauthor=False))
    return Places(
        settings_file=config / "settings.json",
        window_file=config / "window.ini",
        storage_folder=data / "received",
        log_file=data / "dicom-workbench.log",
    )


def save_settings(path: Path, settings: Settings) -> None:
    """Writes the settings file whole or not at all; the folder is made with mode 0700, the file with 0600.

    Raises:
        ConfigError: the file cannot be written.
    """
    document = {"version": FILE_VERSION, **msgspec.to_builtins(settings)}
    content = msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise ConfigError(f"{path}: the settings cannot be written: {exc.strerror}") from exc


def load_settings(path: Path) -> Settings:
    """Reads the settings file; a file that does not exist gives the defaults.

    Raises:
        ConfigError: it cannot be read, is not JSON, is of another version, or holds a wrong value; names the place.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as exc:
        raise ConfigError(f"{path}: the settings cannot be read: {exc.strerror}") from exc
    try:
        document: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    version = document.get("version") if isinstance(document, dict) else None
    if version != FILE_VERSION:
        raise ConfigError(f"{path}: version {version!r} is not {FILE_VERSION}, which this program reads")
    try:
        return msgspec.convert(document, Settings)
    except (msgspec.ValidationError, ConfigError) as exc:
        raise ConfigError(f"{path}: {exc}") from exc
