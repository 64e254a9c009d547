"""A process that is not ours keeps its own settings."""

import subprocess
import sys

from emulator.server import ServerThread
from emulator.settings import Settings


def test_a_server_in_somebody_elses_process_leaves_the_interpreter_alone():
    before = sys.getswitchinterval()
    with ServerThread(Settings(port=0)):
        assert sys.getswitchinterval() == before


def test_memory_may_be_kept_on_every_system():
    code = "from emulator.process import keep_memory, settle; keep_memory(); settle()"
    subprocess.run([sys.executable, "-c", code], check=True)
