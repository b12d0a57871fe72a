"""Several queries in a run: on one association or several, repeated, cancelled, aborted, and what goes wrong."""

from dataclasses import dataclass, field, replace

from tests.services.query.archives import Scripted, made, until_cancelled
from tests.services.retrieve.archives import serving
from tests.services.servers import LOCAL, serve
from workbench.config import Node
from workbench.errors import NoAcceptedContext, TransportError, WorkbenchError
from workbench.net.association import Association
from workbench.net.outcome import Outcome
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find import FindResult, Match
from workbench.services.query.find_scp import FindScp
from workbench.services.query.key_paths import parse_key
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.services.query.querying import Querying
from workbench.services.query.request import RequestIdentifier
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

NAMES = AttributeNames()
STUDIES = [made(StudyInstanceUID=f"1.2.{number}", PatientID=str(number % 3)) for number in range(9)]


def query(patient: int) -> RequestIdentifier:
    keys = ("0008,0052=STUDY", f"PatientID={patient}", "StudyInstanceUID")
    return RequestIdentifier(source=f"{patient}.dcm").overridden([parse_key(key, NAMES) for key in keys], NAMES)


@dataclass
class Heard:
    """Keeps what is told."""

    said: list[str] = field(default_factory=list)
    matches: dict[str, list[str]] = field(default_factory=dict)
    results: list[FindResult] = field(default_factory=list)
    errors: list[WorkbenchError] = field(default_factory=list)
    ends: list[Outcome | None] = field(default_factory=list)
    syntaxes: set[str] = field(default_factory=set)

    def associated(self, association: Association) -> None:
        self.said.append("associated")

    def asked(self, association: Association, query: RequestIdentifier, transfer_syntax_uid: str) -> None:
        self.said.append("asked")
        self.syntaxes.add(transfer_syntax_uid)

    async def matched(self, association: Association, query: RequestIdentifier, match: Match) -> None:
        self.matches.setdefault(query.source, []).append(match.data_set.StudyInstanceUID)

    def ended(self, association: Association, query: RequestIdentifier, result: FindResult) -> None:
        self.said.append("ended")
        self.results.append(result)

    def closed(self, association: Association, *, is_aborted: bool) -> None:
        self.said.append("aborted" if is_aborted else "released")
        self.ends.append(association.outcome)

    def failed(self, association: Association | None, error: WorkbenchError) -> None:
        self.said.append("failed")
        self.errors.append(error)


def serving_studies() -> FindScp:
    return FindScp([STUDY_ROOT], data_set_provider(STUDIES))


async def heard(querying: Querying, *queries: RequestIdentifier) -> Heard:
    listener = Heard()
    await querying.run(queries, listener)
    return listener


def querying(node: Node, **further: object) -> Querying:
    return replace(Querying(node=node, model=STUDY_ROOT, local=LOCAL), **further)  # type: ignore[arg-type]


async def test_queries_are_asked_in_turn_on_one_association() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node), query(0), query(1))
    assert found.said == ["associated", "asked", "ended", "asked", "ended", "released"]
    assert found.matches == {"0.dcm": ["1.2.0", "1.2.3", "1.2.6"], "1.dcm": ["1.2.1", "1.2.4", "1.2.7"]}
    assert all(result.is_done for result in found.results)


async def test_queries_are_repeated() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node, repeat=3), query(0))
    assert found.said == ["associated", *["asked", "ended"] * 3, "released"]
    assert len(found.matches["0.dcm"]) == 9


async def test_queries_are_shared_among_associations() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node, jobs=2), query(0), query(1), query(2))
    assert (found.said.count("associated"), found.said.count("ended"), found.said.count("released")) == (2, 3, 2)
    assert sorted(uid for uids in found.matches.values() for uid in uids) == [f"1.2.{number}" for number in range(9)]


async def test_no_more_associations_than_queries() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node, jobs=5), query(0))
    assert found.said == ["associated", "asked", "ended", "released"]


async def test_the_transfer_syntax_is_one_of_those_proposed() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,)), query(0))
    assert found.syntaxes == {IMPLICIT_VR_LITTLE_ENDIAN}


async def test_cancel_and_limit() -> None:
    async with serving(FindScp([STUDY_ROOT], Scripted(until_cancelled)).offer) as node:
        cancelled = await heard(querying(node, cancel_after=1), query(0))
        limited = await heard(querying(node, limit=2), query(0))
    assert cancelled.results[0].was_cancelled
    assert cancelled.results[0].is_done
    assert len(limited.matches["0.dcm"]) == 2


async def test_an_abort_ends_it() -> None:
    async with serving(serving_studies().offer) as node:
        found = await heard(querying(node, abort=True), query(0))
    assert found.said == ["associated", "asked", "ended", "aborted"]


async def test_a_peer_without_the_model() -> None:
    async with serving(FindScp([PATIENT_ROOT], data_set_provider([])).offer) as node:
        found = await heard(querying(node), query(0))
    assert found.said == ["associated", "failed"]
    assert isinstance(found.errors[0], NoAcceptedContext)


async def test_nobody_there(unused_tcp_port: int) -> None:
    async with serve() as node:
        found = await heard(querying(replace(node, port=unused_tcp_port)), query(0))
    assert found.said == ["failed"]
    assert isinstance(found.errors[0], TransportError)
