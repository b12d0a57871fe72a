"""The lexical layer of DCMTK's configuration files: brackets, keys, values, and the lines they stand in."""

import pytest

from workbench.acse.asconfig_lines import folded, read_lines


def test_names_are_folded() -> None:
    assert folded(" transfer Syntax_1-b.ü! ") == "TRANSFERSYNTAX_1-B"


def test_sections_and_entries_have_their_lines() -> None:
    (found,), remarks = read_lines("# a comment\n\n[[ One ]]\n[ Two  b ]\nkey 1 = value 1\n# another\n  goes on\nb=c")
    (section,) = found.sections
    assert (found.line, found.name, found.written) == (3, "ONE", "One")
    assert (section.line, section.name, section.written) == (4, "TWOB", "Two b")
    assert [tuple(entry) for entry in section.entries] == [
        (5, "KEY1", "value 1\ngoes on", "key 1"),
        (8, "B", "c", "b"),
    ]
    assert remarks == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=b", "b"),
        ("a=  b ", "b "),
        ("a = b\n\n\n", "b"),
        ("a =\n b", "b"),
        ("a=b=c", "b=c"),
        ("a=", ""),
        ("a=b\n\tc", "b\nc"),
    ],
)
def test_a_value_ends_with_its_lines(text: str, value: str) -> None:
    (found,), _ = read_lines("[[X]]\n[x]\n" + text)
    assert found.sections[0].entries[0].value == value


@pytest.mark.parametrize(
    ("text", "line", "remark"),
    [
        ("[[a]\n[b]\n", 1, "'a' lacks a closing bracket: '[b' is lost"),
        ("[[a]]\n[b\nc = d\n[e]", 2, "'[b' lacks its closing bracket: its name goes on to line 4"),
        ("[[a]]\n[b\nc = d", 2, "'[b' lacks its closing bracket: its name goes on to the end of the file"),
        ("[[a]]\n[b]\nlost\n[c]\nd = e", 3, "'lost' has no '=', so that it makes one key with what follows, to line 5"),
        ("[[a]]\n[b]\n" + 60 * "x", 3, "'" + 39 * "x" + "…' has no '=', so that its value is empty"),
        ("[[a]]\nb = c", 2, "'b' stands outside of a section and is left out"),
        ("[a]\nb = c", 1, "[a] stands before the first super-section and is left out"),
        ("\ufeff[[a]]", 1, "the file begins with a byte order mark, with which DCMTK cannot read it"),
    ],
)
def test_what_is_lost_is_remarked_on(text: str, line: int, remark: str) -> None:
    assert read_lines(text)[1] == [(line, remark)]


def test_brackets_alone_are_no_words() -> None:
    assert read_lines("[[a]]]\n]\n")[1] == []
