"""The list of contexts and the answers that come beside it."""

from dataclasses import replace

import pytest

from tests.ui.session.conftest import CALLER, LOCAL, BenchMaker, Scp, Wait
from ui.models.roles import Category
from ui.session.context_list import ContextList
from workbench.acse.profiles import Profile, ProfileContext
from workbench.config import LocalAe
from workbench.errors import AssociationRejected
from workbench.net.requestor import connect
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import ProposedContext

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
WORKLIST = "1.2.840.10008.5.1.4.31"
PROFILE = Profile(
    name="Mixed",
    contexts=(
        ProfileContext(sop_class_uid=VERIFICATION, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,)),
        ProfileContext(sop_class_uid=WORKLIST, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,)),
        ProfileContext(sop_class_uid=CT_IMAGE, transfer_syntaxes=(EXPLICIT_VR_LITTLE_ENDIAN,)),
    ),
)


@pytest.fixture
def contexts(maker: BenchMaker) -> ContextList:
    made = ContextList(maker.recording.book)
    maker.recording.associations_changed.connect(made.associations_changed)
    return made


def associate(maker: BenchMaker, scp: Scp, wait: Wait, caller: LocalAe = CALLER) -> None:
    """Proposes Verification and Worklist and releases; the SCP of the test takes the first only."""
    proposed = [
        ProposedContext(context_id=number, abstract_syntax=uid, transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
        for number, uid in ((1, VERIFICATION), (3, WORKLIST))
    ]

    async def once() -> None:
        async with connect(scp.node(), proposed, local=caller, recorder=maker.recording.recorder):
            pass

    maker.engine.submit(once()).result(10)
    model = maker.recording.associations_model
    wait(lambda: bool(model.rows) and not any(row.is_open for row in model.rows))


def results(contexts: ContextList) -> list[str]:
    return [row.result for row in contexts.model.rows]


def test_answers_of_our_associations_come_beside_a_profile(
    contexts: ContextList, maker: BenchMaker, scp: Scp, wait: Wait
) -> None:
    contexts.show_profile(PROFILE)
    assert contexts.subject == "Profile: Mixed"
    assert results(contexts) == ["", "", ""]
    scp.start()
    associate(maker, scp, wait)
    assert results(contexts) == ["✔ accepted", "✖ refused", ""]
    assert "abstract syntax not supported" in contexts.model.rows[1].reason
    assert contexts.model.rows[1].category is Category.ERROR


def test_a_list_that_is_shown_later_has_the_answers_too(
    contexts: ContextList, maker: BenchMaker, scp: Scp, wait: Wait
) -> None:
    scp.start()
    associate(maker, scp, wait)
    contexts.show_profile(PROFILE)
    assert results(contexts) == ["✔ accepted", "✖ refused", ""]
    contexts.show_accepted(LOCAL, PROFILE)
    assert contexts.subject == "Accepted by WORKBENCH"
    assert results(contexts) == ["✔ accepted", "✖ refused", ""]


@pytest.mark.parametrize(("commitment", "role"), [(True, "SCU"), (False, "SCP")])
def test_storage_commitment_is_listed_once_at_least_for_reports_to_us(
    contexts: ContextList, commitment: bool, role: str
) -> None:
    contexts.show_accepted(replace(LOCAL, commitment=commitment), None)
    assert [row.role for row in contexts.model.rows if row.sop_class_uid == "1.2.840.10008.1.20.1"] == [role]


def test_without_a_profile_everything_of_storage_is_accepted(contexts: ContextList) -> None:
    contexts.show_accepted(LOCAL, None)
    assert not contexts.model.is_read_only
    assert contexts.model.rows[0].sop_class == "Verification"
    assert len(contexts.model.rows) > 100
    assert contexts.model.rows[1].reason == "in any transfer syntax"


def test_one_association_shows_its_own_answers(contexts: ContextList, maker: BenchMaker, scp: Scp, wait: Wait) -> None:
    scp.start()
    associate(maker, scp, wait)
    row = next(row for row in maker.recording.associations_model.rows if row.is_requestor)
    contexts.show_association(row)
    assert contexts.subject == f"Association {row.number}: CT3 → WORKBENCH"
    assert results(contexts) == ["✔ accepted", "✖ refused"]
    assert contexts.model.is_read_only
    associate(maker, scp, wait)
    assert contexts.subject == f"Association {row.number}: CT3 → WORKBENCH"


def test_a_rejection_stands_beside_every_context(
    contexts: ContextList, maker: BenchMaker, scp: Scp, wait: Wait
) -> None:
    scp.start()
    contexts.show_proposal("Proposed to us", [(VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN)])
    with pytest.raises(AssociationRejected):
        associate(maker, scp, wait, LocalAe(ae_title="STRANGER"))
    wait(lambda: results(contexts) == ["✖ no association"])
    assert "calling AE title not recognized" in contexts.model.rows[0].reason


def test_a_proposal_over_several_associations_says_so(contexts: ContextList) -> None:
    contexts.show_proposal("Proposed to PACS", [(f"1.2.{number}", IMPLICIT_VR_LITTLE_ENDIAN) for number in range(200)])
    assert contexts.subject == "Proposed to PACS, over 2 associations"
    assert len(contexts.model.rows) == 200
