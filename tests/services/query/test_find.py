"""C-FIND as SCU: matches, limits, cancels, results in words, identifiers."""

import pytest
from pydicom.dataset import Dataset

from tests.services.query.archives import ask, asking, made
from workbench.acse.extended import QueryOptions
from workbench.dimse.messages import CFindRsp
from workbench.errors import ConfigError, DataSetError, NoAcceptedContext
from workbench.net.association import Association
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find import FindResult, Match, find, find_contexts, find_options, query_for
from workbench.services.query.find_scp import FindRequest, FindScp
from workbench.services.query.models import COMPOSITE_INSTANCE_ROOT, PATIENT_ROOT, STUDY_ROOT
from workbench.storage.matching import Kind, read_identifier
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

STUDIES = [made(StudyInstanceUID=f"1.2.{number}", PatientName="Doe") for number in range(200)]


def scp(data_sets: list[Dataset] = STUDIES) -> FindScp:
    return FindScp([STUDY_ROOT], data_set_provider(data_sets))


async def test_matches_come_decoded_with_their_status() -> None:
    async with asking(scp(), [STUDY_ROOT]) as association:
        matches, result = await ask(association, STUDY_ROOT, query_for("STUDY", PatientName="D*"))
    assert [match.data_set.StudyInstanceUID for match in matches] == [f"1.2.{number}" for number in range(200)]
    assert all(match.is_complete for match in matches)
    assert (result.status, result.matches, result.was_cancelled, result.is_done) == (0, 200, False, True)
    assert result.reason == "0000H Success: matching is complete"


async def test_no_more_than_the_limit_is_given_and_the_rest_cancelled() -> None:
    async with asking(scp(), [STUDY_ROOT]) as association:
        async with find(association, STUDY_ROOT, query_for("STUDY"), limit=5) as query:
            assert len([match async for match in query]) == 5
        assert query.result is not None
        assert (query.result.status, query.result.was_cancelled, query.result.is_done) == (0xFE00, True, True)
        async with find(association, STUDY_ROOT, query_for("STUDY"), limit=500) as query:
            assert len([match async for match in query]) == 200
        assert query.result is not None
        assert query.result.status == 0


async def test_after_a_cancel_what_is_on_its_way_still_comes() -> None:
    asked = query_for("STUDY")
    async with (
        asking(scp(), [STUDY_ROOT]) as association,
        find(association, STUDY_ROOT, asked, cancel_after=2) as query,
    ):
        received = [match async for match in query]
    assert query.result is not None
    assert 2 <= len(received) == query.result.matches < 200
    assert query.result.reason == "FE00H Cancel: matching terminated by a cancel request"


async def test_leaving_early_cancels_and_leaves_the_association_usable() -> None:
    async with asking(scp(), [STUDY_ROOT]) as association:
        async with find(association, STUDY_ROOT, query_for("STUDY")) as query:
            async for _ in query:
                break
        assert query.result is not None
        assert query.result.status == 0xFE00
        matches, _ = await ask(association, STUDY_ROOT, query_for("STUDY"))
        assert len(matches) == 200


async def test_an_exception_in_the_block_comes_out_plain() -> None:
    async def fail(association: Association) -> None:
        async with find(association, STUDY_ROOT, query_for("STUDY")) as query:
            await anext(query)
            raise ZeroDivisionError

    async with asking(scp(), [STUDY_ROOT]) as association:
        with pytest.raises(ZeroDivisionError):
            await fail(association)


async def test_text_beyond_ascii_is_sent_as_utf_8_unless_the_identifier_says_otherwise() -> None:
    seen: list[tuple[str, str]] = []

    def source(request: FindRequest) -> list[Dataset]:
        name = request.identifier.condition(0x00100010)
        item = request.identifier.condition(0x00081032)
        found = name or (item.items[0] if item else None)
        assert found is not None
        seen.append((request.identifier.charset, found.values[0]))
        return []

    latin = query_for("STUDY", PatientName="Müller", SpecificCharacterSet="ISO_IR 100")
    in_item = query_for("STUDY")
    in_item.ProcedureCodeSequence = [made(CodeMeaning="Schädel")]
    async with asking(FindScp([STUDY_ROOT], data_set_provider(source)), [STUDY_ROOT]) as association:
        for identifier in (query_for("STUDY", PatientName="山田*"), latin, in_item):
            await ask(association, STUDY_ROOT, identifier)
    assert seen == [("ISO_IR 192", "山田*"), ("ISO_IR 100", "Müller"), ("ISO_IR 192", "Schädel")]
    assert "SpecificCharacterSet" not in in_item


async def test_a_model_that_was_not_accepted_cannot_be_asked() -> None:
    async with asking(scp(), [STUDY_ROOT]) as association:
        with pytest.raises(NoAcceptedContext):
            async with find(association, PATIENT_ROOT, query_for("PATIENT")):
                raise AssertionError


def test_results_are_told_in_sentences() -> None:
    def result(status: int, comment: str | None = None, tags: tuple[int, ...] | None = None) -> FindResult:
        message = CFindRsp(
            message_id_being_responded_to=1, status=status, error_comment=comment, offending_element=tags
        )
        return FindResult(message=message, matches=0, was_cancelled=False)

    assert result(0xA700).reason == "A700H Refused: out of resources; narrow the query and try again"
    assert result(0xA900, "no level", (0x00080052,)).reason == (
        "A900H Error: identifier does not match SOP class; the SCP says: no level; at fault: (0008,0052); "
        "check the level, the unique keys of the levels above it, and the form of dates"
    )
    assert not result(0xC001).is_done
    assert not result(0xFE00).is_done  # nobody asked for the end
    assert result(0xB001).is_done


def test_a_match_without_a_sound_identifier_says_so_when_it_is_looked_at() -> None:
    with pytest.raises(DataSetError):
        _ = Match(data=b"rubbish!", transfer_syntax_uid=IMPLICIT_VR_LITTLE_ENDIAN, status=0xFF00).data_set


def test_contexts_and_options_are_proposed_for_models_that_are_queried() -> None:
    models = [STUDY_ROOT, COMPOSITE_INSTANCE_ROOT]
    assert [context.abstract_syntax for context in find_contexts(models)] == [STUDY_ROOT.find]
    (item,) = find_options(models, QueryOptions(relational=True))
    assert (item.sop_class_uid, item.application_information) == (STUDY_ROOT.find, b"\1")


def test_an_identifier_is_made_of_a_level_and_keywords() -> None:
    identifier = query_for("STUDY", ModalitiesInStudy="C*", StudyDate="20240101-", StudyInstanceUID="1.2\\1.3")
    read = read_identifier(identifier)
    assert read.level == "STUDY"
    assert {each.tag: each.kind for each in read.conditions} == {
        0x00080020: Kind.RANGE,
        0x00080061: Kind.WILDCARD,
        0x0020000D: Kind.UID_LIST,
    }
    assert "PatientName" in identifier
    with pytest.raises(ConfigError, match="'PatientsName' is no keyword"):
        query_for("STUDY", PatientsName="Doe")
