"""What was asked and not reported is there after a restart."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import ExpectLog
from tests.services.commitment.archives import references
from workbench.errors import StorageError
from workbench.services.commitment.transactions import Transaction, Transactions

ASKED = Transaction(transaction_uid="2.25.1", requestor="MODALITY", provider="ME", references=references(1, 2))


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Transactions(tmp_path / "transactions")
    first.keep(ASKED)
    first.keep(replace(ASKED, transaction_uid="2.25.2"))
    first.keep(replace(ASKED, attempts=3))
    first.close()
    again = Transactions(tmp_path / "transactions")
    assert list(again) == [replace(ASKED, attempts=3), replace(ASKED, transaction_uid="2.25.2")]
    again.remove("2.25.1")
    again.remove("2.25.1")
    assert list(again) == [replace(ASKED, transaction_uid="2.25.2")]
    again.close()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"transaction_uid": 5}'])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, content: bytes, expect_log: ExpectLog) -> None:
    expect_log(r"2\.25\.9\.json is no transaction")
    transactions = Transactions(tmp_path)
    transactions.keep(ASKED)
    (tmp_path / "2.25.9.json").write_bytes(content)
    assert list(transactions) == [ASKED]
    assert (tmp_path / "2.25.9.json").read_bytes() == content
    transactions.close()


@pytest.mark.parametrize("name", ["2.25.2.json", "x.json"])
def test_a_file_of_another_name_is_left_alone(tmp_path: Path, name: str, expect_log: ExpectLog) -> None:
    expect_log(f"{name} is of another version or name")
    transactions = Transactions(tmp_path)
    transactions.keep(ASKED)
    (tmp_path / "2.25.1.json").rename(tmp_path / name)
    assert list(transactions) == []
    transactions.close()


def test_the_same_from_the_same_is_a_repetition() -> None:
    other_order = replace(ASKED, references=references(2, 1))
    assert ASKED.is_repetition_of(other_order)
    assert not ASKED.is_repetition_of(replace(ASKED, requestor="OTHER"))
    assert not ASKED.is_repetition_of(replace(ASKED, references=references(1)))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be made"):
        Transactions(tmp_path / "file" / "transactions")
