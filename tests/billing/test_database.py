"""The database: all or nothing, in memory and in a file."""

import sqlite3
import threading
from contextlib import closing

import pytest

from emulator.database import Database, StateUnusable

TABLE = "CREATE TABLE notes (text TEXT);\n"
TRIGGER = """
CREATE TRIGGER twice AFTER INSERT ON notes WHEN new.text = 'one'
BEGIN
    INSERT INTO notes VALUES ('two');
END;
"""


def texts(database):
    return [row[0] for row in database.read("SELECT text FROM notes ORDER BY rowid")]


def write(cursor, text):
    cursor.execute("INSERT INTO notes VALUES (?)", (text,))


def write_and_fail(database, text):
    with database.transaction() as cursor:
        write(cursor, text)
        raise KeyError(text)


def test_a_transaction_keeps_what_it_wrote(database):
    database.install("notes", TABLE)
    with database.transaction() as cursor:
        write(cursor, "kept")
        assert texts(database) == ["kept"]
    assert texts(database) == ["kept"]


def test_a_transaction_that_fails_leaves_nothing(database):
    database.install("notes", TABLE)
    with pytest.raises(KeyError, match="lost"):
        write_and_fail(database, "lost")
    assert texts(database) == []
    with database.transaction() as cursor:
        write(cursor, "the next one works")
    assert texts(database) == ["the next one works"]


def test_an_inner_transaction_is_undone_alone(database):
    database.install("notes", TABLE)
    with database.transaction() as cursor:
        write(cursor, "outer")
        with pytest.raises(KeyError, match="inner"):
            write_and_fail(database, "inner")
        with database.transaction() as inner:
            write(inner, "second inner")
    assert texts(database) == ["outer", "second inner"]


def test_an_inner_transaction_goes_with_the_outer_one(database):
    database.install("notes", TABLE)

    def outer():
        with database.transaction() as cursor:
            with database.transaction() as inner:
                write(inner, "inner")
            write(cursor, None)
            raise KeyError("outer")

    with pytest.raises(KeyError, match="outer"):
        outer()
    assert texts(database) == []


def test_threads_do_not_see_half_of_a_transaction(database):
    database.install("notes", TABLE)
    seen = []
    written, looked = threading.Event(), threading.Event()

    def look():
        written.wait(5)
        seen.extend(texts(database))
        looked.set()

    reader = threading.Thread(target=look)
    reader.start()
    with database.transaction() as cursor:
        write(cursor, "one")
        written.set()
        looked.wait(0.05)
        write(cursor, "two")
    reader.join(5)
    assert seen == ["one", "two"]


def test_a_schema_is_laid_once(database):
    database.install("notes", TABLE)
    with database.transaction() as cursor:
        write(cursor, "still here")
    database.install("notes", TABLE)
    assert texts(database) == ["still here"]


def test_a_schema_that_breaks_off_is_refused(database):
    with pytest.raises(ValueError, match="ends within a statement"):
        database.install("notes", "CREATE TABLE notes (text TEXT)")


def test_a_trigger_is_one_statement_of_a_schema(database):
    database.install("notes", TABLE + TRIGGER)
    with database.transaction() as cursor:
        write(cursor, "one")
    assert texts(database) == ["one", "two"]


def test_tables_of_another_version_are_refused_with_the_name_of_the_file(tmp_path):
    path = tmp_path / "state.db"
    with closing(Database(path)) as old:
        old.install("notes", TABLE)
    with closing(Database(path)) as new, pytest.raises(StateUnusable, match=r"state\.db was written by another"):
        new.install("notes", TABLE.replace("TEXT", "BLOB"))


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 200)
    with pytest.raises(StateUnusable, match=r"letter\.txt"):
        Database(path)
    assert path.read_text().startswith("Dear reader")


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "addresses.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE addresses (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StateUnusable, match="another program"):
        Database(path)
    assert path.read_bytes() == before


def test_a_directory_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(StateUnusable, match="does its directory exist"):
        Database(tmp_path / "nowhere" / "state.db")


def test_each_opening_of_a_file_has_its_own_number(tmp_path):
    path = tmp_path / "state.db"
    with closing(Database(path)) as first, closing(Database(path)) as second:
        assert (first.opening, second.opening) == (0, 1)
    with closing(Database(path)) as third:
        assert third.opening == 2
    with closing(Database(None)) as ephemeral:
        assert ephemeral.opening == 0


def test_a_file_outlives_its_connection_and_memory_does_not(tmp_path):
    for path, left in ((tmp_path / "state.db", ["written"]), (None, [])):
        with closing(Database(path)) as first:
            first.install("notes", TABLE)
            with first.transaction() as cursor:
                write(cursor, "written")
            assert first.is_file == (path is not None)
        with closing(Database(path)) as again:
            again.install("notes", TABLE)
            assert texts(again) == left


def test_processes_may_open_a_new_file_at_once(tmp_path, run_python):
    code = (
        "from pathlib import Path; from emulator.database import Database;"
        f"database = Database(Path({str(tmp_path / 'state.db')!r})); database.install('notes', {TABLE!r});"
        "print(database.opening); database.close()"
    )
    found = []
    threads = [threading.Thread(target=lambda: found.append(int(run_python(code)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]


def test_closing_twice_is_harmless(database):
    database.close()
    database.close()
