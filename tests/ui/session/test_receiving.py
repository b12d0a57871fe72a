"""The local AE as SCP: stores, lists, stops, serves while the window is blocked."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from tests.support.instances import data_set_bytes
from tests.ui.session.conftest import CALLER, LOCAL, BenchMaker, Scp, Wait
from ui.jobs import JobState
from ui.models.roles import Category
from ui.session.acceptance import acceptance
from ui.session.receiving import row_of
from workbench.config import LocalAe, Node
from workbench.errors import AssociationRejected
from workbench.net.requestor import connect
from workbench.services.commitment import COMMITMENT_CONTEXTS, CommitmentListener
from workbench.services.commitment.references import STORAGE_COMMITMENT
from workbench.services.storage.outcomes import Summary
from workbench.services.storage.scp import ReceivedObject
from workbench.services.storage.sending import Sending
from workbench.services.verification import echo
from workbench.storage.part10 import scan
from workbench.upper_layer.items import ProposedContext, RoleSelection


def send(maker: BenchMaker, scp: Scp, paths: list[Path]) -> Summary:
    sending = Sending([scan(path) for path in paths], scp.node(), CALLER)
    return maker.engine.submit(sending.run()).result(10)


async def echo_once(node: Node, local: LocalAe) -> int:
    contexts = [
        ProposedContext(context_id=1, abstract_syntax="1.2.840.10008.1.1", transfer_syntaxes=("1.2.840.10008.1.2",))
    ]
    async with connect(node, contexts, local=local) as association:
        return (await echo(association)).message.status


def test_objects_are_stored_and_listed(maker: BenchMaker, scp: Scp, instances: list[Path], wait: Wait) -> None:
    job = scp.start()
    assert scp.listener.is_running
    assert job.detail.startswith("listening on 127.0.0.1:")
    assert send(maker, scp, instances).stored == 3
    wait(lambda: len(scp.rows) == 3)
    assert list(scp.model.rows) == scp.rows
    row = next(row for row in scp.rows if row.sop_class == "CT Image")
    assert (row.calling_ae_title, row.category, row.result) == ("CT3", Category.OK, "✔ 0000H Success")
    assert data_set_bytes(row.path) == data_set_bytes(instances[0])
    assert row.size == len(data_set_bytes(instances[0]))


def test_stopping_ends_the_job_and_frees_the_address(maker: BenchMaker, scp: Scp, wait: Wait) -> None:
    job = scp.start()
    node = scp.node()
    assert scp.listener.stop() is job
    wait(lambda: not job.is_running)
    assert (job.state, job.outcome) == (JobState.DONE, f"{node.host}:{node.port} is closed")
    assert scp.listener.address is None
    again = scp.start()
    assert again is not job


def test_a_second_start_is_the_first(scp: Scp) -> None:
    assert scp.start() is scp.start()


def test_stopping_before_it_listens_works_too(scp: Scp, wait: Wait) -> None:
    job = scp.listener.start(LOCAL, partial(acceptance, LOCAL, (), None), scp.folder)
    scp.listener.stop()
    wait(lambda: not job.is_running)
    assert job.state is JobState.DONE


def test_an_address_in_use_is_told(maker: BenchMaker, scp: Scp, tmp_path: Path, wait: Wait) -> None:
    scp.start()
    taken = LocalAe(ae_title="OTHER", port=scp.node().port)
    other = Scp(maker, tmp_path / "other", wait)
    job = other.listener.start(taken, partial(acceptance, taken, (), None), other.folder)
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert "another program listens" in job.outcome
    assert maker.messages[-1][0] == "error"


def test_a_folder_that_cannot_be_made_is_told(scp: Scp, wait: Wait) -> None:
    scp.folder.write_text("a file is in the way")
    job = scp.listener.start(LOCAL, partial(acceptance, LOCAL, (), None), scp.folder / "below")
    wait(lambda: not job.is_running)
    assert job.state is JobState.FAILED
    assert str(scp.folder) in job.outcome


def test_another_policy_holds_from_the_next_association_on(maker: BenchMaker, scp: Scp) -> None:
    scp.start()
    stranger = LocalAe(ae_title="MR9")
    with pytest.raises(AssociationRejected):
        maker.engine.submit(echo_once(scp.node(), stranger)).result(10)
    scp.listener.use(partial(acceptance, LocalAe(ae_title="WORKBENCH", allowed_calling=("MR9",)), (), None))
    assert maker.engine.submit(echo_once(scp.node(), stranger)).result(10) == 0


@pytest.mark.parametrize("commitment", [False, True])
def test_reports_on_commitment_are_taken_also_from_whoever_forgets_to_ask_for_the_role(
    maker: BenchMaker, tmp_path: Path, wait: Wait, commitment: bool
) -> None:
    local = replace(LOCAL, commitment=commitment)
    ours = Scp(maker, tmp_path / "ours", wait, local, reports=CommitmentListener())
    ours.start()

    async def context_for(role: Literal["SCU", "SCP"], *roles: RoleSelection) -> None:
        async with connect(ours.node(), COMMITMENT_CONTEXTS, local=CALLER, user_information=roles) as association:
            association.agreement.context_for(STORAGE_COMMITMENT, role=role)

    as_scp = RoleSelection(sop_class_uid=STORAGE_COMMITMENT, scu_role=False, scp_role=True)
    maker.engine.submit(context_for("SCU")).result(10)
    maker.engine.submit(context_for("SCP", as_scp)).result(10)


def test_an_association_is_served_while_the_window_is_blocked(scp: Scp) -> None:
    scp.start()
    # This thread is the window's: until the echo is answered it turns no event loop of Qt.
    assert asyncio.run(echo_once(scp.node(), CALLER)) == 0


@pytest.mark.parametrize(
    ("status", "reason", "is_not_kept", "result", "category"),
    [
        (0x0000, "", False, "✔ 0000H Success", Category.OK),
        (0xB000, "", False, "▲ B000H Warning: coercion of data elements", Category.WARNING),
        (0xA700, "A700H disk full", False, "✖ A700H disk full", Category.ERROR),
        (0x0000, "acknowledged, not kept", True, "✖ acknowledged, not kept", Category.ERROR),
    ],
)
def test_what_is_not_kept_is_red_whatever_was_answered(
    status: int, reason: str, is_not_kept: bool, result: str, category: Category
) -> None:
    received = ReceivedObject(
        association=1,
        calling_ae_title="CT3",
        peer="127.0.0.1:4000",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid="1.2.3",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        status=status,
        reason=reason,
        path="",
        length=10,
        seconds=0.1,
        is_not_kept=is_not_kept,
    )
    row = row_of(0.0, received)
    assert (row.result, row.category, row.is_not_kept) == (result, category, is_not_kept)


def test_what_replaced_another_object_is_a_warning() -> None:
    received = ReceivedObject(
        association=1,
        calling_ae_title="CT3",
        peer="127.0.0.1:4000",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid="1.2.3",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        status=0x0000,
        reason="",
        path="archive/CT.1.2.3",
        length=10,
        seconds=0.1,
        replaced="archive/.replaced/CT.1.2.3.1",
    )
    row = row_of(0.0, received)
    assert (row.result, row.category) == ("▲ 0000H Success · replaced another object", Category.WARNING)
