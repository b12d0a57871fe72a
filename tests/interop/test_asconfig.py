"""Association configurations: what DCMTK's tools propose and accept by them is what we propose and accept."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acse.asconfig_texts import BASE, FORGIVEN, READ, REFUSED, Variant
from tests.cli.background import background
from tests.interop.negotiating import answer_of, proposed_by
from tests.interop.peers import PATIENCE, PeerTool, free_port, listening
from tests.services.servers import LOCAL
from workbench import dictionary
from workbench.acse.asconfig import read_asconfig, write_asconfig
from workbench.acse.contexts import MAX_CONTEXTS, number
from workbench.acse.policy import Policy
from workbench.acse.profiles import Profile
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation, UserInformationItem
from workbench.upper_layer.pdu import AssociateAc, AssociateRq

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
_SYNTAXES_OF_A_CONTEXT = 30  # DCMTK does not take many more

WORKBENCH = (sys.executable, "-m", "workbench")
OURS = (*WORKBENCH, "storescu")
SHIPPED = [("storescu.cfg", "Default"), ("storescp.cfg", "Default"), ("storescp.cfg", "AllDICOM")]
"""The profiles of the files that come with DCMTK."""


@pytest.fixture
def shipped() -> Path:
    """Gives the folder of DCMTK's own configuration files, where Debian puts it."""
    folder = Path("/etc/dcmtk")
    if not (folder / "storescu.cfg").is_file():
        pytest.skip("DCMTK's configuration files are not installed")
    return folder


def profile_of(path: Path, name: str) -> Profile:
    profile = read_asconfig(path.read_text(), path.name).profile(name)
    assert profile is not None
    return profile


def proposed_by_profile(tool: Sequence[str | Path], file: Path, name: str, instance: Path) -> AssociateRq | None:
    return proposed_by([*tool, "-xf", file, name], instance)


def assert_proposes(request: AssociateRq | None, profile: Profile) -> None:
    assert request is not None
    assert [request.presentation_contexts] == profile.proposals()
    assert request.role_selections == {item.sop_class_uid: item for item in profile.role_selections()}
    assert request.extended == {item.sop_class_uid: item for item in profile.extended_negotiations()}


@pytest.mark.parametrize(("file", "name"), SHIPPED)
def test_storescu_proposes_the_same_by_its_own_files(
    peer_tool: PeerTool, shipped: Path, samples: list[Path], file: str, name: str
) -> None:
    theirs = proposed_by_profile([peer_tool("storescu")], shipped / file, name, samples[0])
    assert_proposes(theirs, profile_of(shipped / file, name))


@pytest.mark.parametrize(("file", "name"), SHIPPED)
def test_storescu_proposes_the_same_by_what_we_have_written(
    peer_tool: PeerTool, shipped: Path, samples: list[Path], tmp_path: Path, file: str, name: str
) -> None:
    profile = profile_of(shipped / file, name)
    written = tmp_path / "ours.cfg"
    written.write_text(write_asconfig([profile]))
    assert_proposes(proposed_by_profile([peer_tool("storescu")], written, profile.name, samples[0]), profile)


@pytest.mark.parametrize(("file", "name"), SHIPPED)
def test_our_storescu_proposes_the_same_by_dcmtks_files(
    peer_tool: PeerTool, shipped: Path, samples: list[Path], file: str, name: str
) -> None:
    theirs = proposed_by_profile([peer_tool("storescu")], shipped / file, name, samples[0])
    ours = proposed_by_profile(OURS, shipped / file, name, samples[0])
    assert ours is not None
    assert_proposes(theirs, profile_of(shipped / file, name))
    assert_proposes(ours, profile_of(shipped / file, name))


def test_our_storescu_proposes_roles_and_extended_negotiation_as_dcmtks(
    peer_tool: PeerTool, samples: list[Path], tmp_path: Path
) -> None:
    file = tmp_path / "x.cfg"
    file.write_text(BASE)
    theirs = proposed_by_profile([peer_tool("storescu")], file, "P", samples[0])
    ours = proposed_by_profile(OURS, file, "P", samples[0])
    assert theirs is not None
    assert ours is not None
    assert ours.presentation_contexts == theirs.presentation_contexts
    assert ours.role_selections == theirs.role_selections != {}
    assert ours.extended == theirs.extended != {}


@pytest.mark.parametrize(
    "variant", [each for each in REFUSED if "undefined list" in each.what], ids=lambda one: one.what
)
def test_our_storescu_refuses_what_dcmtks_refuses(samples: list[Path], tmp_path: Path, variant: Variant) -> None:
    file = tmp_path / "x.cfg"
    file.write_text(variant.text)
    assert proposed_by_profile(OURS, file, "P", samples[0]) is None


@pytest.mark.parametrize("variant", READ, ids=lambda variant: variant.what)
def test_storescu_reads_what_we_read(
    peer_tool: PeerTool, samples: list[Path], tmp_path: Path, variant: Variant
) -> None:
    file = tmp_path / "x.cfg"
    file.write_text(variant.text)
    theirs = proposed_by_profile([peer_tool("storescu")], file, "P", samples[0])
    assert_proposes(theirs, profile_of(file, "P"))


@pytest.mark.parametrize("variant", [*FORGIVEN, *REFUSED], ids=lambda variant: variant.what)
def test_storescu_refuses_what_we_refuse_or_forgive(
    peer_tool: PeerTool, samples: list[Path], tmp_path: Path, variant: Variant
) -> None:
    file = tmp_path / "x.cfg"
    file.write_text(variant.text)
    assert proposed_by_profile([peer_tool("storescu")], file, "P", samples[0]) is None


