"""Keys, certificates and revocation lists on disk, in PEM or DER, as OpenSSL wants them; what is wrong is said by file.

OpenSSL's own errors for these files ("PEM lib") name neither the file nor the fault, so each file is looked at first.
"""

import base64
import os
import re
import stat
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from workbench.errors import ConfigError

FileFormat = Literal["pem", "der"]
Kind = Literal["certificate", "private key", "revocation list (CRL)", "DH parameters"]

# The labels of RFC 7468 and the older ones of OpenSSL.
_LABELS: Final[dict[Kind, str]] = {
    "certificate": "(?:X509 |TRUSTED )?CERTIFICATE",
    "private key": "(?:[A-Z]+ )?PRIVATE KEY",
    "revocation list (CRL)": "X509 CRL",
    "DH parameters": "(?:X9.42 )?DH PARAMETERS",
}
_BLOCK: Final = "-----BEGIN ({0})-----.*?-----END \\1-----"
_ANY_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9. ]+)-----")
_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04


def pem_of(path: str, kind: Kind, form: FileFormat) -> str:
    """Gives the PEM blocks of a kind that a file holds; a DER file gives one.

    Raises:
        ConfigError: the file cannot be read, is of the other form, or holds none; the message names it.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"TLS: {path} cannot be read: {error.strerror}") from error
    if form == "der":
        return _pem_of_der(data, path, kind)
    blocks = _blocks(data, kind)
    if not blocks:
        raise ConfigError(f"TLS: {path} {_what_it_is(data, kind)}")
    return "".join(blocks)


def folder_pem(folder: str, kind: Kind, form: FileFormat) -> str:
    """Gives the PEM blocks of a kind that the files of a folder hold, whatever their names; other files do not matter.

    Raises:
        ConfigError: the folder, or one of its files, cannot be read.
    """
    try:
        paths = sorted(entry.path for entry in os.scandir(folder) if entry.is_file())
    except OSError as error:
        raise ConfigError(f"TLS: the folder {folder} cannot be read: {error.strerror}") from error
    found: dict[str, None] = {}  # a folder for OpenSSL names each file twice: by a link with its hash, too
    for path in paths:
        try:
            found[pem_of(path, kind, form)] = None
        except ConfigError as error:
            if error.__cause__ is not None:
                raise
    return "".join(found)


@contextmanager
def as_file(text: str) -> Iterator[str]:
    """Gives the path of a file with this text, which only we can read, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="dwb-tls-") as folder:  # 0700
        path = os.path.join(folder, "pem")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        yield path


def _blocks(data: bytes, kind: Kind) -> list[str]:
    pattern = re.compile(_BLOCK.format(_LABELS[kind]).encode(), re.DOTALL)
    return [found.group().decode("ascii", "replace") + "\n" for found in pattern.finditer(data)]


def _what_it_is(data: bytes, kind: Kind) -> str:
    labels = [label.decode().capitalize() for label in _ANY_BLOCK.findall(data)]
    if labels:
        return f"holds no {kind}, but: {', '.join(dict.fromkeys(labels))}"
    if data[:1] == bytes((_SEQUENCE,)):
        return "is no PEM file but looks like DER: say so (-der, or file_format 'der')"
    return "is no PEM file: it has no line -----BEGIN …-----"


def _pem_of_der(data: bytes, path: str, kind: Kind) -> str:
    if _ANY_BLOCK.search(data):
        raise ConfigError(f"TLS: {path} is no DER file but PEM, and DER was asked for")
    members = _members(data)
    if not members:
        raise ConfigError(f"TLS: {path} is no DER file: it does not hold one ASN.1 sequence")
    label = _label(members, kind)
    if not label:
        raise ConfigError(f"TLS: {path} holds no {kind} in DER")
    body = "\n".join(textwrap.wrap(base64.b64encode(data).decode("ascii"), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def _label(members: list[int], kind: Kind) -> str:
    """The PEM label of a DER file by the tags of what its sequence holds; empty when it cannot be of that kind."""
    signed = members[:2] == [_SEQUENCE, _SEQUENCE] and len(members) == 3
    if kind == "certificate":
        return "CERTIFICATE" if signed else ""
    if kind == "revocation list (CRL)":
        return "X509 CRL" if signed else ""
    if kind == "DH parameters":
        return "DH PARAMETERS" if members[:2] == [_INTEGER, _INTEGER] else ""
    for head, label in _KEY_LABELS.items():
        if tuple(members[: len(head)]) == head:
            return label
    return ""


_KEY_LABELS: Final = {
    (_SEQUENCE, _OCTETS): "ENCRYPTED PRIVATE KEY",  # PKCS #8: EncryptedPrivateKeyInfo
    (_INTEGER, _SEQUENCE): "PRIVATE KEY",  # PKCS #8: PrivateKeyInfo
    (_INTEGER, _OCTETS): "EC PRIVATE KEY",  # SEC 1: ECPrivateKey
    (_INTEGER,) * 9: "RSA PRIVATE KEY",  # PKCS #1: RSAPrivateKey
    (_INTEGER,) * 6: "DSA PRIVATE KEY",
}


def _members(data: bytes) -> list[int]:
    """The tags of what the outermost sequence of a DER file holds; none when it is no whole sequence."""
    header = _header(data, 0)
    if header is None or data[0] != _SEQUENCE or header[1] != len(data):
        return []
    tags, at = [], header[0]
    while at < len(data):
        header = _header(data, at)
        if header is None:
            return []
        tags.append(data[at])
        at = header[1]
    return tags


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the content of the value at an offset begins and ends; None when it goes past the data."""
    if at + 2 > len(data):
        return None
    length, content = data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, content = int.from_bytes(data[content : content + size], "big"), content + size
    return (content, content + length) if content + length <= len(data) else None
