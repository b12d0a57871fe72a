"""What is done to data sets on their way out."""

from dataclasses import replace

from workbench.services.storage.alterations import Alterations, alteration
from workbench.services.storage.instances import MemoryInstance
from workbench.services.transcoding.conversion import NATIVE
from workbench.uids import DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN

EXPLICIT, IMPLICIT, *_ = NATIVE
INSTANCE = MemoryInstance(sop_class_uid="1.2", sop_instance_uid="1.3", transfer_syntax_uid=EXPLICIT, data=b"")


def test_nothing_to_do_is_none() -> None:
    assert alteration(INSTANCE, EXPLICIT, Alterations()) is None


def test_conversion_is_told_in_words() -> None:
    found = alteration(INSTANCE, IMPLICIT, Alterations(deflate_level=3))
    assert found is not None
    assert (found.transfer_syntax_uid, found.deflate_level) == (IMPLICIT, 3)
    assert found.words(INSTANCE) == "converted from Explicit VR LE to Implicit VR LE"


def test_old_vrs_matter_only_where_vrs_are_told() -> None:
    found = alteration(INSTANCE, EXPLICIT, Alterations(old_vrs=True))
    assert found is not None
    assert (found.old_vrs, found.words(INSTANCE)) == (True, "")
    found = alteration(INSTANCE, IMPLICIT, Alterations(old_vrs=True))
    assert found is not None
    assert not found.old_vrs


def test_deflated_data_are_deflated_anew_where_it_is_said_how_hard() -> None:
    deflated = replace(INSTANCE, transfer_syntax_uid=DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
    assert alteration(deflated, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, Alterations()) is None
    found = alteration(deflated, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, Alterations(deflate_level=0))
    assert found is not None
    assert (found.deflate_level, found.words(deflated)) == (0, "")
    assert alteration(INSTANCE, EXPLICIT, Alterations(deflate_level=0)) is None


def test_new_identity_is_told_in_words() -> None:
    found = alteration(INSTANCE, EXPLICIT, Alterations(), {0x00080018: b"1.4\0"}, "1.4")
    assert found is not None
    assert found.words(INSTANCE) == "sent as 1.4"
