"""The state of all worlds in one SQLite database: in memory, or in a file that outlives the process.

Knows connections, transactions and which room laid which tables; refuses to know what the tables mean.
The only module that imports sqlite3.

One connection for a process, behind a lock, in both forms: a statement takes microseconds, so threads
gain nothing from connections of their own, and processes that share a file take turns through
`BEGIN IMMEDIATE`. The file is in WAL mode with synchronous=NORMAL: a commit is handed to the operating
system before it returns, so `kill -9` loses nothing that was answered; only a power cut may lose the last
commits (never half of one), which a test tool can bear. Measured: a commit takes 14 µs; with FULL, which
waits for the disk, 150 µs where the disk is a fast virtual one.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulator.ids import digest

Cursor = sqlite3.Cursor
# SQLite is typed by value, not by column: the room that wrote a row knows what stands in it.
Row = tuple[Any, ...]
Value = str | int | float | bytes | None

_BUSY_SECONDS = 30.0  # how long a process waits for its turn before it gives up loudly
_OPENING_TRIES = 200
_OPENING_PAUSE = 0.01  # seconds
_MARK = 0x49454D55  # "IEMU", SQLite's application id: the file is ours
_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS rooms (name TEXT PRIMARY KEY, schema TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS openings (number INTEGER PRIMARY KEY AUTOINCREMENT);
"""


class StateUnusable(ValueError):  # names what is wrong with the file, as BadSetting does for settings
    """The state file cannot be used; the message names it and says why."""


class Database:
    """All tables of a server: `path` None is in memory, gone with `close`.

    `opening` counts how often the file was opened before, by this or any other process: 0 at first and
    in memory. Ids that two processes must not share take it as part of their seed.
    A connection does not survive a fork: open the database in the process that uses it.
    Raises StateUnusable for a file that is not ours.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=_BUSY_SECONDS,
                isolation_level=None,  # transactions are begun here, never by the driver
                check_same_thread=False,
                cached_statements=256,
            )
        except sqlite3.Error as error:
            raise StateUnusable(f"cannot open the state file {path}: {error}; does its directory exist?") from error
        try:
            self.opening = self._prepared()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise StateUnusable(f"cannot use {path} as a state file: {error}") from error

    @property
    def is_file(self) -> bool:
        """Whether the state outlives the process."""
        return self.path is not None

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Write all or nothing; other threads and processes wait their turn.

        Within another transaction of the same thread it is a part of that one: it is undone alone when
        it fails, and kept when the outer one is. Never await inside: another coroutine of the thread
        would write into the same transaction.
        """
        with self._lock:
            cursor = self._connection.cursor()
            begin, keep, undo = _WORDS[bool(self._depth)]
            cursor.execute(begin)
            self._depth += 1
            try:
                yield cursor
                cursor.execute(keep)
            except BaseException:
                if self._connection.in_transaction:  # a full disk makes SQLite undo by itself
                    for statement in undo:
                        cursor.execute(statement)
                raise
            finally:
                self._depth -= 1

    def read(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query; within a transaction of this thread it sees what was written there."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def install(self, room: str, schema: str) -> None:
        """Lay a room's tables, once in the life of the state; each statement of `schema` ends its line.

        Raises StateUnusable where the file holds other tables for this room (another version wrote it).
        """
        version = digest(schema).hex()
        with self.transaction() as cursor:
            found = cursor.execute("SELECT schema FROM rooms WHERE name = ?", (room,)).fetchone()
            if found is None:
                for statement in _statements(schema):
                    cursor.execute(statement)
                cursor.execute("INSERT INTO rooms (name, schema) VALUES (?, ?)", (room, version))
            elif found[0] != version:
                raise StateUnusable(
                    f"{self.path} was written by another version (its tables of {room} differ); "
                    "start with a new state file, or go on with the version that wrote it"
                )

    def close(self) -> None:
        """Let go; a file keeps its state, memory forgets it. A second time changes nothing."""
        with self._lock:
            self._connection.close()

    def _prepared(self) -> int:
        for _ in range(_OPENING_TRIES):
            try:
                return self._prepare()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                # Of two processes that turn a new file to WAL at once, SQLite refuses one without waiting.
                threading.Event().wait(_OPENING_PAUSE)
        return self._prepare()

    def _prepare(self) -> int:
        if self.path is None:
            self._connection.executescript(_OWN_TABLES)
            return 0
        # In this order: whoever lays our first tables sets the mark in the same transaction.
        tables, mark = self.read("SELECT name FROM sqlite_master LIMIT 1"), self.read("PRAGMA application_id")
        if tables and mark != [(_MARK,)]:
            raise sqlite3.DatabaseError("it is the database of another program")
        # WAL first: the mode belongs to the file and cannot change within a transaction.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction() as cursor:
            for statement in _statements(_OWN_TABLES):
                cursor.execute(statement)
            cursor.execute(f"PRAGMA application_id = {_MARK}")
            cursor.execute("INSERT INTO openings DEFAULT VALUES")
            return int(cursor.lastrowid or 1) - 1


# How a transaction begins, is kept, and is undone: on its own, and within another.
_WORDS = {
    False: ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)),
    True: ("SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")),
}


def _statements(schema: str) -> Iterator[str]:
    statement = ""
    for line in schema.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"the schema ends within a statement: {statement.strip()!r}")
