"""Jobs in memory, in a file, and in a file that two workers share."""

import itertools
from contextlib import ExitStack, closing

import pytest

from emulator.database import Database
from emulator.files import FileStore
from emulator.ids import Ids
from emulator.jobs import IMMEDIATE, Jobs, Rendered

OWNER = "key-1"


class TwoWorkers:
    """Two registers over one file; each call goes to the other one than the call before."""

    def __init__(self, *registers):
        self._turn = itertools.cycle(registers)

    def __getattr__(self, name):
        return getattr(next(self._turn), name)


@pytest.fixture(params=["memory", "file", "two workers"])
def jobs(request, tmp_path):
    path = None if request.param == "memory" else tmp_path / "state.db"
    folder = None if request.param == "memory" else tmp_path / "state.files"
    with ExitStack() as stack:
        registers = []
        for _ in range(2 if request.param == "two workers" else 1):
            database = stack.enter_context(closing(Database(path)))
            files = stack.enter_context(closing(FileStore(folder=folder)))
            registers.append(Jobs(database, files, Ids("seed")))
        yield TwoWorkers(*registers) if len(registers) == 2 else registers[0]


@pytest.fixture
def files(jobs):
    return jobs._files


@pytest.fixture
def create(jobs):
    """Enter a job of a world at time 0."""

    def enter(namespace="", owner=OWNER, **more):
        values = {
            "type": "AI_IMAGE_EDITOR",
            "request": {"style": {"prompt": "Give it a hat"}, "assets": {"image_file_paths": ["api-assets/1.png"]}},
            "progression": IMMEDIATE,
            "images": 4,
            "price": 200,
            "charge": "charge-1",
            "at": 0.0,
        }
        return jobs.create(namespace, owner, **{**values, **more})

    return enter


@pytest.fixture
def pictures():
    """So many finished pictures, by index."""

    def make(count=4):
        return {i: Rendered(data=b"picture %d" % i, media_type="image/png", file_name=f"{i}.png") for i in range(count)}

    return make
