"""Roles and categories."""

from PySide6.QtCore import Qt

from ui.models.roles import Category, Role


def test_roles_are_distinct_and_beyond_those_of_qt() -> None:
    assert len(set(Role)) == len(Role.__members__)
    assert min(Role) > int(Qt.ItemDataRole.UserRole)


def test_a_category_is_false_when_there_is_nothing_to_tell() -> None:
    assert not Category.NONE
    assert all(category for category in Category if category is not Category.NONE)
