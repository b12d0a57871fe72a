"""The version that the tools print."""

from workbench.cli.version import version


def test_it_names_the_program_and_a_number() -> None:
    name, number = version().rsplit(" ", 1)
    assert name == "DICOM Workbench"
    assert number[0].isdigit()
