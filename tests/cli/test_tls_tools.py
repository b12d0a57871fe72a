"""All nine tools over TLS, with each other: those that call, and the processes that they call."""

from pathlib import Path

import pydicom
import pytest

from tests.cli.own_tools import serving
from tests.services.query.archives import ROOT, make_archive
from tests.support.instances import make_set
from tests.support.tls_files import PASSPHRASE, Authority
from workbench.cli import dcmrecv, dcmsend, echoscu, findscu, getscu, movescu, storescp, storescu, termscu

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]
STUDIES = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID"]

# dcmrecv takes nothing without a profile.
PROFILES = """
[[TransferSyntaxes]]
[Uncompressed]
TransferSyntax1 = LittleEndianImplicit
TransferSyntax2 = LittleEndianExplicit
[[PresentationContexts]]
[Images]
PresentationContext1 = CTImageStorage\\Uncompressed
PresentationContext2 = MRImageStorage\\Uncompressed
PresentationContext3 = VerificationSOPClass\\Uncompressed
[[Profiles]]
[Everything]
PresentationContexts = Images
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def own(authority: Authority) -> list[str]:
    """Gives the words by which a tool has a certificate and trusts the authority."""
    identity = authority.issue(passphrase=PASSPHRASE)
    return ["+tls", identity.key, identity.certificate, "+pw", PASSPHRASE, "+cf", authority.file]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_set(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("receiver", ["storescp", "dcmrecv"])
def test_what_is_sent_arrives(receiver: str, own: list[str], samples: list[Path], tmp_path: Path) -> None:
    configuration, folder = tmp_path / "profiles.cfg", tmp_path / "received"
    configuration.write_text(PROFILES)
    folder.mkdir()
    profile = ["-xf", str(configuration), "Everything"] if receiver == "dcmrecv" else []
    with serving(receiver, "-od", folder, "--allow-shutdown", *profile, *own) as port:
        address = ["127.0.0.1", str(port)]
        assert echoscu.main([*own, "--check-hostname", *address]) == 0
        assert storescu.main([*own, *address, str(samples[0])]) == 0
        assert dcmsend.main([*own, *address, str(samples[1])]) == 0
        assert termscu.main([*own, *address]) == 0
    uids = {pydicom.dcmread(path).SOPInstanceUID for path in folder.iterdir()}
    assert uids == {pydicom.dcmread(path).SOPInstanceUID for path in samples[:2]}


def test_queries_are_answered_and_what_is_retrieved_comes_secured(own: list[str], tmp_path: Path) -> None:
    archive, got, moved, found = (tmp_path / name for name in ("archive", "got", "moved", "found"))
    for folder in (archive, got, moved, found):
        folder.mkdir()
    make_archive(archive)
    with (
        serving("storescp", "-od", moved, *own) as receiver,
        serving("qrscp", "-od", archive, *own, "--node", f"RECEIVER@127.0.0.1:{receiver}") as port,
    ):
        address = ["127.0.0.1", str(port)]
        assert findscu.main([*own, *STUDIES, "-X", "-od", str(found), *address]) == 0
        study = pydicom.dcmread(min(found.iterdir())).StudyInstanceUID
        assert str(study).startswith(ROOT)
        keys = [*STUDIES, "-k", f"StudyInstanceUID={study}"]
        assert getscu.main([*own, *keys, "-od", str(got), *address]) == 0
        assert movescu.main([*own, *keys, "-aem", "RECEIVER", *address]) == 0
    assert len(list(got.iterdir())) == len(list(moved.iterdir())) > 0


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        (dcmrecv, 71),
        (dcmsend, 1),
        (echoscu, 1),
        (findscu, 1),
        (getscu, 1),
        (movescu, 70),
        (storescp, 1),
        (storescu, 1),
        (termscu, 1),
    ],
)
def test_a_key_that_is_missing_ends_each_tool(
    tool: object, code: int, samples: list[Path], tmp_path: Path, capsys: Capture
) -> None:
    is_called = tool in (dcmrecv, storescp)
    words = ["0", "-od", str(tmp_path)] if is_called else ["localhost", "104"]
    if tool in (dcmsend, storescu):
        words.append(str(samples[0]))
    elif tool in (findscu, getscu, movescu):
        words += STUDIES
    absent = str(tmp_path / "absent.pem")
    assert tool.main(["+tls", absent, absent, *words]) == code  # type: ignore[attr-defined]
    assert f"F: TLS: {absent} cannot be read: No such file or directory\n" in capsys.readouterr().err


@pytest.mark.parametrize("tool", [dcmsend, echoscu, findscu, getscu, movescu, storescu, termscu])
def test_each_tool_says_what_keeps_it_from_a_secured_node(
    tool: object, own: list[str], authority: Authority, samples: list[Path], tmp_path: Path, capsys: Capture
) -> None:
    words = {dcmsend: [str(samples[0])], storescu: [str(samples[0])]}.get(tool, [])  # type: ignore[call-overload]
    if tool in (findscu, getscu, movescu):
        words = STUDIES
    with serving("storescp", "-od", tmp_path, *own) as port:
        for secured, said in (
            ([], "the peer may want TLS on this port"),
            (["+tla"], "because no authority is trusted here"),
            (["+tla", "+cf", authority.file], "requires a certificate of ours"),
        ):
            if tool is movescu and secured:  # it is called as well, and so has to have a certificate
                continue
            assert tool.main([*secured, "127.0.0.1", str(port), *words]) > 0  # type: ignore[attr-defined]
            assert said in capsys.readouterr().err
