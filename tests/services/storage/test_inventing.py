"""Identities that are invented for instances."""

from pydicom.datadict import tag_for_keyword

from workbench.services.storage.inventing import NAME_PREFIX, Inventor
from workbench.storage.naming import is_safe_uid


def test_new_series_studies_and_patients_begin_in_their_turn() -> None:
    inventor = Inventor(images=2, series=2, studies=2)
    found = [inventor.next() for _ in range(17)]
    assert [each.place for each in found[:5]] == [(0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 0, 1, 1), (0, 1, 0, 0)]
    assert [each.place[0] for each in found] == [0] * 8 + [1] * 8 + [2]
    for keyword, count in (
        ("SOPInstanceUID", 17), ("SeriesInstanceUID", 9), ("StudyInstanceUID", 5), ("StudyID", 5),
        ("PatientID", 3), ("PatientName", 3),
    ):  # fmt: skip
        assert len({each.texts[keyword] for each in found}) == count, keyword


def test_without_limits_of_ones_own_there_are_many_to_each() -> None:
    inventor = Inventor()
    found = [inventor.next() for _ in range(101)]
    assert len({each.texts["SeriesInstanceUID"] for each in found}) == 2
    assert len({each.texts["StudyInstanceUID"] for each in found}) == 1


def test_values_are_encoded_as_their_vr_wants_it() -> None:
    for _ in range(20):
        invented = Inventor(images=1, series=1, studies=1).next()
        for keyword, text in invented.texts.items():
            tag = tag_for_keyword(keyword)
            assert tag is not None
            value = invented.values[tag]
            assert len(value) % 2 == 0
            assert value.rstrip(b"\0" if keyword.endswith("UID") else b" ").decode() == text
            assert not keyword.endswith("UID") or is_safe_uid(text)
        assert invented.texts["SOPInstanceUID"] == invented.sop_instance_uid
        assert invented.texts["PatientName"].startswith(NAME_PREFIX)
        assert len(invented.texts["StudyID"]) <= 16
