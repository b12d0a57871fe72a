"""Dates and times of matches in another timezone."""

from workbench.services.query.zones import mover

DATE, TIME, BIRTH_DATE, MOMENT = 0x00080020, 0x00080030, 0x00100030, 0x0008002A


def test_a_date_moves_with_its_time() -> None:
    tags = [DATE, BIRTH_DATE, MOMENT]

    def place_of(tag: int) -> int:
        if tag not in tags:
            tags.append(tag)
        return tags.index(tag)

    move = mover("+0900", [(DATE, "DA"), (BIRTH_DATE, "DA"), (MOMENT, "DT")], place_of, archive_offset="+0000")
    assert tags[3:] == [TIME, 0x00100032]  # asked for, as the dates alone do not tell
    assert list(move(["20240101", "20000101", "202401011800", "1530", None])) == [
        "20240102",
        "20000101",
        "202401020300",
        "0030",
        None,
    ]
    assert list(move([None, "", "20240101180000+0000", "1530", None]))[2] == "20240101180000+0000"


def test_a_time_asks_for_its_date() -> None:
    places = {TIME: 0, DATE: 1}
    move = mover("-0500", [(TIME, "TM")], places.__getitem__, archive_offset="+0000")
    assert list(move(["0100", "20240101"])) == ["2000", "20231231"]


def test_the_same_zone_moves_nothing() -> None:
    move = mover("+0100", [(TIME, "TM")], lambda tag: 0 if tag == TIME else 1, archive_offset="+0100")
    assert list(move(["10:00", "20240101"])) == ["10:00", "20240101"]
