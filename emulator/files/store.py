"""The store: files by world and name, in memory up to a budget, beyond it on disk.

A kept store (`folder`) writes everything to disk, where other processes and the next start find it. One
that is not kept spills into a temporary directory, which goes with `close`.
"""

import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from emulator.files.disk import Disk
from emulator.files.stored import StoredFile

BUDGET = 256 * 1024 * 1024  # bytes in memory


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a store holds: files and bytes in memory, files and bytes on disk (each with its head)."""

    memory_files: int
    memory_bytes: int
    disk_files: int
    disk_bytes: int


class FileStore:
    """Files of all worlds; safe between threads, and between processes that share `folder`.

    `budget` is in bytes and counts what is held in memory exactly; a file that no longer fits lies on disk.
    """

    def __init__(self, *, budget: int = BUDGET, folder: Path | None = None) -> None:
        self._budget = budget
        self._kept = folder is not None
        self._disk = None if folder is None else Disk(folder)
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._memory: dict[str, dict[str, StoredFile]] = {}
        self._used = 0
        self._lock = threading.Lock()

    def put(
        self,
        namespace: str,
        name: str,
        data: bytes,
        media_type: str,
        *,
        expires_at: float | None = None,
        file_name: str | None = None,
    ) -> StoredFile:
        """Store `data` under a name, in place of what stood there. Raises OSError where the disk is full."""
        stored = StoredFile(
            namespace=namespace,
            name=name,
            media_type=media_type,
            expires_at=expires_at,
            file_name=file_name,
            data=data,
        )
        with self._lock:
            held = self._memory.get(namespace, {}).get(name)
            used = self._used - (held.size if held else 0) + stored.size
            if self._kept or used > self._budget:
                self._spill().write(stored)
                self._forget(namespace, name)
            else:
                if self._disk is not None:
                    self._disk.delete(namespace, name)
                self._memory.setdefault(namespace, {})[name] = stored
                self._used = used
        return stored

    def get(self, namespace: str, name: str, *, now: float | None = None) -> StoredFile | None:
        """The file, or None; given `now`, None and deleted where its time is up."""
        with self._lock:
            stored = self._memory.get(namespace, {}).get(name)
            if stored is None and self._disk is not None:
                stored = self._disk.read(namespace, name)
            if stored is not None and now is not None and stored.expired(now):
                self._remove(namespace, name)
                return None
            return stored

    def has(self, namespace: str, name: str) -> bool:
        """Whether a file stands under the name; cheaper than `get` for one that lies on disk."""
        with self._lock:
            if name in self._memory.get(namespace, {}):
                return True
            return self._disk is not None and self._disk.has(namespace, name)

    def delete(self, namespace: str, name: str) -> bool:
        """Remove a file; False where there was none."""
        with self._lock:
            return self._remove(namespace, name)

    def expire(self, namespace: str, now: float) -> int:
        """Remove the world's files whose time is up at `now` (Unix seconds); how many they were."""
        with self._lock:
            names = [one.name for one in self._memory.get(namespace, {}).values() if one.expired(now)]
            if self._disk is not None:
                names += self._disk.expired(namespace, now)
            return sum(self._remove(namespace, name) for name in names)

    def drop(self, namespace: str) -> None:
        """Remove all files of a world, from memory and from disk."""
        with self._lock:
            self._used -= sum(one.size for one in self._memory.pop(namespace, {}).values())
            if self._disk is not None:
                self._disk.drop(namespace)

    def clear_unfinished(self) -> None:
        """Remove what a killed process was just writing; called at start, before others share the folder."""
        if self._disk is not None:
            self._disk.clear_unfinished()

    def held(self) -> Held:
        """What lies where. Counts the disk's files one by one: for a look, not for each request."""
        with self._lock:
            files = sum(len(files) for files in self._memory.values())
            disk_files, disk_bytes = (0, 0) if self._disk is None else self._disk.held()
            return Held(memory_files=files, memory_bytes=self._used, disk_files=disk_files, disk_bytes=disk_bytes)

    def close(self) -> None:
        """Forget what is in memory or was spilled; what is kept stays. A second time changes nothing."""
        with self._lock:
            self._memory.clear()
            self._used = 0
            if self._temporary is not None:
                self._temporary.cleanup()
                self._temporary = self._disk = None

    def _spill(self) -> Disk:
        if self._disk is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="image-edit-emulator-")
            self._disk = Disk(Path(self._temporary.name))
        return self._disk

    def _remove(self, namespace: str, name: str) -> bool:
        on_disk = self._disk is not None and self._disk.delete(namespace, name)
        return self._forget(namespace, name) or on_disk

    def _forget(self, namespace: str, name: str) -> bool:
        files = self._memory.get(namespace, {})
        stored = files.pop(name, None)
        if stored is None:
            return False
        self._used -= stored.size
        if not files:
            del self._memory[namespace]  # thousands of worlds come and go
        return True
