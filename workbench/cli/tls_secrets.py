"""The passphrase of the private key, and the seeds of the random generator."""

import getpass
import logging
import os
import ssl
import sys
from typing import Final

from workbench.cli.parser import Options
from workbench.errors import ConfigError

_log = logging.getLogger(__name__)

_SEED: Final = 1024  # bytes that are written, as many as OpenSSL's own tools write


def passphrase(options: Options) -> str:
    """Gives the passphrase: that of the options, or what is typed, once for a tool that both calls and is called.

    Raises:
        ConfigError: there is no terminal, and standard input has no line.
    """
    if options.tls_passphrase is None:
        key = options.tls[0]
        if sys.stdin.isatty():
            options.tls_passphrase = getpass.getpass(f"passphrase of the private key {key}: ")
        else:
            line = sys.stdin.readline()
            if not line:
                raise ConfigError(f"TLS: the private key {key} is encrypted, and standard input has no passphrase")
            options.tls_passphrase = line.rstrip("\r\n")
    return str(options.tls_passphrase)


def mix_seed(options: Options) -> None:
    """Reads and writes seeds; one that cannot be is told and does no harm, as with DCMTK."""
    if options.tls_seed_file is None:
        return
    try:
        with open(options.tls_seed_file, "rb") as file:
            ssl.RAND_add(file.read(), 0.0)  # others may know the file: no randomness is counted for it
    except OSError as error:
        _log.warning("the seed %s cannot be read: %s", options.tls_seed_file, error.strerror)
    if options.tls_write_seed:
        _write_seed(options.tls_seed_file)
    if options.tls_new_seed_file is not None:
        _write_seed(options.tls_new_seed_file)


def _write_seed(path: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(ssl.RAND_bytes(_SEED))
    except OSError as error:
        _log.warning("the seed %s cannot be written: %s", path, error.strerror)
