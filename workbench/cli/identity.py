"""The options by which a requestor says who uses it: user identity negotiation (PS3.7 D.3.3.7).

All identities share one place, so that of several the right-most one counts; the files are read while the command line
is, for one that is missing or too long is a mistake in it.
"""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from workbench.upper_layer.items import UserIdentityRq, UserInformationItem

if TYPE_CHECKING:
    from workbench.cli.parser import Parser

LONGEST: Final = 0xFFFF
"""Bytes of a name, password, ticket, assertion or token: the length has 16 bits (PS3.7 Table D.3-14)."""

_USER, _PASSWORD, _KERBEROS, _SAML, _JWT = 1, 2, 3, 4, 5  # PS3.7 Table D.3-14


class _Identity(NamedTuple):
    kind: int
    value: bytes


def add_identity_options(parser: "Parser") -> None:
    """Adds the options by which a tool identifies its user to the node that it calls."""
    group = parser.group("network options: user identity negotiation")
    group.value("-usr", "--user", dest="identity", metavar="NAME", type=_user, help="name of the user")
    group.value("-pwd", "--password", dest="password", metavar="PASSWORD", type=_text, help="the user's password")
    group.flag(
        "-epw", "--empty-password", dest="password", value=b"", default=None, help="the user's password is empty"
    )
    for spellings, kind, what in (
        (("-kt", "--kerberos"), _KERBEROS, "a Kerberos service ticket"),
        (("--saml",), _SAML, "a SAML assertion"),
        (("--jwt",), _JWT, "a JSON web token"),
    ):
        text = f"identify by the content of a file, {what} of at most {LONGEST} bytes"
        group.value(*spellings, dest="identity", metavar="FILE", type=_content_of(kind), help=text)
    group.flag(
        "-rsp",
        "--pos-response",
        dest="is_response_required",
        value=True,
        default=False,
        help="ask the node to confirm the identity, and give up where it does not",
    )
    parser.conceal("--password")
    for each in ("--password", "--empty-password"):
        parser.requires(each, "--user")
        parser.conflicts(each, "--kerberos", "--saml", "--jwt")
    parser.requires("--pos-response", "--user", "--kerberos", "--saml", "--jwt")


def identity_items(options: argparse.Namespace) -> tuple[UserInformationItem, ...]:
    """Gives the sub-item that the options ask for, none when they ask for none."""
    identity: _Identity | None = options.identity
    if identity is None:
        return ()
    has_password = identity.kind == _USER and options.password is not None
    return (
        UserIdentityRq(
            identity_type=_PASSWORD if has_password else identity.kind,
            positive_response_requested=options.is_response_required,
            primary_field=identity.value,
            secondary_field=options.password if has_password else b"",
        ),
    )


def _text(text: str) -> bytes:
    """Takes a name or password, which goes out in UTF-8 (PS3.7 Table D.3-14)."""
    value = text.encode("utf-8", "surrogateescape")
    if len(value) > LONGEST:
        raise argparse.ArgumentTypeError(f"{len(value)} bytes are too long: at most {LONGEST}")
    return value


def _user(text: str) -> _Identity:
    if not text:
        raise argparse.ArgumentTypeError("the name of the user is empty")
    return _Identity(_USER, _text(text))


def _content_of(kind: int) -> Callable[[str], _Identity]:
    def read(path: str) -> _Identity:
        try:
            with open(path, "rb") as file:
                value = file.read(LONGEST + 1)
        except OSError as error:
            raise argparse.ArgumentTypeError(f"{path} cannot be read: {error.strerror or error}") from error
        if len(value) > LONGEST:
            raise argparse.ArgumentTypeError(f"{path} is too long: at most {LONGEST} bytes can be sent")
        if not value:
            raise argparse.ArgumentTypeError(f"{path} is empty")
        return _Identity(kind, value)

    return read
