"""The options of user identity negotiation."""

from pathlib import Path

import pytest

from workbench.cli.identity import LONGEST, add_identity_options, identity_items
from workbench.cli.parser import Parser
from workbench.upper_layer.items import UserIdentityRq, UserInformationItem


def items_of(*words: str) -> tuple[UserInformationItem, ...]:
    parser = Parser("tool", "Does nothing.")
    add_identity_options(parser)
    return identity_items(parser.parse(words))


def identity(kind: int, first: bytes, second: bytes = b"", *, response: bool = False) -> UserIdentityRq:
    return UserIdentityRq(
        identity_type=kind, positive_response_requested=response, primary_field=first, secondary_field=second
    )


@pytest.fixture
def ticket(tmp_path: Path) -> str:
    path = tmp_path / "ticket"
    path.write_bytes(b"\0ticket\xff")
    return str(path)


def test_no_option_gives_no_item() -> None:
    assert items_of() == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["-usr", "anna"], identity(1, b"anna")),
        (["--user", "Änne"], identity(1, "Änne".encode())),
        (["-usr", "anna", "-pwd", "secret"], identity(2, b"anna", b"secret")),
        (["-usr", "anna", "--password", "-x"], identity(2, b"anna", b"-x")),
        (["-usr", "anna", "-epw"], identity(2, b"anna")),
        (["-usr", "anna", "-pwd", "secret", "--empty-password"], identity(2, b"anna")),
        (["-usr", "anna", "-rsp"], identity(1, b"anna", response=True)),
        (["-usr", "anna", "-usr", "otto", "--pos-response"], identity(1, b"otto", response=True)),
    ],
)
def test_user_and_password(words: list[str], expected: UserIdentityRq) -> None:
    assert items_of(*words) == (expected,)


@pytest.mark.parametrize(("spelling", "kind"), [("-kt", 3), ("--kerberos", 3), ("--saml", 4), ("--jwt", 5)])
def test_content_of_a_file(spelling: str, kind: int, ticket: str) -> None:
    assert items_of(spelling, ticket) == (identity(kind, b"\0ticket\xff"),)
    assert items_of("-rsp", spelling, ticket) == (identity(kind, b"\0ticket\xff", response=True),)


def test_right_most_identity_wins(ticket: str) -> None:
    assert items_of("-usr", "anna", "--saml", ticket) == (identity(4, b"\0ticket\xff"),)
    assert items_of("--jwt", ticket, "-kt", ticket, "-usr", "anna") == (identity(1, b"anna"),)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-pwd", "secret"], "--password needs --user"),
        (["-epw"], "--empty-password needs --user"),
        (["-rsp"], "--pos-response needs --user or --kerberos or --saml or --jwt"),
        (["-usr", ""], "the name of the user is empty"),
        (["-usr", "x" * 65536], "65536 bytes are too long"),
        (["-usr", "anna", "-pwd", "secret", "-kt", "{ticket}"], "--password and --kerberos exclude each other"),
        (["--jwt", "{ticket}.none"], "ticket.none cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], said: str, ticket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        items_of(*(word.format(ticket=ticket) for word in words))
    assert caught.value.code == 1
    assert said in capsys.readouterr().err


def test_file_has_to_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "token"
    path.write_bytes(bytes(LONGEST))
    assert items_of("--jwt", str(path)) == (identity(5, bytes(LONGEST)),)
    for size, said in ((LONGEST + 1, "at most 65535 bytes"), (0, "is empty")):
        path.write_bytes(bytes(size))
        with pytest.raises(SystemExit):
            items_of("--jwt", str(path))
        assert said in capsys.readouterr().err
