"""Passphrases and seeds."""

import getpass
import io
import stat
import sys
from pathlib import Path

import pytest

from tests.conftest import ExpectLog
from workbench.cli.parser import Options
from workbench.cli.tls_secrets import mix_seed, passphrase
from workbench.errors import ConfigError


def options(**given: object) -> Options:
    made = Options(tls=("key.pem", "certificate.pem"), tls_passphrase=None)
    for name, value in {"tls_seed_file": None, "tls_write_seed": False, "tls_new_seed_file": None, **given}.items():
        setattr(made, name, value)
    return made


def test_a_passphrase_that_is_given_is_taken() -> None:
    assert passphrase(options(tls_passphrase="secret")) == "secret"
    assert passphrase(options(tls_passphrase="")) == ""


def test_one_that_is_not_is_read_from_standard_input_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret \nsomething else\n"))
    made = options()
    assert (passphrase(made), passphrase(made)) == ("secret ", "secret ")


def test_standard_input_that_has_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(ConfigError, match=r"key\.pem is encrypted, and standard input has no passphrase"):
        passphrase(options())


def test_a_terminal_is_asked_without_an_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"typed at {prompt}")
    assert passphrase(options()) == "typed at passphrase of the private key key.pem: "


def test_seeds_are_written_for_nobody_else(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    mix_seed(options(tls_seed_file=str(old)))
    assert old.read_bytes() == b"old"
    mix_seed(options(tls_seed_file=str(old), tls_write_seed=True, tls_new_seed_file=str(new)))
    assert len(old.read_bytes()) == len(new.read_bytes()) == 1024
    assert old.read_bytes() != new.read_bytes()
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_a_seed_that_is_missing_is_told_and_does_no_harm(tmp_path: Path, expect_log: ExpectLog) -> None:
    absent = tmp_path / "absent" / "seed"
    mix_seed(options(tls_seed_file=str(absent), tls_write_seed=True))
    expect_log(f"the seed {absent} cannot be read: No such file or directory")
    expect_log(f"the seed {absent} cannot be written: No such file or directory")
