"""Edits: the first of a picture against the least that Pillow must do, the same again, and eight clients at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import perf_counter

from benchmarks import profile
from benchmarks.measure import Figure, House, Measure, Opened
from benchmarks.message import json_edit
from benchmarks.photograph import Format, least_edit, photograph
from benchmarks.row import Reach
from benchmarks.traffic import Traffic

USUAL = "make it a sunset"
FIRST = Reach(side="at most", ratio=1.25)
FORMATS: tuple[Format, ...] = ("png", "jpeg", "webp")
# Other prompts, each in the format that hides least: JPEG is the cheapest to encode.
PROMPTS: tuple[tuple[str, Format], ...] = (
    ("a bit more like a dream", "jpeg"), ("colorize", "jpeg"), ("make it a watercolour", "jpeg"),
    ("sharpen it, at night in winter", "jpeg"), ("a pencil sketch", "webp"), ("sharpen it", "webp"),
)  # fmt: skip
TIERS = {1024: "1K", 4096: "4K"}


def _first(kind: Format, side: int, prompt: str, tier: str = "") -> Opened:
    size = (side, side)
    result = (1024, 1024) if tier == "1K" else size

    @contextmanager
    def opened(house: House) -> Iterator[tuple[Figure, Figure]]:
        pictures: dict[int, bytes] = {}

        def theirs(number: int) -> float:
            pictures[number] = photograph(kind, size, number)
            began = perf_counter()
            least_edit(pictures[number], kind, result)
            return (perf_counter() - began) * 1000

        def ours(number: int) -> float:
            words = f"{prompt} {number}"
            request = json_edit(pictures.pop(number), words, output_format=kind, tier=tier or TIERS[side])
            began = perf_counter()
            house.line.expect(request)
            return (perf_counter() - began) * 1000

        yield theirs, ours

    return opened


@contextmanager
def _again(house: House) -> Iterator[tuple[Figure, Figure]]:
    turns = count()

    def edit(number: int, *, turn: int) -> float:
        """Edits a second, from one edit: of a turn's number the first is new, the next the same again."""
        prompt = f"again {turn}: {USUAL}"
        request = json_edit(photograph("png", (1024, 1024), number), prompt, output_format="png")
        began = perf_counter()
        house.line.expect(request)
        return 1 / (perf_counter() - began)

    def first(number: int) -> float:
        return edit(number, turn=next(turns))

    def again(number: int) -> float:
        turn = next(turns)
        edit(number, turn=turn)
        return edit(number, turn=turn)

    yield first, again


@contextmanager
def _eight(house: House) -> Iterator[tuple[Figure, Figure]]:
    picture = photograph("png", (1024, 1024), 1)

    def rate(number: int, clients: int) -> float:
        edits = (8 if house.quick else 12) * (2 if clients > 1 else 1)
        requests = [
            json_edit(picture, f"{USUAL} {clients}.{number}.{one}", output_format="png") for one in range(edits)
        ]
        with Traffic(house.emulator.port, requests, connections=clients, count=edits) as traffic:
            return traffic.wait().rate

    yield lambda number: rate(number, 1), lambda number: rate(number, 8)


def _explain(kind: Format, side: int, prompt: str) -> Callable[[House], str]:
    return lambda house: profile.edit(photograph(kind, (side, side), 0), kind, (side, side), prompt, house.line)


def measures() -> Iterator[Measure]:
    """The formats at both sizes, other prompts, again, and eight at once."""
    for side in (1024, 4096):
        for kind in FORMATS:
            yield Measure(
                name=f"first-{kind}-{side}", what=f"first edit of a {side}² photograph, {kind.upper()} in and out, "
                f"JSON base64, `{USUAL}`", yardstick="Pillow: decode, one resize, encode", unit="ms", reach=FIRST,
                open=_first(kind, side, USUAL), explain=_explain(kind, side, USUAL),
                most_rounds=9 if side == 1024 else 3, in_quick=side == 1024,
            )  # fmt: skip
    yield Measure(
        name="first-png-4096-to-1024", what="the same, PNG, 4096² in and 1024² out",
        yardstick="Pillow: decode, one resize, encode", unit="ms", reach=FIRST, open=_first("png", 4096, USUAL, "1K"),
        explain=_explain("png", 4096, USUAL), most_rounds=3, in_quick=False,
    )  # fmt: skip
    for prompt, kind in PROMPTS:
        yield Measure(
            name=f"first-{kind}-{prompt.replace(' ', '-').replace(',', '')}",
            what=f"the same, {kind.upper()}, 1024², `{prompt}`", yardstick="Pillow: decode, one resize, encode",
            unit="ms", reach=FIRST, open=_first(kind, 1024, prompt), explain=_explain(kind, 1024, prompt),
            most_rounds=9, in_quick=False,
        )  # fmt: skip
    yield Measure(
        name="again", what="the same edit again (1024² PNG)", yardstick="the first", unit="edits/s",
        reach=Reach(side="at least", ratio=10), open=_again, explain=_explain("png", 1024, USUAL),
    )  # fmt: skip
    yield Measure(
        name="eight", what="eight clients editing at once, one worker", yardstick="one client", unit="edits/s",
        reach=Reach(side="at least", ratio=1.7), open=_eight, explain=_explain("png", 1024, USUAL), most_rounds=5,
    )  # fmt: skip
