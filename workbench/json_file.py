"""JSON files of the application: each says its version, and is written whole or not at all.

A file is written to a temporary name, synced and renamed: a crash leaves the old one whole.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from workbench.errors import ConfigError


def read_document(path: Path, *, version: int, name: str) -> dict[str, Any] | None:
    """Reads a file and gives its object; None when there is no such file.

    Args:
        version: the one that is understood.
        name: of what is in the file, for messages, such as "the settings".

    Raises:
        ConfigError: it cannot be read, is not JSON, or is of another version; names the file.
    """
    try:
        document: Any = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: {name} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    found = document.get("version") if isinstance(document, dict) else None
    if found != version:
        raise ConfigError(f"{path}: version {found!r} is not {version}, which this program reads")
    return document  # type: ignore[no-any-return]  # an object, for it has a version


def write_document(path: Path, document: Mapping[str, Any], *, version: int, name: str) -> None:
    """Writes an object with its version; the folder is made with mode 0700, the file has 0600. Blocks.

    Raises:
        ConfigError: the file cannot be written; an older one is whole.
    """
    content = msgspec.json.format(msgspec.json.encode({"version": version, **document}), indent=2) + b"\n"
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
    except OSError as error:
        raise ConfigError(f"{path}: {name} cannot be written: {error.strerror}") from error
