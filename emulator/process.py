"""What suits a process that does nothing but serve. Never done in somebody else's."""

import gc
import sys
from contextlib import suppress

# Seconds after which a thread that computes in Python lets another one in; Python's own 5 ms are the
# whole of a small answer ten times over.
_SWITCH = 0.001
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


def keep_memory() -> None:
    """Call before pictures are edited."""
    if sys.platform == "linux":
        import ctypes  # loads with the first edit

        with suppress(AttributeError):  # musl has no mallopt, and no such heap
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
            libc.mallopt(_M_MMAP_THRESHOLD, _HEAP_BLOCK_BYTES)
