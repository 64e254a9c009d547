"""The store of uploads and results: in memory, spilled, and kept beside a state file."""

import subprocess
import sys
import threading
from contextlib import closing

import pytest

from emulator.files import FileStore, Held

PNG = "image/png"


@pytest.fixture(params=["memory", "spilled", "kept"])
def store(request, tmp_path):
    budget = {"memory": 1000, "spilled": 0, "kept": 1000}[request.param]
    with closing(FileStore(budget=budget, folder=tmp_path / "state.files" if request.param == "kept" else None)) as one:
        yield one


def on_disk(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_was_stored(store):
    put = store.put("ns", "a.png", b"0123456789", PNG, expires_at=50.0, file_name="cat.png")
    got = store.get("ns", "a.png")
    assert got == put
    assert (got.media_type, got.file_name, got.expires_at, got.size) == (PNG, "cat.png", 50.0, 10)
    assert got.read() == b"0123456789"
    assert got.read(2, 5) == b"234"
    assert got.read(8) == b"89"
    assert store.has("ns", "a.png")


def test_an_empty_file_is_a_file(store):
    store.put("", "nothing", b"", PNG)
    assert store.get("", "nothing").read() == b""


def test_bytes_that_look_like_a_head_stay_bytes(store):
    data = b'{"name": "x"}\n\r\n\x00' + bytes(range(256))
    store.put("", "tricky", data, PNG)
    assert store.get("", "tricky").read() == data


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.png", "", "CON", "ä🐈", "x" * 5000, "line\nbreak", "nul\0"])
def test_any_name_is_a_name_and_never_a_path(store, tmp_path, name):
    store.put(name, name, b"data", PNG, file_name=name)
    assert store.get(name, name).read() == b"data"
    assert store.get(name, name).file_name == name
    assert {path.parent.parent for path in on_disk(tmp_path)} <= {tmp_path / "state.files"}


def test_what_was_never_stored_is_not_there(store):
    assert store.get("", "a") is None
    assert not store.has("", "a")
    assert store.delete("", "a") is False


def test_the_later_file_stands_and_the_earlier_one_in_hand_stays_whole(store):
    store.put("", "a", b"first", PNG)
    first = store.get("", "a")
    store.put("", "a", b"the second", "image/webp")
    assert store.get("", "a").read() == b"the second"
    assert store.get("", "a").media_type == "image/webp"
    assert first.read() == b"first"


def test_a_deleted_file_is_gone_but_not_from_the_hand_that_holds_it(store):
    store.put("", "a", b"data", PNG)
    held = store.get("", "a")
    assert store.delete("", "a") is True
    assert store.get("", "a") is None
    assert held.read() == b"data"
    assert store.delete("", "a") is False


def test_worlds_do_not_see_each_others_files(store):
    for namespace in ("", "a", "A"):
        store.put(namespace, "same", namespace.encode(), PNG)
    store.drop("a")
    assert store.get("a", "same") is None
    assert store.get("", "same").read() == b""
    assert store.get("A", "same").read() == b"A"


def test_a_file_is_gone_from_the_second_of_its_expiry(store):
    store.put("", "a", b"data", PNG, expires_at=100.0)
    assert store.get("", "a", now=99.9).read() == b"data"
    assert store.get("", "a", now=100.0) is None
    assert not store.has("", "a"), "what was found expired is freed"


def test_a_sweep_frees_what_is_expired_in_its_world_alone(store):
    store.put("", "old", b"1", PNG, expires_at=10.0)
    store.put("", "young", b"2", PNG, expires_at=99.0)
    store.put("", "for ever", b"3", PNG)
    store.put("other", "old", b"4", PNG, expires_at=10.0)
    assert store.expire("", 50.0) == 1
    assert store.expire("", 50.0) == 0
    assert [store.has("", name) for name in ("old", "young", "for ever")] == [False, True, True]
    assert store.has("other", "old")


def test_a_file_that_does_not_fit_the_budget_lies_on_disk():
    with closing(FileStore(budget=10)) as store:
        store.put("", "a", b"12345678", PNG)
        store.put("", "b", b"123", PNG)
        store.put("", "c", b"12", PNG)
        held = store.held()
        assert (held.memory_files, held.memory_bytes, held.disk_files) == (2, 10, 1)
        assert store.get("", "b").read() == b"123"


def test_a_file_that_is_replaced_moves_between_memory_and_disk():
    with closing(FileStore(budget=10)) as store:
        store.put("", "a", b"x" * 11, PNG)
        assert (store.held().memory_files, store.held().disk_files) == (0, 1)
        store.put("", "a", b"x" * 10, PNG)
        assert store.held() == Held(memory_files=1, memory_bytes=10, disk_files=0, disk_bytes=0)
        store.put("", "a", b"y" * 12, PNG)
        assert (store.held().memory_bytes, store.held().disk_files) == (0, 1)
        assert store.get("", "a").read() == b"y" * 12
        store.delete("", "a")
        assert store.held() == Held(memory_files=0, memory_bytes=0, disk_files=0, disk_bytes=0)


def test_a_dropped_world_frees_memory_and_disk():
    with closing(FileStore(budget=10)) as store:
        for number in range(4):
            store.put("gone", f"{number}", b"12345", PNG)
        store.put("stays", "x", b"1", PNG)
        store.drop("gone")
        assert (store.held().memory_bytes, store.held().disk_files) == (0, 1)
        store.drop("stays")
        assert store.held() == Held(memory_files=0, memory_bytes=0, disk_files=0, disk_bytes=0)


def test_what_was_spilled_goes_with_the_store():
    store = FileStore(budget=0)
    store.put("", "a", b"data", PNG)
    folder = store._disk.folder
    assert on_disk(folder)
    store.close()
    assert not folder.exists()
    store.close()


def test_memory_alone_makes_no_directory():
    with closing(FileStore(budget=10)) as store:
        store.put("", "a", b"data", PNG)
        store.drop("")
        assert store._disk is None


def test_kept_files_survive_a_restart_and_are_shared(tmp_path):
    with closing(FileStore(folder=tmp_path / "kept")) as store, closing(FileStore(folder=tmp_path / "kept")) as other:
        put = store.put("ns", "a", b"data", PNG, expires_at=9.5, file_name="cat.png")
        assert other.get("ns", "a") == put
        other.put("ns", "a", b"newer", PNG)
        assert store.get("ns", "a").read() == b"newer"
    with closing(FileStore(folder=tmp_path / "kept")) as again:
        assert again.get("ns", "a").read() == b"newer"
        again.drop("ns")
    assert on_disk(tmp_path) == []


def test_a_reader_in_another_process_never_finds_half_of_a_file(tmp_path):
    contents = [bytes([number]) * (300_000 + number) for number in range(4)]
    with closing(FileStore(folder=tmp_path / "kept")) as writer, closing(FileStore(folder=tmp_path / "kept")) as reader:
        writer.put("", "a", contents[0], PNG)

        def write():
            for turn in range(200):
                writer.put("", "a", contents[turn % 4], PNG)

        thread = threading.Thread(target=write)
        thread.start()
        seen = []
        while thread.is_alive():
            seen.append(reader.get("", "a").read())
        thread.join()
        assert all(data in contents for data in seen)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path):
    with closing(FileStore(folder=tmp_path / "kept")) as store:
        store.put("", "a", b"old", PNG)
        before = on_disk(tmp_path)
        with pytest.raises(TypeError):
            store.put("", "a", "text is not bytes", PNG)
        assert store.get("", "a").read() == b"old"
        assert on_disk(tmp_path) == before


