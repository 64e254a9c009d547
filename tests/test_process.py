"""Threads that edit come after the others; a process that is not ours keeps its own settings."""

import os
import sys
import threading

import pytest

from emulator.process import give_way
from emulator.server import ServerThread
from emulator.settings import Settings


def niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
def test_the_calling_thread_alone_gives_way():
    found = []

    def work():
        give_way()
        found.append(niceness())

    before = niceness()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [min(before + 5, 19)]
    assert niceness() == before


def test_a_server_in_somebody_elses_process_leaves_the_interpreter_alone():
    before = sys.getswitchinterval()
    with ServerThread(Settings(port=0)):
        assert sys.getswitchinterval() == before
