"""What was asked of our SCP and not reported yet: a file for each transaction, there again after a restart."""

import logging
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

import msgspec

from workbench.errors import StorageError
from workbench.services.commitment.references import Reference
from workbench.storage.archive import Archive, make_folder
from workbench.storage.naming import is_safe_uid

_log = logging.getLogger(__name__)

FILE_VERSION = 1
_SUFFIX = ".json"


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is to be reported on.

    Attributes:
        requestor: the AE title that asked.
        provider: the AE title that it asked, by which it knows us.
        attempts: how often a report was tried on an association of our own.
    """

    transaction_uid: str
    requestor: str
    provider: str
    references: tuple[Reference, ...]
    attempts: int = 0
    version: int = FILE_VERSION

    def is_repetition_of(self, other: "Transaction") -> bool:
        """Whether the same AE asks for the same again."""
        return self.requestor == other.requestor and set(self.references) == set(other.references)


class Transactions:
    """The transactions in a folder. Everything here blocks.

    Args:
        folder: made when it does not exist.

    Raises:
        StorageError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        make_folder(folder)
        self._archive = Archive(folder)

    def close(self) -> None:
        """Gives the folder back."""
        self._archive.close()

    def keep(self, transaction: Transaction) -> None:
        """Writes a transaction, in the place of an older state of it; durable when this returns.

        Raises:
            StorageError: the disk does not take it; the older state is whole.
        """
        self._archive.store(f"{transaction.transaction_uid}{_SUFFIX}", [msgspec.json.encode(transaction)])

    def remove(self, transaction_uid: str) -> None:
        """Forgets a transaction; one that is not there is no error.

        Raises:
            StorageError: its file cannot be removed.
        """
        path = self._archive.path_of(f"{transaction_uid}{_SUFFIX}")
        try:
            Path(path).unlink(missing_ok=True)
            self._archive.sync()
        except OSError as error:
            raise StorageError(f"cannot be removed: {error.strerror or error}", path=path) from error

    def __iter__(self) -> Iterator[Transaction]:
        """Gives the transactions; a file that cannot be read is logged and left alone."""
        for path in sorted(Path(self._archive.folder).glob(f"*{_SUFFIX}")):
            try:
                transaction = msgspec.json.decode(path.read_bytes(), type=Transaction)
            except (OSError, msgspec.DecodeError) as error:
                _log.warning("! %s is no transaction of storage commitment: %s", path.name, error)
                continue
            if transaction.version == FILE_VERSION and path.name == f"{transaction.transaction_uid}{_SUFFIX}":
                if is_safe_uid(transaction.transaction_uid):
                    yield transaction
            else:
                _log.warning("! %s is of another version or name; it is left alone", path.name)