WRITE_FOR_EVER = """
from pathlib import Path
from emulator.files import FileStore
store = FileStore(folder=Path({folder!r}))
number = 0
while True:
    number += 1
    store.put("", "a", bytes([number % 256]) * 2_000_000, "image/png")
    print(number, flush=True)
"""


def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_file(tmp_path):
    for kill in range(3):
        command = [sys.executable, "-c", WRITE_FOR_EVER.format(folder=str(tmp_path / "kept"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # our own code
            for _ in range(5 + kill):
                last = int(writer.stdout.readline())
            writer.kill()
            last = max([last, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        with closing(FileStore(folder=tmp_path / "kept")) as store:
            data = store.get("", "a").read()
            assert len(data) == 2_000_000
            assert len(set(data)) == 1
            assert data[0] in (last % 256, (last + 1) % 256)
            store.clear_unfinished()
            assert len(on_disk(tmp_path)) == 1


@pytest.mark.parametrize("budget", [0, 3_000, 10**6])
def test_the_budget_is_exact_whatever_the_threads_do(budget):
    start = threading.Barrier(8)
    failures = []

    def work(number):
        start.wait()
        try:
            for turn in range(40):
                name = f"{(number * 7 + turn) % 5}"
                store.put("shared", name, bytes(100 + turn), PNG)
                stored = store.get("shared", name)
                assert stored is None or len(stored.read()) == stored.size
                if turn % 3 == 0:
                    store.delete("shared", name)
                if turn % 10 == 0:
                    store.drop("shared")
                assert 0 <= store._used <= budget
        except BaseException as error:
            failures.append(error)

    with closing(FileStore(budget=budget)) as store:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        held = store.held()
        assert held.memory_bytes == sum(one.size for one in store._memory.get("shared", {}).values())
        assert held.memory_files + held.disk_files <= 5
        store.drop("shared")
        assert store.held() == Held(memory_files=0, memory_bytes=0, disk_files=0, disk_bytes=0)
