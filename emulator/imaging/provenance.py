"""What an edited picture tells about itself: written into the file, and read back from it.

One JSON record: as a text chunk in PNG, as EXIF ImageDescription in JPEG and WebP. Digests only, never
the prompt: a picture may be passed on.
"""

import json
from dataclasses import asdict, dataclass, fields

from emulator.ids import digest

SOFTWARE = "image-edit-emulator"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The record. `emulator` is the version that made the picture; digests are hexadecimal.

    `input_digests` are the base picture and the layers, in order; `words` are the vocabulary's operations
    as they were applied; `index` counts from 0 within one request.
    """

    emulator: str
    vendor: str
    operation: str
    model: str
    prompt_digest: str
    input_digests: tuple[str, ...]
    mask_digest: str | None
    words: tuple[str, ...]
    index: int

    def has_prompt(self, prompt: str) -> bool:
        """Whether the picture was made with this prompt."""
        return self.prompt_digest == digest_of(prompt)

    def has_input(self, data: bytes | bytearray) -> bool:
        """Whether this very file was among the inputs."""
        return digest_of(data) in self.input_digests

    def has_mask(self, data: bytes | bytearray) -> bool:
        """Whether this very file was the mask."""
        return digest_of(data) == self.mask_digest

    def to_json(self) -> str:
        """ASCII, keys in order: the same record is always the same text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "Provenance":
        """The record from its text. Raises ValueError for anything else."""
        found = json.loads(text)
        names = {field.name for field in fields(Provenance)}
        if not isinstance(found, dict) or set(found) != names:
            raise ValueError(f"not a record of provenance; expected {sorted(names)}")
        lists = {name: tuple(found[name]) for name in ("input_digests", "words")}
        return Provenance(**{**found, **lists})


def digest_of(content: str | bytes | bytearray | memoryview) -> str:
    """The digest that stands for a prompt or a file."""
    return digest(content).hex()
