"""Contexts as rows: profiles, proposals, answers."""

from dataclasses import replace

import pytest

from ui.models.contexts import ContextRow
from ui.models.roles import Category
from ui.session.contexts import (
    context_row,
    extended_meaning,
    negotiated_rows,
    profile_of,
    profile_rows,
    proposal_rows,
    with_answers,
)
from workbench.acse.contexts import propose_for_instances
from workbench.acse.negotiate import answer, request_association
from workbench.acse.policy import Policy
from workbench.services.query.models import STUDY_ROOT
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.items import RoleSelection, SopClassExtendedNegotiation
from workbench.upper_layer.pdu import AssociateAc, AssociateRq

CT_IMAGE, MR_IMAGE = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
JPEG_LS = "1.2.840.10008.1.2.4.80"


def negotiate(*needs: tuple[str, str]) -> tuple[AssociateRq, AssociateAc]:
    """Gives request and answer of an acceptor that knows CT in Explicit VR and Verification."""
    request = request_association(
        called_ae_title="PACS",
        calling_ae_title="CT3",
        contexts=propose_for_instances(needs)[0],
        max_pdu_length=16384,
        user_information=[RoleSelection(sop_class_uid=MR_IMAGE, scu_role=True, scp_role=True)],
    )
    policy = Policy(contexts={CT_IMAGE: (EXPLICIT_VR_LITTLE_ENDIAN,), VERIFICATION: None})
    accept = answer(request, policy)
    assert isinstance(accept, AssociateAc)
    return request, accept


def test_a_row_has_names_beside_its_uids() -> None:
    row = context_row(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN, JPEG_LS))
    assert (row.sop_class, row.names) == ("CT Image", ("Explicit VR LE", "JPEG-LS Lossless"))
    assert (row.result, row.category) == ("", Category.MUTED)


def test_a_profile_survives_the_list() -> None:
    rows = [
        context_row(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,), "both"),
        context_row(MR_IMAGE, (), is_enabled=False),
    ]
    profile = profile_of("Mine", rows)
    assert profile.name == "Mine"
    assert profile_rows(profile) == rows


def test_roles_and_extended_negotiation_survive_the_list() -> None:
    rows = [
        context_row(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,), is_role_explicit=True, extended=b"\2\0"),
        context_row(CT_IMAGE, (JPEG_LS,), is_role_explicit=True, extended=b"\2\0"),
        context_row(MR_IMAGE, (), "SCP"),
    ]
    profile = profile_of("Mine", rows)
    assert profile.explicit_roles == (CT_IMAGE,)
    assert [(item.sop_class_uid, item.application_information) for item in profile.extended] == [(CT_IMAGE, b"\2\0")]
    assert profile_rows(profile) == rows


@pytest.mark.parametrize(
    ("uid", "information", "meaning"),
    [
        (CT_IMAGE, b"\2\0\1\0\1\0", "level 2 full, level 1, may coerce"),
        (STUDY_ROOT.find, b"\1\0\1", "relational, fuzzy"),
        (STUDY_ROOT.get, b"\0", "nothing beyond the baseline"),
        (STUDY_ROOT.move, b"\1\1", "relational, enhanced multi frame"),
        (VERIFICATION, b"\1", ""),
        (CT_IMAGE, b"", ""),
    ],
)
def test_extended_negotiation_is_told_in_words(uid: str, information: bytes, meaning: str) -> None:
    assert extended_meaning(uid, information) == meaning


def test_what_was_proposed_of_roles_and_extended_negotiation_is_shown() -> None:
    request = request_association(
        called_ae_title="PACS",
        calling_ae_title="CT3",
        contexts=propose_for_instances([(CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN), (MR_IMAGE, IMPLICIT_VR_LITTLE_ENDIAN)])[
            0
        ],
        user_information=[
            RoleSelection(sop_class_uid=CT_IMAGE, scu_role=True, scp_role=False),
            SopClassExtendedNegotiation(sop_class_uid=CT_IMAGE, application_information=b"\2"),
        ],
    )
    rows = negotiated_rows(request, None)
    assert [(row.is_role_explicit, row.extended) for row in rows] == [(True, b"\2"), (False, b"")]


def test_an_association_shows_each_context_with_its_answer() -> None:
    needs = ((CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN), (CT_IMAGE, JPEG_LS), (MR_IMAGE, IMPLICIT_VR_LITTLE_ENDIAN))
    rows = negotiated_rows(*negotiate(*needs))
    assert [(row.sop_class, row.role, row.context_ids, row.result, row.category) for row in rows] == [
        ("CT Image", "SCU", (1,), "✔ accepted", Category.OK),
        ("CT Image", "SCU", (3,), "✖ refused", Category.ERROR),
        ("MR Image", "both", (5,), "✖ refused", Category.ERROR),
    ]
    assert rows[0].reason == "in Explicit VR LE"
    assert "transfer syntaxes not supported" in rows[1].reason
    assert "abstract syntax not supported" in rows[2].reason


def test_a_rejected_association_shows_why_there_are_no_answers() -> None:
    request, _ = negotiate((VERIFICATION, IMPLICIT_VR_LITTLE_ENDIAN))
    (row,) = negotiated_rows(request, None, "called AE title not recognized")
    assert (row.result, row.reason) == ("✖ no association", "called AE title not recognized")


@pytest.mark.parametrize(
    ("row", "result"),
    [
        (context_row(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,)), "✔ accepted"),
        (context_row(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN, JPEG_LS)), "▲ 1 of 2 accepted"),
        (context_row(CT_IMAGE, ()), "▲ 1 of 2 accepted"),
        (context_row(CT_IMAGE, (JPEG_LS,)), "✖ refused"),
        (context_row(CT_IMAGE, (IMPLICIT_VR_LITTLE_ENDIAN,)), ""),
        (context_row(MR_IMAGE, ()), ""),
    ],
)
def test_a_row_of_a_profile_gets_the_answers_of_what_it_stands_for(row: ContextRow, result: str) -> None:
    request, accept = negotiate((CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN), (CT_IMAGE, JPEG_LS))
    (answered,) = with_answers([row], request, accept)
    assert answered.result == result
    again = with_answers([answered], request, accept)
    assert again == [answered]


def test_a_context_without_an_answer_says_so() -> None:
    request, accept = negotiate((CT_IMAGE, EXPLICIT_VR_LITTLE_ENDIAN))
    (row,) = negotiated_rows(request, replace(accept, presentation_contexts=()))
    assert (row.result, row.reason) == ("✖ refused", "not answered")


def test_a_proposal_shows_its_ids() -> None:
    (contexts,) = propose_for_instances([(CT_IMAGE, JPEG_LS), (MR_IMAGE, JPEG_LS)])
    assert [(row.sop_class, row.context_ids) for row in proposal_rows(contexts)] == [
        ("CT Image", (1,)),
        ("MR Image", (3,)),
    ]
