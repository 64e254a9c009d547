"""How a process and its threads share the machine, so that edits never keep small answers waiting.

`settle` and `begin_work` are for a process of our own; in somebody else's only `give_way` is called.
"""

import gc
import os
import sys
import threading
from contextlib import suppress

# Seconds after which a thread that computes in Python lets another one in; Python's own 5 ms are the
# whole of a small answer ten times over.
_SWITCH = 0.001
# Added to an edit thread's niceness: the event loop comes first as soon as it has something to do.
_NICER = 5
# Blocks of a picture come and go. glibc gives the larger ones back each time, and their pages cost twice to get
# again what they cost to fill; kept up to this many bytes, they do not. (Its own bounds end at half of these.)
_KEPT_BYTES = 128 << 20
_HEAP_BLOCK_BYTES = 64 << 20
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def settle() -> None:
    """Call once everything is built, before serving."""
    # What was built at start stays for ever: the collector need not look through it at each turn (a fifth of the
    # time of small answers), nor now, which would take a tenth of the start and find next to nothing.
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(_SWITCH)


def begin_work() -> None:
    """Call first in each thread that edits pictures, in a process of our own."""
    give_way()
    if sys.platform == "linux":
        import ctypes  # loads with the first edit

        with suppress(AttributeError):  # musl has no mallopt, and no such heap
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
            libc.mallopt(_M_MMAP_THRESHOLD, _HEAP_BLOCK_BYTES)


def give_way() -> None:
    """Let the calling thread come after others. Linux alone knows a thread's niceness."""
    if sys.platform == "linux":
        with suppress(OSError):
            own = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + _NICER)
