"""What the tools tell of cipher suites and security profiles; what knows them is imported when they are asked for."""

import argparse
import logging
from typing import NoReturn

from workbench.config import TlsProfileName

_log = logging.getLogger(__name__)


def cipher_suite(name: str) -> str:
    """Takes the registered name of a cipher suite."""
    from workbench.net.tls_profiles import cipher_suites

    if name not in cipher_suites():
        raise argparse.ArgumentTypeError(f"{name!r} is unknown or protects nothing; --list-ciphers lists them all")
    return name


def warn_of_weak(names: tuple[str, ...]) -> None:
    """Tells which of some cipher suites should not be used, and why."""
    from workbench.net.tls_profiles import weakness

    for name in names:
        if words := weakness(name):
            _log.warning("the cipher suite %s is weak: %s (RFC 9325 4)", name, words)


def print_cipher_suites() -> NoReturn:
    """Prints all that there are, and ends the tool."""
    import ssl

    from workbench.net.tls_profiles import cipher_suites, weakness

    print(f"cipher suites of {ssl.OPENSSL_VERSION}, those of TLS 1.3 always on where it is allowed:")
    for name in cipher_suites():
        words = weakness(name)
        print(f"  {name}  (weak: {words})" if words else f"  {name}")
    raise SystemExit(0)


def print_profiles(rows: tuple[tuple[str, str, TlsProfileName, str], ...]) -> NoReturn:
    """Prints the profiles of rows of (short option, long option, profile, text), and ends the tool."""
    from workbench.net.tls_profiles import PROFILES

    print("security profiles of PS3.15 (the first is the default):")
    for short, long, name, _ in rows:
        profile = PROFILES[name]
        print(f"  {short}  {long:<22}{profile.title}")
        print("".ljust(28) + f"{profile.versions}; {profile.note}")
    raise SystemExit(0)
