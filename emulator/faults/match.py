"""For which requests a fault is meant."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a request. `prompt` and `model` are None until its body was read."""

    vendor: str
    operation: str
    key: str = ""
    prompt: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a request must be; an empty text asks for nothing. `prompt` asks for a part of it."""

    vendor: str = ""
    operation: str = ""
    key: str = ""
    prompt: str = ""
    model: str = ""

    @property
    def reads_body(self) -> bool:
        """Whether it can only be decided once the body was read."""
        return bool(self.prompt or self.model)

    def fits(self, facts: Facts) -> bool:
        """Whether the request is meant."""
        for one in fields(self):
            wanted, is_there = getattr(self, one.name), getattr(facts, one.name)
            if wanted and (
                is_there is None or (wanted not in is_there if one.name == "prompt" else wanted != is_there)
            ):
                return False
        return True
