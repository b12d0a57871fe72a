"""How far a scan and a send have come, as values to show."""

from dataclasses import dataclass

from ui.models import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress:
    """Files found and passed over since the list was last empty."""

    found: int = 0
    skipped: int = 0
    is_running: bool = False

    @property
    def sentence(self) -> str:
        """The counts in words; empty when nothing was scanned."""
        if not (self.found or self.skipped or self.is_running):
            return ""
        text = f"{words.count(self.found)} {'object' if self.found == 1 else 'objects'}"
        if self.skipped:
            text += f", {words.count(self.skipped)} skipped"
        return f"Scanning: {text}" if self.is_running else text


@dataclass(frozen=True, slots=True, kw_only=True)
class SendProgress:
    """The send under way, or the last one.

    Attributes:
        bytes_done: of the objects that are done with, sent or not, and of what is sent of the others.
        bytes_per_second, objects_per_second: of what was really sent, and of what the peer answered.
        remaining_seconds: None while it cannot be told.
        ending: "", "release" after Release after this object, "abort" after Abort now.
    """

    node: str = ""
    is_running: bool = False
    ending: str = ""
    total: int = 0
    stored: int = 0
    warnings: int = 0
    failed: int = 0
    not_sent: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    seconds: float = 0.0
    bytes_per_second: float = 0.0
    objects_per_second: float = 0.0
    remaining_seconds: float | None = None

    @property
    def done(self) -> int:
        """Objects with a result."""
        return self.stored + self.warnings + self.failed + self.not_sent

    @property
    def fraction(self) -> float:
        """0..1 by bytes, so that one large object counts as what it is."""
        if self.total and self.done == self.total:
            return 1.0
        return self.bytes_done / self.bytes_total if self.bytes_total else 0.0

    @property
    def sentence(self) -> str:
        """All of it in one line; empty before the first send."""
        if not self.total:
            return ""
        parts = [f"{words.count(self.done)} of {words.count(self.total)}", f"{words.count(self.stored)} stored"]
        counts = ((self.warnings, "warning", "warnings"), (self.failed, "failed", "failed"))
        parts += [f"{words.count(n)} {one if n == 1 else many}" for n, one, many in counts if n]
        if self.not_sent:
            parts.append(f"{words.count(self.not_sent)} not sent")
        if self.bytes_per_second or self.objects_per_second:
            parts.append(f"{words.size(round(self.bytes_per_second))}/s, {self.objects_per_second:.0f} objects/s")
        if not self.is_running:
            parts.append(f"in {words.latency(self.seconds)}")
        elif self.ending:
            parts.append({"release": "releasing after this object", "abort": "aborting"}[self.ending])
        elif self.remaining_seconds is not None:
            parts.append(f"about {words.duration(self.remaining_seconds)} left")
        return "   ·   ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryProgress:
    """The query under way, or the last one.

    Attributes:
        path: what was opened to come here, from the top; empty at the top.
        can_retrieve: whether matches of this kind can be retrieved.
        sentence: how it goes, or how it ended, in words; empty before the first query.
    """

    node: str = ""
    is_running: bool = False
    is_failed: bool = False
    path: tuple[str, ...] = ()
    can_retrieve: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveProgress:
    """The retrieval under way, or the last one; objects by what became of them."""

    is_running: bool = False
    is_failed: bool = False
    completed: int = 0
    failed: int = 0
    warnings: int = 0
    remaining: int = 0
    sentence: str = ""

    @property
    def total(self) -> int:
        """Objects to retrieve, as far as the peer says."""
        return self.completed + self.failed + self.warnings + self.remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentProgress:
    """The request for storage commitment under way, or the last one; the sentence is empty before the first."""

    is_running: bool = False
    is_failed: bool = False
    sentence: str = ""
