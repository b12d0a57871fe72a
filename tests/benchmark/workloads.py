"""What is sent in a measurement: echoes, or files that are made once and removed at the end."""

import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.support.instances import MIB, data_set_offset, make_instance, make_large

MEMORY_FOLDER: Final = Path("/dev/shm")  # a tmpfs wherever Linux runs; other systems use the folder for temporary files
_ROOM: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """So many echoes, or so many files of a size: `file_bytes` 0 means echoes."""

    name: str
    count: int
    file_bytes: int = 0

    @property
    def is_store(self) -> bool:
        """Whether objects are stored; otherwise the node is echoed."""
        return self.file_bytes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured; the quick ones only show that everything works."""

    echo: Workload
    small: Workload
    ct: Workload
    slow_echo: Workload
    slow_small: Workload
    slow_ct: Workload
    big: Workload
    huge: Workload
    far: Workload
    associations: int
    studies: int
    find: int
    slow_find: int


FULL: Final = Sizes(
    echo=Workload(name="echo", count=6000),
    small=Workload(name="small", count=2000, file_bytes=10_240),
    ct=Workload(name="ct", count=1000, file_bytes=512 * 1024),
    slow_echo=Workload(name="echo", count=60),
    slow_small=Workload(name="small-60", count=60, file_bytes=10_240),
    slow_ct=Workload(name="ct-60", count=60, file_bytes=512 * 1024),
    big=Workload(name="500 MB", count=1, file_bytes=500 * MIB),
    huge=Workload(name="2 GB", count=1, file_bytes=2048 * MIB),
    far=Workload(name="small-200", count=200, file_bytes=10_240),
    associations=600,
    studies=10_000,
    find=10_000,
    slow_find=1000,
)
QUICK: Final = Sizes(
    echo=Workload(name="echo", count=40),
    small=Workload(name="small", count=6, file_bytes=10_240),
    ct=Workload(name="ct", count=3, file_bytes=300 * 1024),
    slow_echo=Workload(name="echo", count=3),
    slow_small=Workload(name="small-3", count=3, file_bytes=10_240),
    slow_ct=Workload(name="ct-3", count=3, file_bytes=300 * 1024),
    big=Workload(name="3 MB", count=1, file_bytes=3 * MIB),
    huge=Workload(name="5 MB", count=1, file_bytes=5 * MIB),
    far=Workload(name="small-20", count=20, file_bytes=10_240),
    associations=4,
    studies=50,
    find=40,
    slow_find=10,
)


class Files:
    """A folder for the files of a run; used as a context manager, which removes it."""

    def __init__(self) -> None:
        in_memory = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > _ROOM
        self._folder = tempfile.TemporaryDirectory(prefix="dwb-benchmark-", dir=MEMORY_FOLDER if in_memory else None)
        self.folder = Path(self._folder.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def of(self, workload: Workload) -> Path:
        """Gives the folder with the files of a workload, made when first asked for."""
        folder = self.folder / workload.name.replace(" ", "-")
        if not folder.exists():
            folder.mkdir()
            for number in range(workload.count):
                path = folder / f"{number:05}.dcm"
                if workload.file_bytes > 64 * MIB:
                    _fill(make_large(path, workload.file_bytes))
                else:
                    make_instance(path, size_bytes=workload.file_bytes)
        return folder

    def fresh(self, name: str) -> Path:
        """Gives a new empty folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


def _fill(path: Path) -> None:
    """Writes bytes into the hole that is the pixel data: a hole would be read faster than any real file."""
    block = random.Random(1).randbytes(MIB)
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        at = file.seek(data_set_offset(path) + MIB)
        while at < end:
            at += file.write(block[: end - at])
