"""The tables of the index."""

from pathlib import Path

import pytest

from workbench.errors import StorageError
from workbench.storage.attributes import Level, attributes
from workbench.storage.index_schema import VERSION, column_names, connect, create, insert_sql, version_of


def test_every_attribute_has_its_column_and_names_have_two(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "with # and % and ?"))
    assert version_of(connection) == 0
    create(connection)
    assert version_of(connection) == VERSION
    names = [name for level in Level for name in column_names(level)]
    folded = sum(attribute.vr == "PN" for attribute in attributes().values())
    assert len(names) == len(set(names)) == len(attributes()) + folded
    for level in Level:
        sql = insert_sql(level, ())
        assert sql.count("?") == len(column_names(level))
    connection.close()
    assert [path.name for path in tmp_path.iterdir()] == ["with # and % and ?"]


def test_database_of_somebody_else_is_told(tmp_path: Path) -> None:
    connection = connect(str(tmp_path / "other"))
    connection.execute("CREATE TABLE mine (text)")
    with pytest.raises(StorageError, match="database of another program"):
        version_of(connection)
    connection.close()


def test_readers_do_not_write(tmp_path: Path) -> None:
    path = str(tmp_path / "index")
    connection = connect(path)
    create(connection)
    reader = connect(path, read_only=True)
    with pytest.raises(Exception, match="readonly"):
        reader.execute("DELETE FROM study")
    reader.close()
    connection.close()