@contextmanager
def receiving(log: Path, tool: Sequence[str | Path], file: Path, name: str) -> Iterator[int]:
    """Gives the port of a storescp or dcmrecv that accepts by a profile."""
    with listening(log, lambda port: [*tool, "-xf", file, name, "-od", log.parent, str(port)]) as port:
        yield port


@contextmanager
def accepting(peer_tool: PeerTool, tmp_path: Path, file: Path, name: str) -> Iterator[tuple[int, int]]:
    """Gives the ports of DCMTK's storescp and of a server of ours that accept by the same profile."""
    policy = profile_of(file, name).accepted_by(Policy(max_pdu_length=16384))
    with (
        receiving(tmp_path / "log", [peer_tool("storescp")], file, name) as theirs,
        background({}, policy=policy, local=LOCAL) as ours,
    ):
        yield theirs, ours.port


def told(answer: AssociateAc) -> list[tuple[int, int, str]]:
    """The ID, the result and, where it means something, the transfer syntax of each context."""
    return [
        (each.context_id, each.result, each.transfer_syntax if each.result == 0 else "")
        for each in answer.presentation_contexts
    ]


def offers() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each SOP class of the dictionary, and one that it does not know, in several choices of transfer syntaxes."""
    every = dictionary.transfer_syntaxes()
    some = [every[at : at + _SYNTAXES_OF_A_CONTEXT] for at in range(0, len(every), _SYNTAXES_OF_A_CONTEXT)]
    for uid in (*dictionary.storage_sop_classes(), VERIFICATION, "1.2.3.4"):
        yield from ((uid, syntaxes) for syntaxes in some)
        yield uid, ("1.2.3.5",)


@pytest.mark.parametrize(("file", "name"), SHIPPED[1:])
def test_storescp_accepts_the_same_by_its_own_file(
    peer_tool: PeerTool, shipped: Path, tmp_path: Path, file: str, name: str
) -> None:
    listed = list(offers())
    with accepting(peer_tool, tmp_path, shipped / file, name) as (theirs, ours):
        for contexts in number(listed):
            assert told(answer_of(theirs, contexts)) == told(answer_of(ours, contexts))
    assert len(listed) > MAX_CONTEXTS


# What is negotiated of a class by (its role in the profile, the roles asked for): DCMTK's and our results, where they
# differ. DCMTK accepts what leaves the requestor no role at all; nothing could be sent on it. Of a class that is
# refused for its role, DCMTK says "no reason" and we "user rejection".
DIFFERENT = {
    ("SCU", (False, True)): (0, 1),
    ("SCP", None): (2, 1),
    ("SCP", (True, False)): (0, 1),
}


@pytest.mark.parametrize("role", [None, "SCU", "SCP", "BOTH"])
def test_storescp_answers_roles_and_extended_negotiation_alike(
    peer_tool: PeerTool, tmp_path: Path, role: str | None
) -> None:
    file = tmp_path / "roles.cfg"
    text = BASE.replace("Role2 = MRImageStorage\\BOTH\n", "")
    file.write_text(text.replace("SCP\n", f"{role}\n") if role else text.replace("SCPSCURoleSelection = R\n", ""))
    (contexts,) = number((uid, dictionary.transfer_syntaxes()[:3]) for uid in (CT_IMAGE, MR_IMAGE, US_IMAGE))
    extended = [
        SopClassExtendedNegotiation(sop_class_uid=uid, application_information=b"\7\7")
        for uid in (CT_IMAGE, MR_IMAGE, US_IMAGE)
    ]
    with accepting(peer_tool, tmp_path, file, "P") as (theirs, ours):
        for asked in (None, (True, False), (False, True), (True, True)):
            items: list[UserInformationItem] = list(extended)
            if asked:
                items.append(RoleSelection(sop_class_uid=CT_IMAGE, scu_role=asked[0], scp_role=asked[1]))
            their_answer, our_answer = answer_of(theirs, contexts, items), answer_of(ours, contexts, items)
            assert our_answer.role_selections == their_answer.role_selections
            assert told(our_answer)[1:] == told(their_answer)[1:]
            results = (told(their_answer)[0][1], told(our_answer)[0][1])
            if results[0] == results[1]:
                assert told(our_answer) == told(their_answer)
                assert our_answer.extended == their_answer.extended
            assert results == DIFFERENT.get((role or "", asked), results[:1] * 2)


@pytest.mark.parametrize("tool", ["storescp", "dcmrecv"])
@pytest.mark.parametrize(("file", "name"), SHIPPED[1:])
def test_our_receivers_accept_the_same_by_dcmtks_file(
    peer_tool: PeerTool, shipped: Path, tmp_path: Path, tool: str, file: str, name: str
) -> None:
    with (
        receiving(tmp_path / "theirs", [peer_tool(tool)], shipped / file, name) as theirs,
        receiving(tmp_path / "ours", [*WORKBENCH, tool], shipped / file, name) as ours,
    ):
        for contexts in number(list(offers())[:MAX_CONTEXTS]):
            assert told(answer_of(theirs, contexts)) == told(answer_of(ours, contexts))


@pytest.mark.parametrize("tool", ["storescp", "dcmrecv"])
@pytest.mark.parametrize(
    ("file", "name"), [("storescu.cfg", "Default"), ("storescp.cfg", "Other"), ("missing.cfg", "Default")]
)
def test_receivers_end_alike_when_a_profile_does_not_do(
    peer_tool: PeerTool, shipped: Path, tool: str, file: str, name: str
) -> None:
    codes = []
    for command in ([peer_tool(tool)], [*WORKBENCH, tool]):
        ended = subprocess.run(
            [*command, "-xf", shipped / file, name, str(free_port())],
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        codes.append(ended.returncode)
    assert codes[0] == codes[1] == (66 if tool == "dcmrecv" else 1)
