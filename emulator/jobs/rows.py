"""How a job stands in the database: its table, the queries, and the way from a row to a Job.

A row for each job that ever was: a deleted one stays, so that no id comes twice in the life of a world.
"""

import json
from collections.abc import Mapping

from emulator.database import Row
from emulator.jobs.job import Failure, Job
from emulator.jobs.progression import Progression

SCHEMA = """
CREATE TABLE jobs (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    namespace TEXT NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    type TEXT NOT NULL,
    created REAL NOT NULL,
    request TEXT NOT NULL,
    progression TEXT NOT NULL,
    queued REAL NOT NULL,
    rendering REAL NOT NULL,
    images INTEGER NOT NULL CHECK (images > 0),
    price INTEGER NOT NULL CHECK (price >= 0),
    charge TEXT,
    steps INTEGER NOT NULL DEFAULT 0,
    failures TEXT NOT NULL DEFAULT '{}',
    results TEXT NOT NULL DEFAULT '{}',
    delivered INTEGER NOT NULL DEFAULT 0,
    canceled INTEGER NOT NULL DEFAULT 0,
    started INTEGER NOT NULL DEFAULT 0,
    settled TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    UNIQUE (namespace, number)
);
CREATE INDEX jobs_open ON jobs (namespace, number) WHERE settled IS NULL AND NOT deleted;
"""

_SELECT = """
SELECT namespace, id, owner, type, created, request, progression, queued, rendering, images, price, charge,
       steps, failures, results, delivered, canceled, started, settled, serial
FROM jobs
"""
ONE = _SELECT + "WHERE namespace = ? AND id = ? AND NOT deleted"
SAME = _SELECT + "WHERE serial = ? AND NOT deleted"
OPEN = _SELECT + "WHERE namespace = ? AND settled IS NULL AND NOT deleted ORDER BY number"
NEWEST = _SELECT + "WHERE namespace = ? AND NOT deleted ORDER BY number DESC LIMIT ? OFFSET ?"
UNFINISHED = _SELECT + (
    "WHERE settled IS NULL AND NOT deleted AND NOT canceled AND NOT delivered ORDER BY namespace, number"
)
UNSETTLED = _SELECT + "WHERE settled IS NULL AND NOT deleted ORDER BY namespace, number"
INSERT = """
INSERT INTO jobs (namespace, number, id, owner, type, created, request, progression, queued, rendering, images,
                  price, charge, worker)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def write_failures(failures: Mapping[int, Failure]) -> str:
    """Failures as they stand in a row."""
    return json.dumps({index: [one.code, one.message] for index, one in failures.items()})


def read_job(row: Row) -> Job:
    """The job of a row of any of the queries."""
    return Job(
        namespace=row[0],
        id=row[1],
        owner=row[2],
        type=row[3],
        created=row[4],
        request=json.loads(row[5]),
        progression=Progression(kind=row[6], queued=row[7], rendering=row[8]),
        images=row[9],
        price=row[10],
        charge=row[11],
        steps=row[12],
        failures={
            int(index): Failure(code=code, message=message) for index, (code, message) in json.loads(row[13]).items()
        },
        results={int(index): name for index, name in json.loads(row[14]).items()},
        delivered=bool(row[15]),
        canceled=bool(row[16]),
        started=bool(row[17]),
        settled=row[18],
        serial=row[19],
    )
