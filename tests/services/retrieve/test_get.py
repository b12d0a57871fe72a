"""C-GET asked: what is proposed for it."""

import pytest

from workbench.acse.contexts import UNCOMPRESSED
from workbench.dictionary import storage_sop_classes
from workbench.services.query.models import STUDY_ROOT
from workbench.services.retrieve.get import COMPRESSED, get_contexts

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
JPEG = "1.2.840.10008.1.2.4.50"


def test_each_class_has_the_uncompressed_syntaxes_together_and_each_other_alone() -> None:
    (share,) = get_contexts(STUDY_ROOT, [CT, MR, CT], [*UNCOMPRESSED, JPEG])
    assert [(one.context_id, one.abstract_syntax, one.transfer_syntaxes) for one in share.contexts] == [
        (1, STUDY_ROOT.get, UNCOMPRESSED),
        (3, CT, UNCOMPRESSED),
        (5, MR, UNCOMPRESSED),
        (7, CT, (JPEG,)),
        (9, MR, (JPEG,)),
    ]
    assert [(one.sop_class_uid, one.scu_role, one.scp_role) for one in share.roles] == [
        (CT, False, True),
        (MR, False, True),
    ]


def test_all_of_storage_takes_several_associations_the_likeliest_first() -> None:
    shares = get_contexts(STUDY_ROOT)
    classes = len(storage_sop_classes())
    assert sum(len(share.contexts) - 1 for share in shares) == classes * (1 + len(COMPRESSED))
    assert all(len(share.contexts) <= 128 for share in shares)
    assert all(share.contexts[0].abstract_syntax == STUDY_ROOT.get for share in shares)
    assert all(one.transfer_syntaxes == UNCOMPRESSED for one in shares[0].contexts)
    for share in shares:
        assert {one.sop_class_uid for one in share.roles} == {one.abstract_syntax for one in share.contexts[1:]}


@pytest.mark.parametrize(("sop_classes", "syntaxes"), [([], UNCOMPRESSED), ([CT], [])])
def test_there_is_always_an_association(sop_classes: list[str], syntaxes: list[str]) -> None:
    (share,) = get_contexts(STUDY_ROOT, sop_classes, syntaxes)
    assert len(share.contexts) == 1


def test_127_contexts_fit_beside_that_of_the_model() -> None:
    classes = [f"1.2.3.{number}" for number in range(128)]
    assert [len(share.contexts) for share in get_contexts(STUDY_ROOT, classes[:127], UNCOMPRESSED)] == [128]
    assert [len(share.contexts) for share in get_contexts(STUDY_ROOT, classes, UNCOMPRESSED)] == [128, 2]
