"""Finished pictures, kept for the next request that asks for the same: a cache bounded in bytes.

An edit is a pure function of its inputs, so a digest of everything that determines it is its name, and what
comes out of here is byte for byte what `edit` would make. Safe to call from many threads.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import astuple

from emulator.imaging.header import Path, PictureBytes
from emulator.imaging.provenance import digest_of
from emulator.imaging.spec import EditSpec, Inputs, Rendered


class Gallery:
    """At most `most_bytes` of finished files; what was asked for longest ago goes first. 0 keeps nothing."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, Rendered] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def edit(self, inputs: Inputs, spec: EditSpec, *, indices: Iterable[int] = (0,)) -> list[Rendered]:
        """As `editing.edit`; only the pictures that are not kept are made."""
        from emulator.imaging.editing import edit  # Pillow is loaded with the first edit

        wanted = list(indices)
        if not self._most:
            return edit(inputs, spec, indices=wanted)
        name = ("edit", inputs.digests, inputs.mask_digest, astuple(spec))
        found = {index: one for index in wanted if (one := self._get((*name, index))) is not None}
        missing = [index for index in wanted if index not in found]
        if missing:
            made = dict(zip(missing, edit(inputs, spec, indices=missing), strict=True))
            for index, one in made.items():
                self._put((*name, index), one)
            found |= made
        return [found[index] for index in wanted]

    def previews(self, inputs: Inputs, spec: EditSpec, *, count: int, index: int = 0) -> list[Rendered]:
        """As `editing.previews`; the finished picture is kept for `edit` as well."""
        from emulator.imaging.editing import previews

        if not self._most:
            return previews(inputs, spec, count=count, index=index)
        name = (inputs.digests, inputs.mask_digest, astuple(spec))
        names = [*(("preview", *name, index, count, step) for step in range(count)), ("edit", *name, index)]
        found = [self._get(one) for one in names]
        kept = [one for one in found if one is not None]
        if len(kept) == len(names):
            return kept
        made = previews(inputs, spec, count=count, index=index)
        for one, rendered in zip(names, made, strict=True):
            self._put(one, rendered)
        return made

    def remove_background(
        self, data: PictureBytes, *, vendor: str, operation: str, model: str, path: Path = ("image",)
    ) -> Rendered:
        """As `editing.remove_background`."""
        from emulator.imaging.editing import remove_background

        def make() -> Rendered:
            return remove_background(data, vendor=vendor, operation=operation, model=model, path=path)

        return self._once(("cut", digest_of(data), vendor, operation, model), make) if self._most else make()

    def _once(self, name: Hashable, make: Callable[[], Rendered]) -> Rendered:
        found = self._get(name)
        if found is None:
            found = make()
            self._put(name, found)
        return found

    def _get(self, name: Hashable) -> Rendered | None:
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def _put(self, name: Hashable, one: Rendered) -> None:
        size = len(one.data)
        if size > self._most:
            return
        with self._lock:
            if name in self._kept:
                return
            self._kept[name] = one
            self._bytes += size
            while self._bytes > self._most:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone.data)
