"""Steps and subscriptions survive: what was committed is there, the rest is not."""

import sqlite3
from pathlib import Path

import pytest

from tests.services.ups.steps import LOCK, OTHER_UID, UID, data_set, new_step
from workbench.errors import StatusError, StorageError
from workbench.services.ups.data_sets import settle
from workbench.services.ups.store import FILE_NAME, LONGEST_STEP, Store
from workbench.services.ups.subscriptions import GlobalSubscription, Subscription
from workbench.services.ups.workitems import Workitem

STEP = Workitem(
    sop_instance_uid=UID,
    data_set=settle(new_step(ProcedureStepLabel="Überprüfung", TransactionUID=LOCK)),
    subscribers={"A": Subscription.WITH_LOCK, "B": Subscription.WITHOUT_LOCK},
    ended=12.5,
)
EVERYTHING = GlobalSubscription(state=Subscription.WITH_LOCK)
SOME = GlobalSubscription(state=Subscription.WITHOUT_LOCK, filter=b"\x01\x02")


def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    first = Store(tmp_path / "ups")
    assert first.is_new
    assert (tmp_path / "ups").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "ups" / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert (first.steps(), first.global_subscriptions()) == ([], {})
    first.commit([STEP], [], {"A": EVERYTHING, "B": SOME})
    first.close()
    second = Store(tmp_path / "ups")
    assert not second.is_new
    assert second.steps() == [STEP]
    assert second.global_subscriptions() == {"A": EVERYTHING, "B": SOME}
    second.close()


def test_steps_and_subscriptions_are_replaced_and_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    other = Workitem(sop_instance_uid=OTHER_UID, data_set=new_step())
    store.commit([STEP, other], [], {"A": EVERYTHING, "B": SOME})
    changed = STEP.with_attributes(data_set(ProcedureStepLabel="again"))
    store.commit([changed], [OTHER_UID], {"A": SOME, "B": None})
    assert store.steps() == [changed]
    assert store.global_subscriptions() == {"A": SOME}
    store.close()


def test_a_step_grows_up_to_a_limit(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([STEP], [], {})
    store.commit([STEP.with_attributes(data_set(TextValue="x" * (LONGEST_STEP // 2)))], [], {})
    with pytest.raises(StatusError, match="over") as refused:
        store.commit([STEP.with_attributes(data_set(TextValue="x" * LONGEST_STEP))], [], {})
    assert refused.value.status == 0x0213
    (kept,) = store.steps()
    assert len(str(kept.data_set.TextValue)) == LONGEST_STEP // 2
    store.close()


def test_a_full_worklist_takes_no_new_step_but_lets_the_others_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    store.commit([STEP], [], {})
    monkeypatch.setattr("workbench.services.ups.store.MOST_BYTES", 100)
    with pytest.raises(StatusError, match="is full: 1 steps"):
        store.commit([Workitem(sop_instance_uid=OTHER_UID, data_set=new_step())], [], {})
    store.commit([STEP.with_attributes(data_set(ProcedureStepState="COMPLETED"))], [], {})
    store.close()
    store = Store(tmp_path)  # what is held is counted again
    with pytest.raises(StatusError, match="is full: 1 steps"):
        store.commit([Workitem(sop_instance_uid=OTHER_UID, data_set=new_step())], [], {})
    store.commit([], [UID], {})
    monkeypatch.undo()
    store.commit([Workitem(sop_instance_uid=OTHER_UID, data_set=new_step())], [], {})
    store.close()


def test_one_process_has_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(StorageError, match="locked"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_a_file_that_is_none_and_one_of_another_version_are_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 100)
    with pytest.raises(StorageError, match="cannot be opened"):
        Store(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("PRAGMA user_version = 7")
    database.close()
    with pytest.raises(StorageError, match="version 7"):
        Store(tmp_path)


def test_damaged_content_is_told_when_it_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([STEP], [], {"A": EVERYTHING})
    store.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("UPDATE step SET data_set = x'1000'")
        database.execute("UPDATE global_subscription SET state = 'MAYBE'")
    database.close()
    store = Store(tmp_path)
    with pytest.raises(StorageError, match="damaged"):
        store.steps()
    with pytest.raises(StorageError, match="damaged"):
        store.global_subscriptions()
    store.close()


def test_a_commit_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([STEP], [], {})
    store.close()
    with pytest.raises(StorageError, match="not written"):
        store.commit([], [UID], {})
    store = Store(tmp_path)
    assert store.steps() == [STEP]
    store.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        Store(tmp_path / "file")
