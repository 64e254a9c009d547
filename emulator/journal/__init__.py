"""What was asked and how it was answered: a bounded record of each world's requests.

Never silently forgotten, never out of memory: beyond its cap the oldest go and are counted. Keys are
kept masked, bodies by their size alone.
"""

from emulator.journal.filter import Wanted
from emulator.journal.journal import Journal, Record
from emulator.journal.log import teller
from emulator.journal.recorder import Recorder

__all__ = ["Journal", "Record", "Recorder", "Wanted", "teller"]
