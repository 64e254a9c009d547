"""What a lenient server lets through, and the notes it makes of it.

A strict server allows nothing and notes nothing. Whoever finds placeholder data asks here before it
refuses; the sentences end in the journal.
"""

from dataclasses import dataclass, field


@dataclass(kw_only=True, eq=False)
class Leniency:
    """One request's leniency: `on` for a server that was started with --lenient, `taken` in order; a strict one
    remembers in `missed` what it would have let through, for the hint beside its refusal.

    Reads at its uses as a question: `if not lenient("image: no bytes"): raise …`.
    """

    on: bool = False
    taken: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def __call__(self, note: str) -> bool:
        """Whether what `note` says ("field: what was done instead") is let through; if so it is noted, once."""
        notes = self.taken if self.on else self.missed
        if note not in notes:
            notes.append(note)
        return self.on


class _Strict(Leniency):
    """For calls outside a request: allows nothing, remembers nothing."""

    def __call__(self, note: str) -> bool:  # noqa: ARG002  # the same question
        return False


STRICT = _Strict()
