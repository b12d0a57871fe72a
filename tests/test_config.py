"""What the user sets up checks itself, and says which place and value is wrong."""

from collections.abc import Callable

import pytest

from workbench.config import LocalAe, Node, Settings, Timeouts, check_ae_title
from workbench.errors import ConfigError


def node(name: str = "PACS1", **changes: object) -> Node:
    return Node(**{"name": name, "host": "127.0.0.1", "port": 104, "ae_title": "PACS", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: node(""), "name is empty"),
        (lambda: node(host=" "), "node PACS1: the host is empty"),
        (lambda: node(port=0), "node PACS1: port 0"),
        (lambda: node(port=65536), "port 65536"),
        (lambda: node(ae_title=""), "node PACS1: '' is no AE title"),
        (lambda: node(ae_title="SEVENTEEN_LETTERS"), "'SEVENTEEN_LETTERS'"),
        (lambda: node(ae_title="A\\B"), "no backslash"),
        (lambda: LocalAe(ae_title="Ä"), "'Ä' is no AE title"),
        (lambda: LocalAe(port=-1), "port -1"),
        (lambda: LocalAe(max_pdu_length=100), "maximum PDU length 100"),
        (lambda: LocalAe(max_associations=0), "limit of 0"),
        (lambda: LocalAe(allowed_calling=("OK", "x" * 17)), "allowed calling AE title"),
        (lambda: LocalAe(allowed_hosts=("pacs",)), "allowed host 'pacs'"),
        (lambda: Timeouts(dimse=0), "timeout dimse: 0 s"),
        (lambda: Settings(nodes=(node(), node())), "node 'PACS1' exists twice"),
        (lambda: Settings(theme="pink"), "theme 'pink' is not one of system, light, dark"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert words in str(caught.value)


def test_spaces_around_an_ae_title_are_not_significant() -> None:
    assert check_ae_title("  MY PACS ", "here") == "MY PACS"
    assert node(ae_title=" PACS").ae_title == "PACS"
    assert LocalAe(ae_title="SIXTEEN_LETTERS_").ae_title == "SIXTEEN_LETTERS_"


def test_the_application_listens_on_loopback_for_named_peers_until_it_is_opened() -> None:
    local = Settings().local
    assert local.bind == "127.0.0.1"
    assert local.allowed_calling == ()
    assert local.allowed_hosts == ("127.0.0.1", "::1")


def test_nodes_are_added_replaced_in_place_and_removed() -> None:
    settings = Settings().with_node(node("A")).with_node(node("B")).with_node(node("C"))
    renamed = settings.with_node(node("X"), instead_of="B")
    assert [each.name for each in renamed.nodes] == ["A", "X", "C"]
    assert [each.name for each in renamed.without_node("A").nodes] == ["X", "C"]
    assert renamed.node("X") == node("X")
    assert renamed.node("B") is None
