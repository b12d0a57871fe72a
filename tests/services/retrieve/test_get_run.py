"""Several C-GET on one association, and further associations for what did not come."""

from dataclasses import replace
from pathlib import Path

from tests.services.retrieve.archives import CT, MR, STUDY, Archive, cts, serving
from tests.services.retrieve.listening import Heard, study
from tests.services.servers import LOCAL, ScriptedStore
from tests.support.instances import make_instance
from workbench.config import Node
from workbench.errors import NoAcceptedContext, TransportError
from workbench.net.association import Association
from workbench.services.query.models import PATIENT_ROOT, STUDY_ROOT
from workbench.services.retrieve.get import get_contexts
from workbench.services.retrieve.get_run import GetRun
from workbench.services.retrieve.get_scp import GetScp
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


def run(node: Node, store: ScriptedStore, classes: tuple[str, ...] = (CT,), **further: object) -> GetRun:
    contexts = [share for one in classes for share in get_contexts(STUDY_ROOT, [one], together=True)]
    made = GetRun(node=node, model=STUDY_ROOT, local=LOCAL, contexts=contexts, receive=store.handler)
    return replace(made, **further)  # type: ignore[arg-type]


async def test_retrieves_are_asked_in_turn_on_one_association(tmp_path: Path) -> None:
    store, heard = ScriptedStore(), Heard()
    async with serving(GetScp([STUDY_ROOT], cts(tmp_path / "archive", 3)).offer) as node:
        await run(node, store, repeat=2).run([study(STUDY), study("1.2.3")], heard)
    assert heard.said == ["associated", *["asked", "ended"] * 4, "released"]
    assert [result.completed for result in heard.results] == [3, 0, 3, 0]
    assert (len(store.received), len(store.associations)) == (6, 1)
    assert {1, 2, 3} <= set(heard.counts)


async def test_what_did_not_come_is_asked_for_on_another_association(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    archive = Archive([make_instance(folder, kind, study_uid=STUDY) for kind in ("CT", "MR", "CT")])
    store, heard, associations = ScriptedStore(), Heard(), set[int]()

    def observe(association: Association) -> None:
        associations.add(association.number)

    async with serving(GetScp([STUDY_ROOT], archive).offer, observer=observe) as node:
        await run(node, store, (CT, MR)).run([study(STUDY)], heard)
    (result,) = heard.results
    assert (result.completed, result.failed, result.status) == (3, 0, 0)
    assert len(set(store.instances)) == 3
    assert len(associations) == 2


async def test_an_abort_ends_it(tmp_path: Path) -> None:
    heard = Heard()
    async with serving(GetScp([STUDY_ROOT], cts(tmp_path / "archive", 1)).offer) as node:
        await run(node, ScriptedStore(), abort=True).run([study(STUDY)], heard)
    assert heard.said == ["associated", "asked", "ended", "aborted"]


async def test_what_goes_wrong_is_told(tmp_path: Path, unused_tcp_port: int) -> None:
    archive = cts(tmp_path / "archive", 2)
    heard = [Heard(), Heard(), Heard()]
    async with serving(GetScp([STUDY_ROOT], archive).offer) as node:
        await run(replace(node, port=unused_tcp_port), ScriptedStore()).run([study(STUDY)], heard[0])
        await run(node, ScriptedStore(script=["abort"])).run([study(STUDY)], heard[1])
    async with serving(GetScp([PATIENT_ROOT], archive).offer) as node:
        await run(node, ScriptedStore()).run([study(STUDY)], heard[2])
    assert [each.said[-1] for each in heard] == ["failed", "lost", "lost"]
    assert isinstance(heard[0].errors[0], TransportError)
    assert isinstance(heard[2].errors[0], NoAcceptedContext)


def test_syntaxes_of_a_class_together_or_apart() -> None:
    jpeg = "1.2.840.10008.1.2.4.70"
    syntaxes = (jpeg, EXPLICIT_VR_LITTLE_ENDIAN)
    (together,) = get_contexts(STUDY_ROOT, [CT], syntaxes, together=True, query_syntaxes=[IMPLICIT_VR_LITTLE_ENDIAN])
    assert [context.transfer_syntaxes for context in together.contexts] == [(IMPLICIT_VR_LITTLE_ENDIAN,), syntaxes]
    (apart,) = get_contexts(STUDY_ROOT, [CT], syntaxes)
    assert [context.transfer_syntaxes for context in apart.contexts[1:]] == [(EXPLICIT_VR_LITTLE_ENDIAN,), (jpeg,)]
