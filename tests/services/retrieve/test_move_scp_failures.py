"""C-MOVE served: what does not get to the destination is counted, named and explained."""

import os
from pathlib import Path

from tests.services.retrieve.archives import CT, STUDY, Archive, asking, cts, elsewhere, moved, receiving
from tests.services.servers import ScriptedStore
from tests.support.instances import make_instance
from workbench.acse.policy import Policy
from workbench.services.retrieve.suboperations import Performed

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


# Failures at the destination


async def test_destination_where_nobody_listens_fails_all(tmp_path: Path) -> None:
    archive = cts(tmp_path, 3)
    performed: list[Performed] = []
    async with (
        receiving(ScriptedStore().handler) as node,
        asking(archive, elsewhere(node), observer=performed.append) as association,
    ):
        result = await moved(association)
    assert (result.status, result.failed, result.completed) == (0xA702, 3, 0)
    assert list(result.failed_uids) == archive.uids
    assert "connection refused" in result.words
    assert "does it let ARCHIVE call" in result.reason
    assert [one.sop_instance_uid for one in performed] == archive.uids
    assert all("connection refused" in one.reason for one in performed)


async def test_destination_that_rejects_fails_all(tmp_path: Path) -> None:
    store = ScriptedStore()
    policy = Policy(contexts={CT: None}, allowed_calling=frozenset({"SOMEBODY"}))
    async with receiving(store.handler, policy=policy) as node, asking(cts(tmp_path, 2), node) as association:
        result = await moved(association)
    assert (result.status, result.failed) == (0xA702, 2)
    assert "calling AE title not recognized" in result.words


async def test_instances_without_a_context_at_the_destination_fail(tmp_path: Path) -> None:
    ct = make_instance(tmp_path, "CT", study_uid=STUDY)
    mr = make_instance(tmp_path, "MR", study_uid=STUDY)
    archive, store = Archive([ct, mr]), ScriptedStore()
    policy = Policy(contexts={CT: None})
    async with receiving(store.handler, policy=policy) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.failed) == (0xB000, 1, 1)
    assert result.failed_uids == (archive.uids[1],)
    assert "abstract syntax not supported" in result.words
    assert "1 of 2 instances failed." in result.reason


async def test_statuses_of_the_destination_are_counted(tmp_path: Path) -> None:
    archive = cts(tmp_path, 5)
    store = ScriptedStore(script=[0xA700, 0xB000, 0xC123, 0x0000, 0x0122], comment="disk full")
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.warning, result.failed) == (0xB000, 1, 1, 3)
    assert list(result.failed_uids) == [archive.uids[place] for place in (0, 2, 4)]
    assert "(disk full)" in result.words


async def test_warnings_alone_are_a_warning_without_a_list(tmp_path: Path) -> None:
    store = ScriptedStore(script=[0xB000, 0xB007])
    async with receiving(store.handler) as node, asking(cts(tmp_path, 2), node) as association:
        result = await moved(association)
    assert (result.status, result.warning, result.failed_uids) == (0xB000, 2, ())
    assert result.reason.endswith("All 2 instances are stored, 2 of them with a warning.")


async def test_association_that_is_lost_is_opened_once_more_for_the_rest(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore(script=[0, 0, "abort"])
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.failed) == (0xB000, 19, 1)
    assert result.failed_uids == (archive.uids[2],)
    assert store.instances == archive.uids
    assert len(store.associations) == 2


async def test_association_that_is_lost_twice_ends_it(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 20), ScriptedStore(script=[0, "abort", 0, "abort"])
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.failed) == (0xB000, 2, 18)
    assert len(store.associations) == 2
    assert sorted(result.failed_uids) == sorted({*archive.uids} - {archive.uids[0], archive.uids[2]})


async def test_instance_whose_file_vanished_fails_alone(tmp_path: Path) -> None:
    archive, store = cts(tmp_path, 4), ScriptedStore()
    os.remove(archive.held[1].path)
    os.truncate(archive.held[2].path, 300)
    async with receiving(store.handler) as node, asking(archive, node) as association:
        result = await moved(association)
    assert (result.status, result.completed, result.failed) == (0xB000, 2, 2)
    assert list(result.failed_uids) == archive.uids[1:3]
    assert "the file cannot be read" in result.words
