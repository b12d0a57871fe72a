"""Settings survive a restart; a damaged file is named, never silently replaced."""

import json
from pathlib import Path

import pytest

from workbench.acse.profiles import Profile, ProfileContext
from workbench.config import LocalAe, Node, Settings, Timeouts
from workbench.errors import ConfigError
from workbench.settings_file import load_settings, places, save_settings
from workbench.upper_layer.items import SopClassExtendedNegotiation


def full_settings() -> Settings:
    return Settings(
        nodes=(Node(name="PACS ü", host="::1", port=4242, ae_title="ORTHANC", group="Bench", profile="CT", note="n"),),
        local=LocalAe(
            ae_title="ME",
            port=0,
            allowed_calling=("A", "B"),
            allowed_hosts=None,
            timeouts=Timeouts(acse=5),
            commitment=True,
        ),
        profiles=(
            Profile(
                name="CT",
                contexts=(ProfileContext(sop_class_uid="1.2.3", transfer_syntaxes=("1.2.4",), role="both"),),
                extended=(SopClassExtendedNegotiation(sop_class_uid="1.2.3", application_information=b"\2\xff"),),
                explicit_roles=("1.2.3",),
            ),
        ),
        accept_profile="CT",
        storage_folder="somewhere",
        theme="dark",
    )


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "settings.json"
    save_settings(file, full_settings())
    assert load_settings(file) == full_settings()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["settings.json"], "no temporary file is left"


def test_a_file_of_before_commitment_leaves_it_off(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, full_settings())
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["local"]["commitment"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert load_settings(file).local.commitment is False


def test_a_profile_of_before_extended_negotiation_has_none(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, full_settings())
    document = json.loads(file.read_text(encoding="utf-8"))
    for newer in ("extended", "explicit_roles"):
        del document["profiles"][0][newer]
    file.write_text(json.dumps(document), encoding="utf-8")
    (profile,) = load_settings(file).profiles
    assert (profile.extended, profile.explicit_roles) == ((), ())
    assert profile.contexts == full_settings().profiles[0].contexts


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == Settings()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda document: document["nodes"][0].update(port="104"), "$.nodes[0].port"),
        (lambda document: document["nodes"][0].pop("host"), "host"),
        (lambda document: document["nodes"][0].update(port=70000), "port 70000 is not 1 to 65535"),
        (lambda document: document["local"]["timeouts"].update(idle=-1), "timeout idle"),
        (lambda document: document.update(version=99), "version 99 is not 1"),
        (lambda document: document.update(theme="pink"), "pink"),
    ],
)
def test_a_wrong_value_is_named_and_the_file_left_alone(tmp_path: Path, change: object, words: str) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, full_settings())
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)  # type: ignore[operator]
    text = json.dumps(document)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_what_is_no_settings_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"settings\.json"):
        load_settings(file)


def test_a_failed_save_keeps_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.mkdir()  # nothing can be renamed onto a folder
    (file / "occupied").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        save_settings(file, Settings())
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_a_home_folder_moves_every_place(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for chosen, base in ((places(), home), (places(tmp_path), tmp_path)):
        for place in (chosen.settings_file, chosen.window_file, chosen.storage_folder, chosen.log_file):
            assert place.is_relative_to(base)
    monkeypatch.delenv("DWB_HOME")
    assert not places().settings_file.is_relative_to(home)
