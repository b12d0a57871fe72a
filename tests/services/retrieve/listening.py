"""What is told of retrieves, kept for tests."""

from dataclasses import dataclass, field

from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.key_paths import parse_key
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.progress import Progress, RetrieveResult

NAMES = AttributeNames()


def study(uid: str) -> RequestIdentifier:
    """Gives the identifier of a study, as keys make it."""
    keys = ("0008,0052=STUDY", f"StudyInstanceUID={uid}")
    return RequestIdentifier().overridden([parse_key(key, NAMES) for key in keys], NAMES)


@dataclass
class Heard:
    """Keeps what is told."""

    said: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    results: list[RetrieveResult] = field(default_factory=list)
    errors: list[WorkbenchError] = field(default_factory=list)

    def associated(self, association: Association) -> None:
        """Notes it."""
        self.said.append("associated")

    def asked(self, association: Association, query: RequestIdentifier) -> None:
        """Notes it."""
        self.said.append("asked")

    def progressed(self, association: Association, query: RequestIdentifier, progress: Progress) -> None:
        """Notes how many are completed."""
        self.counts.append(progress.completed)

    def ended(self, association: Association, query: RequestIdentifier, result: RetrieveResult) -> None:
        """Keeps the result."""
        self.said.append("ended")
        self.results.append(result)

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        """Notes how."""
        self.said.append("aborted" if is_aborted else "released")

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        """Keeps the error."""
        self.said.append("lost" if association else "failed")
        self.errors.append(error)
