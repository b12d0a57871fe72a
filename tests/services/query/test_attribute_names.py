"""Names and tags of attributes: the standard first, dictionary files when it does not help."""

from pathlib import Path

from workbench.services.query.attribute_names import AttributeNames, one_vr


def test_the_standard_needs_no_file() -> None:
    names = AttributeNames(["/nowhere/at/all.dic"])
    entry = names.find("PatientName")
    assert entry is not None
    assert (entry.tag, entry.vr, names.name(0x00100010), names.vr(0x00100010)) == (
        0x00100010,
        "PN",
        "PatientName",
        "PN",
    )
    assert names.take_problems() == ()


def test_files_are_read_when_a_name_is_not_the_standards(tmp_path: Path) -> None:
    path = tmp_path / "own.dic"
    path.write_text('(0011,"ACME",01)\tIS\tAcmeNumber\t1\tPrivateTag\n')
    names = AttributeNames([str(path), str(tmp_path / "missing.dic")])
    entry = names.find("AcmeNumber")
    assert entry is not None
    assert (entry.tag, entry.creator, entry.vr) == (0x00110001, "ACME", "IS")
    assert (names.vr(0x00111001, "ACME"), names.name(0x00111001, "ACME")) == ("IS", "AcmeNumber")
    assert [problem.rpartition(": ")[2] for problem in names.take_problems()] == ["No such file or directory"]
    assert names.take_problems() == ()


def test_private_attributes_that_are_known_to_the_library_have_their_vr() -> None:
    assert AttributeNames().vr(0x00191010, "1.2.840.113681") == "ST"
    assert AttributeNames().vr(0x00191010, "NOBODY") == "UN"


def test_names_of_what_nobody_knows() -> None:
    names = AttributeNames()
    assert names.find("Nonsense") is None
    assert (names.alike("PatinetName"), names.alike("Qqqqq")) == ("PatientName", "")
    assert (names.name(0x00090010), names.name(0x00091001)) == ("PrivateCreator", "PrivateElement")


def test_of_several_vrs_words_win_over_bytes() -> None:
    assert [one_vr(vr) for vr in ("OB or OW", "US or SS", "US or SS or OW", "PN")] == ["OW", "US", "US", "PN"]
