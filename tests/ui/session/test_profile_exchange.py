"""Profiles from and into files of DCMTK's format."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.acse.asconfig_texts import BASE
from tests.ui.session.conftest import BenchMaker, Wait
from ui.jobs import JobState
from ui.session import Session
from ui.session.profile_exchange import LARGEST, FoundProfiles, ProfileExchange, free_names
from workbench.acse.asconfig import read_asconfig
from workbench.acse.profiles import Profile
from workbench.config import Node

PROFILES = read_asconfig(BASE, "x").profiles


@pytest.fixture
def exchange(maker: BenchMaker) -> ProfileExchange:
    made = ProfileExchange(maker.bench)
    maker.listeners.append(made.job_changed)
    return made


def test_what_is_in_a_file_is_told_and_nothing_kept(
    maker: BenchMaker, exchange: ProfileExchange, tmp_path: Path, qtbot: QtBot, wait: Wait
) -> None:
    path = tmp_path / "site.cfg"
    path.write_text(BASE.replace("Role2", "Role3"))
    with qtbot.waitSignal(exchange.found) as told:
        job = exchange.read(path)
    wait(lambda: not job.is_running)
    assert job.outcome == "site.cfg: 1 profile found"
    (found,) = told.args or []
    assert isinstance(found, FoundProfiles)
    assert found.file == "site.cfg"
    assert [profile.name for profile in found.profiles] == ["P"]
    assert found.warnings == ("site.cfg:12: [R] has no Role2, where the list ends; left out: Role3",)
    assert maker.bench.settings.value.profiles == ()
    assert maker.messages == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (BASE.replace("\\BOTH", "\\ANY").encode(), "site.cfg:12: the role 'ANY' is none of SCU, SCP and BOTH"),
        (b"\xff\xfe", "site.cfg:1: there is no super-section [[TransferSyntaxes]]"),
        (bytes(LARGEST + 1), "site.cfg has over 4.2 MB: that is no configuration of profiles"),
        (None, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(
    maker: BenchMaker, exchange: ProfileExchange, tmp_path: Path, wait: Wait, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "site.cfg"
    if content is not None:
        path.write_bytes(content)
    job = exchange.read(path)
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    ((severity, text),) = maker.messages
    assert severity == "error"
    assert problem in text


def test_profiles_are_written_and_read_again(
    maker: BenchMaker, exchange: ProfileExchange, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "out.cfg"
    job = exchange.write(path, PROFILES)
    wait(lambda: not job.is_running)
    assert maker.messages == [("ok", "out.cfg: 1 profile written")]
    assert read_asconfig(path.read_text(), "out.cfg").profiles == PROFILES


@pytest.mark.parametrize(
    ("profiles", "folder", "problem"),
    [
        (PROFILES, "no/where", "cannot be written"),
        ((Profile(name="Empty", contexts=()),), "", "'Empty' has no context"),
    ],
)
def test_what_cannot_be_written_is_told(
    maker: BenchMaker,
    exchange: ProfileExchange,
    tmp_path: Path,
    wait: Wait,
    profiles: tuple[Profile, ...],
    folder: str,
    problem: str,
) -> None:
    job = exchange.write(tmp_path / folder / "out.cfg", profiles)
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert problem in maker.messages[0][1]


def test_names_that_are_taken_get_numbers() -> None:
    assert free_names(["A", "B", "A", "C"], ["A", "A 2", "C"]) == ["A 3", "B", "A 4", "C 2"]


def test_an_imported_profile_is_negotiated_with_its_roles(session: Session, instances: list[Path], wait: Wait) -> None:
    session.add_profiles(PROFILES)
    session.set_accept_profile("P")
    session.set_local(replace(session.local, port=0))
    session.start_listening()
    wait(lambda: session.is_listening)
    host, _, port = session.listening_address.rpartition(":")
    session.add_node(Node(name="Us", host=host, port=int(port), ae_title=session.local.ae_title, profile="P"))
    session.show_node_contexts("Us")
    shown = [(row.sop_class, row.role, row.extended) for row in session.contexts_model.rows]
    assert shown[::2] == [("CT Image", "SCP", b"\2\0"), ("MR Image", "both", b"")]
    session.add_files(instances[1:2])
    wait(lambda: not session.is_scanning)
    job = session.send("Us")
    wait(lambda: not job.is_running)
    assert "1 stored" in job.outcome
    assert {(row.sop_class, row.role, row.extended) for row in session.association_contexts(1)} == set(shown)


def test_imported_profiles_are_kept_and_in_force(session: Session) -> None:
    told: list[str] = []
    session.message.connect(lambda _severity, text: told.append(text))
    session.add_profiles(PROFILES)
    assert session.profile("P") == PROFILES[0]
    session.set_accept_profile("P")
    session.add_profiles([*PROFILES, Profile(name="Q", contexts=PROFILES[0].contexts)])
    assert [profile.name for profile in session.settings.profiles] == ["P", "Q"]
    assert told == ["1 profile was imported.", "2 profiles were imported."]
