"""Files in a folder: one for each stored file, which says itself what it is.

A line of JSON, then the bytes. Written aside and renamed, so that a reader, another process or a
`kill -9` finds the old file or the new one, never half of one. Names on disk are digests: no text of a
client ever becomes a path.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from emulator.files.stored import StoredFile
from emulator.ids import digest, spell

_ASIDE = ".part"


class Disk:
    """A folder of stored files, safe between threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, stored: StoredFile) -> None:
        """Store, in place of what stood under the name. Raises OSError, storing nothing."""
        head = {
            "namespace": stored.namespace,
            "name": stored.name,
            "media_type": stored.media_type,
            "expires_at": stored.expires_at,
            "file_name": stored.file_name,
        }
        path = self._path(stored.namespace, stored.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        number, aside = tempfile.mkstemp(suffix=_ASIDE, dir=path.parent)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(json.dumps(head).encode() + b"\n")
                out.write(stored.data)
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def read(self, namespace: str, name: str) -> StoredFile | None:
        """The file with its bytes."""
        return _load(self._path(namespace, name))

    def has(self, namespace: str, name: str) -> bool:
        """Whether something stands under the name."""
        return self._path(namespace, name).exists()

    def delete(self, namespace: str, name: str) -> bool:
        """Remove; False where nothing stood there."""
        try:
            self._path(namespace, name).unlink()
        except FileNotFoundError:
            return False
        return True

    def drop(self, namespace: str) -> None:
        """Remove all files of a world."""
        shutil.rmtree(self._home(namespace), ignore_errors=True)

    def expired(self, namespace: str, now: float) -> Iterator[str]:
        """Names of the world's files whose time is up."""
        for path in self._home(namespace).glob("*"):
            stored = None if path.suffix == _ASIDE else _load(path, head_only=True)
            if stored is not None and stored.expired(now):
                yield stored.name

    def clear_unfinished(self) -> None:
        """Remove what a killed process was just writing. Only while no other process uses the folder."""
        for path in self.folder.glob(f"*/*{_ASIDE}"):
            path.unlink(missing_ok=True)

    def held(self) -> tuple[int, int]:
        """How many files stand here, and their bytes on disk."""
        sizes = [path.stat().st_size for path in self.folder.glob("*/*") if path.suffix != _ASIDE]
        return len(sizes), sum(sizes)

    def _home(self, namespace: str) -> Path:
        return self.folder / spell(digest(namespace), length=24)

    def _path(self, namespace: str, name: str) -> Path:
        return self._home(namespace) / spell(digest(name), length=32)


def _load(path: Path, *, head_only: bool = False) -> StoredFile | None:
    try:
        with path.open("rb") as source:
            head = json.loads(source.readline())
            return StoredFile(data=b"" if head_only else source.read(), **head)
    except FileNotFoundError:
        return None
