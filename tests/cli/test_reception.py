"""What storescp and dcmrecv share."""

import argparse

import pytest

from tests.services.storage.test_object_names import OFFERED
from workbench.cli.parser import Parser
from workbench.cli.reception import add_extension_option, add_folder_options, address_of, naming, path_part
from workbench.services.storage.object_names import name_by_random_number


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1:104", "192.0.2.1"),
        ("[::1]:104", "::1"),
        ("[::ffff:192.0.2.1]:104", "192.0.2.1"),
        ("::ffff:127.0.0.1:104", "127.0.0.1"),
    ],
)
def test_the_address_of_a_peer(peer: str, address: str) -> None:
    assert address_of(peer) == address


def test_names_get_an_extension_only_when_there_is_one() -> None:
    assert naming(None, "") is None
    assert naming(name_by_random_number, "") is name_by_random_number
    named = naming(None, ".dcm")
    assert named is not None
    assert named(OFFERED) == "CT.1.2.3.dcm"


def test_no_option_leads_out_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser("receive", "Receives.")
    add_folder_options(parser)
    add_extension_option(parser.group("x"))
    assert parser.parse(["-od", "/x", "-fe", ".dcm"]).extension == ".dcm"
    for word in ("/x", "a/b", "\0"):
        with pytest.raises(SystemExit):
            parser.parse(["-fe", word])
    assert path_part("") == ""
    for word in ("../x", ".x", "a/"):
        with pytest.raises(argparse.ArgumentTypeError):
            path_part(word)
