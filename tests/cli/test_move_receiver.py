"""The receiver that movescu is itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.asked import free_port
from tests.services.servers import LOCAL
from tests.support.instances import make_instance
from workbench.acse.contexts import propose
from workbench.cli.move_receiver import MoveReceiver
from workbench.cli.movescu_options import make_parser
from workbench.cli.output import Level, Output
from workbench.cli.parser import Options
from workbench.cli.requesting import Requestor
from workbench.cli.retrieve_report import RetrieveReport
from workbench.config import Node
from workbench.errors import StorageError
from workbench.net.requestor import connect
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.storage.scu import store
from workbench.services.verification import echo
from workbench.storage.part10 import scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION

CT = "1.2.840.10008.5.1.4.1.1.2"


def receiver(folder: Path, port: int, *words: str) -> tuple[MoveReceiver, Options, RetrieveReport]:
    options = make_parser().parse(
        ["localhost", "104", "-k", "PatientID=1", "+P", str(port), "-od", str(folder), *words]
    )
    output = Output(level=Level.WARNING, as_json=False)
    report = RetrieveReport(output, AttributeNames(), "Move")
    return MoveReceiver(options, output, report), options, report


@asynccontextmanager
async def listening(made: MoveReceiver, port: int) -> AsyncIterator[Node]:
    node = Node(name="own", host="127.0.0.1", port=port, ae_title="MOVESCU")
    async with made.server(Requestor(node=node, local=LOCAL, tls=None, user_information=()), None):
        yield node
    await made.close_names()


async def test_it_takes_objects_and_echoes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    instance = scan(make_instance(tmp_path, "CT"))
    port = free_port()
    made, _, report = receiver(out, port)
    contexts = propose([(VERIFICATION, ()), (CT, (EXPLICIT_VR_LITTLE_ENDIAN,))])[0]
    async with listening(made, port) as node, connect(node, contexts, local=LOCAL) as association:
        assert (await echo(association)).message.status == 0
        assert (await store(association, instance)).status == 0
    made.close()
    assert report.arrived() == 1
    assert [path.name for path in out.iterdir()] == [f"CT.{instance.sop_instance_uid}"]


async def test_the_preferred_transfer_syntax_is_chosen(tmp_path: Path) -> None:
    port = free_port()
    made, _, _ = receiver(tmp_path, port, "+xb")
    (contexts,) = propose([(CT, (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN))])
    async with listening(made, port) as node, connect(node, contexts, local=LOCAL) as association:
        assert association.agreement.context_for(CT).transfer_syntax == EXPLICIT_VR_LITTLE_ENDIAN
    made.close()


def test_where_it_is(tmp_path: Path) -> None:
    made, options, _ = receiver(tmp_path, 11112)
    assert (made.node("STORE").port, made.node("STORE").ae_title, options.listen) == (11112, "STORE", 11112)
    made.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no such folder"):
        receiver(tmp_path / "missing", 11112)
