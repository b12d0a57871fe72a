"""Every example runs: as a program of its own, against a peer where it needs one."""

import ast
import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application, asking
from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.acse.contexts import propose_for_instances
from workbench.config import Node
from workbench.dimse.answers import respond
from workbench.dimse.messages import CMoveRq
from workbench.errors import AssociationRejected
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.net.requestor import connect
from workbench.services.normalized import n_action
from workbench.services.offers import Offer
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import STUDY_ROOT
from workbench.services.storage.scu import store
from workbench.services.verification import echo
from workbench.storage.part10 import scan
from workbench.uids import VERIFICATION
from workbench.upper_layer.items import UserIdentityRq

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "resources" / "examples").glob("*.py") if path.name != "__init__.py")
PATIENCE = 60.0  # seconds: an example imports pydicom, and several may run at once
LONGEST = 15  # lines of a main, or of another function; all of them together are little more


def bodies(path: Path) -> list[int]:
    """Gives the number of lines of code of each function: no docstring, no blank line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    functions = [
        node
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [
        sum(bool(line.strip()) for line in lines[function.body[1].lineno - 1 : function.end_lineno]) + 1
        for function in functions
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_explained(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    assert ast.get_docstring(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert all(ast.get_docstring(node) for node in functions)
    assert "main" in [node.name for node in functions]
    assert max(bodies(path)) <= LONGEST


@asynccontextmanager
async def running(name: str, *arguments: str) -> AsyncIterator[Process]:
    """Runs an example, and ends it if it does not end by itself."""
    program = ROOT / "resources" / "examples" / f"{name}.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", str(program), *arguments, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


@asynccontextmanager
async def serving(name: str, *arguments: str) -> AsyncIterator[tuple[Node, Process]]:
    """Runs an example that serves, on a free port, and gives how to call it."""
    async with running(name, "0", *arguments) as process, asyncio.timeout(PATIENCE):
        assert process.stdout is not None
        words = (await process.stdout.readline()).decode().split()
        assert words[:2] == ["listening", "on"], words
        yield Node(name=name, host=words[2], port=int(words[3]), ae_title="EXAMPLE"), process


async def next_line(process: Process) -> str:
    """Gives the next line that an example prints."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().rstrip()


async def output_of(name: str, *arguments: str) -> str:
    """Runs an example to its end, which must be a good one, and gives what it printed."""
    async with running(name, *arguments) as process, asyncio.timeout(PATIENCE):
        printed, problems = await process.communicate()
        assert (process.returncode, problems.decode()) == (0, "")
        return printed.decode()


async def show_storage(folder: Path) -> None:
    instance = scan(make_instance(folder, "CT"))
    received = Path(tempfile.mkdtemp(dir=folder))
    async with serving("storage_scp", str(received)) as (node, process):
        (contexts,) = propose_for_instances([(instance.sop_class_uid, instance.transfer_syntax_uid)])
        async with connect(node, contexts, local=LOCAL) as association:
            assert (await store(association, instance)).status == 0x0000
        status, uid, path = (await next_line(process)).split()
    assert (status, uid) == ("0000H", instance.sop_instance_uid)
    assert scan(Path(path)).sop_instance_uid == instance.sop_instance_uid


async def show_vendor_action(_: Path) -> None:
    calibration = "1.2.826.0.1.3680043.10.1.1"
    async with serving("vendor_action_scp") as (node, _process), asking(node, calibration) as association:
        assert (await n_action(association, calibration, "1.2.3", 1, Dataset())).status == 0x0000


def identity(kind: int, primary: bytes, secondary: bytes = b"") -> UserIdentityRq:
    return UserIdentityRq(
        identity_type=kind, positive_response_requested=True, primary_field=primary, secondary_field=secondary
    )


async def show_user_identity(_: Path) -> None:
    async with serving("user_identity_scp") as (node, _process):
        for item, response in (
            (identity(2, b"anna", b"secret"), b""),
            (identity(3, b"a ticket that was issued"), b"server response"),
            (identity(5, b"a ticket that was issued"), b"server response"),
        ):
            async with asking(node, VERIFICATION, user_information=[item]) as association:
                assert (await echo(association)).message.status == 0x0000
                assert association.agreement.identity_response == response
        for items in ([], [identity(1, b"anna")], [identity(2, b"anna", b"guess")], [identity(4, b"forged")]):
            with pytest.raises(AssociationRejected):
                async with asking(node, VERIFICATION, user_information=items):
                    pass


class OneStudy:
    """An archive that has one study, and moves it wherever it is told."""

    async def matches(self, request: FindRequest) -> AsyncIterator[Dataset]:
        """Gives the study."""
        study = Dataset()
        study.QueryRetrieveLevel = "STUDY"
        study.PatientName, study.StudyDate, study.StudyInstanceUID = "DOE^JANE", "20240101", "1.2.3"
        yield study

    async def move(self, request: IncomingRequest) -> AsyncIterator[Reply]:
        """Says that it is done."""
        yield Reply(message=respond(request.message, 0x0000, number_of_completed_suboperations=3))


async def show_query_retrieve(_: Path) -> None:
    archive = OneStudy()
    moves = Offer(sop_classes={STUDY_ROOT.move: None}, handlers={CMoveRq.COMMAND_FIELD: archive.move})
    async with application(FindScp([STUDY_ROOT], archive).offer, moves) as node:
        printed = await output_of("query_retrieve_scu", node.host, str(node.port), "ARCHIVE", "DOE*", "MODALITY")
    assert printed.startswith("DOE^JANE 20240101 0000H Success")


# What needs a peer is shown by one; every other example brings its own and ends by itself.
SHOWN: dict[str, Callable[[Path], Awaitable[None]]] = {
    "storage_scp": show_storage,
    "vendor_action_scp": show_vendor_action,
    "user_identity_scp": show_user_identity,
    "query_retrieve_scu": show_query_retrieve,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
async def test_an_example_runs(name: str, tmp_path: Path) -> None:
    if name in SHOWN:
        await SHOWN[name](tmp_path)
    elif name.endswith("_scp"):
        async with serving(name) as (node, _):
            assert node.port
    else:
        assert await output_of(name)
