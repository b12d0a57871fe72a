"""Whom a tool calls: by host and port, or by a name of the address book; secured or not, as whom."""

from pathlib import Path

import pytest

from tests.cli.test_options import parser
from workbench.cli.requesting import requestor
from workbench.config import Node, Settings
from workbench.errors import ConfigError
from workbench.settings_file import places, save_settings
from workbench.upper_layer.items import UserIdentityRq


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives the settings file with one node in its address book."""
    monkeypatch.setenv("DWB_HOME", str(tmp_path))
    file = places().settings_file
    node = Node(name="PACS 1", host="pacs.invalid", port=11112, ae_title="PACS")
    save_settings(file, Settings(nodes=(node,)))
    return file


def test_a_node_of_the_address_book_stands_for_host_and_port(book: Path) -> None:
    node = requestor(parser().parse(["--node", "PACS 1"])).node
    assert (node.host, node.port, node.ae_title) == ("pacs.invalid", 11112, "PACS")
    assert requestor(parser().parse(["--node", "PACS 1", "-aec", "OTHER"])).node.ae_title == "OTHER"


def test_a_node_that_is_not_there_is_named_with_those_that_are(book: Path) -> None:
    with pytest.raises(ConfigError, match=r"no node 'PACS'; it has 'PACS 1'"):
        requestor(parser().parse(["--node", "PACS"]))


@pytest.mark.parametrize(
    ("peer", "host"),
    [("[::1]", "::1"), ("[fe80::1%eth0]", "fe80::1%eth0"), ("::1", "::1"), ("pacs", "pacs"), ("[pacs", "[pacs")],
)
def test_brackets_around_an_address_are_no_part_of_it(peer: str, host: str) -> None:
    assert requestor(parser().parse([peer, "104"])).node.host == host


def test_without_options_nothing_is_secured_and_nobody_identified() -> None:
    caller = requestor(parser().parse(["host", "104"]))
    assert (caller.tls, caller.user_information) == (None, ())


def test_the_user_is_identified_when_told() -> None:
    (item,) = requestor(parser().parse(["host", "104", "-usr", "anna", "-pwd", "secret"])).user_information
    assert isinstance(item, UserIdentityRq)
    assert (item.primary_field, item.secondary_field) == (b"anna", b"secret")


def test_the_connection_is_secured_when_told() -> None:
    assert requestor(parser().parse(["host", "104", "+tla", "-ic"])).tls is not None
