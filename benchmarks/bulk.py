"""Large things: the memory of one 33-megapixel edit, and uploads of 25 MB."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter, sleep

from benchmarks import profile, server
from benchmarks.measure import Figure, House, Measure, Opened
from benchmarks.message import Line, form_edit, json_edit
from benchmarks.photograph import Format, padded, photograph
from benchmarks.row import Reach
from benchmarks.starting import SETTLED

MOST = (7680, 4320)  # 33,177,600 pixels: what Venice takes at most
FILE_BYTES = 24_900_000  # the vendor takes less than 25,000,000


def _peak(kind: Format) -> Opened:
    @contextmanager
    def opened(_house: House) -> Iterator[tuple[Figure, Figure]]:
        request = json_edit(photograph(kind, MOST, 1), "make it a sunset", output_format=kind, tier="4K")

        def ours(_number: int) -> float:
            """A server of its own for each round: a peak can only rise."""
            with server.ours() as one:
                sleep(SETTLED)
                rest = one.memory()
                with Line(one.port) as line:
                    line.expect(request)
                return one.memory("VmHWM") - rest

        yield lambda _number: MOST[0] * MOST[1] * 3 / 1e6, ours

    return opened


def _upload(build: Callable[[bytes], bytes]) -> Opened:
    @contextmanager
    def opened(house: House) -> Iterator[tuple[Figure, Figure]]:
        request = build(padded(FILE_BYTES))

        def timed(line: Line, status: int) -> float:
            began = perf_counter()
            line.expect(request, status)
            return (perf_counter() - began) * 1000

        with server.discarding() as plain, Line(plain.port) as line:
            # 400: the picture is read whole, decoded from its wire form and found too small, so no edit is in it.
            yield lambda _number: timed(line, 200), lambda _number: timed(house.line, 400)

    return opened


def _as_json(data: bytes) -> bytes:
    return json_edit(data, "make it a sunset", output_format="png")


def _as_form(data: bytes) -> bytes:
    return form_edit(data, "make it a sunset")


def _explain_upload(build: Callable[[bytes], bytes]) -> Callable[[House], str]:
    return lambda _house: (
        f"Memory that is touched for the first time is in this figure: here {_first_touch():.0f} ms for so many bytes, "
        "which a virtual machine may first have to get from its host.\n\n"
        + profile.asgi([build(padded(FILE_BYTES))] * 3)
    )


def _first_touch() -> float:
    """How long the pages of an upload take to come, in ms; the median of several new mappings."""
    times = []
    for _ in range(5):
        began = perf_counter()
        with mmap.mmap(-1, FILE_BYTES) as pages:
            for at in range(0, FILE_BYTES, mmap.PAGESIZE):
                pages[at] = 1
        times.append((perf_counter() - began) * 1000)
    return median(times)


def _explain_peak(kind: Format) -> Callable[[House], str]:
    return lambda _house: profile.peak(photograph(kind, MOST, 1), kind)


def measures() -> Iterator[Measure]:
    """Peak memory by format, and both ways to upload."""
    kinds: tuple[Format, ...] = ("jpeg", "webp", "png")
    for kind in kinds:
        yield Measure(
            name=f"peak-{kind}", what=f"peak memory of one 33-megapixel edit, {kind.upper()}, above rest",
            yardstick="its raw RGB bytes", unit="MB", reach=Reach(side="at most", ratio=5), open=_peak(kind),
            explain=_explain_peak(kind), most_rounds=2,
            in_quick=kind == "jpeg", linux_only=True,
        )  # fmt: skip
    for way, build in (("JSON base64", _as_json), ("multipart", _as_form)):
        yield Measure(
            name=f"upload-{way.split()[0].lower()}", what=f"25 MB {way} upload, refused after it is read",
            yardstick="reading the same bytes and discarding them", unit="ms", reach=Reach(side="at most", ratio=2),
            open=_upload(build), explain=_explain_upload(build),
        )  # fmt: skip
