"""The table's marks are computed right, and what is written names no machine."""

import socket
from pathlib import Path

import pytest

from benchmarks.measure import Measure, absent, chosen
from benchmarks.profile import asgi
from benchmarks.row import Reach, Row, told
from benchmarks.table import markdown, table


def row(reach, theirs, ours, profile=""):
    return Row(
        name="n",
        what="w",
        yardstick="y",
        unit="ms",
        reach=reach,
        theirs=tuple(theirs),
        ours=tuple(ours),
        profile=profile,
    )


@pytest.mark.parametrize(
    ("reach", "theirs", "ours", "mark"),
    [
        (Reach(side="at most", ratio=1.25), [100, 90, 400], [125, 1, 999], "met"),  # medians: 100 and 125
        (Reach(side="at most", ratio=1.25), [100], [125.1], "short"),
        (Reach(side="at least", ratio=0.5), [100], [50], "met"),
        (Reach(side="at least", ratio=0.5), [100], [49.9], "short"),
        (Reach(side="at most", ratio=5, more=50), [10], [50], "met"),
        (Reach(side="at most", ratio=5, more=50), [20], [71], "short"),  # 3.6 times, but 51 more
        (Reach(side="at most", ratio=5, more=50), [1], [6], "short"),  # 5 more, but 6 times
        (Reach(side="at most", ratio=5), [], [], "not measured here"),
    ],
)
def test_a_line_is_marked_by_its_medians(reach, theirs, ours, mark):
    assert row(reach, theirs, ours).mark == mark


def test_reach_and_spread_are_told_in_the_table():
    lines = table([row(Reach(side="at most", ratio=5, more=50), [1.0, 2.0, 3.0], [2000.4, 1999, 2600])]).splitlines()
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    assert cells[2] == "ms" and cells[3].startswith("2 (1") and cells[4].startswith("2,000 (1,999")
    assert cells[5].startswith("1000.20") and cells[6].endswith("under 50 more") and cells[7].endswith("short")
    assert told(()) == "—"


def test_a_line_that_falls_short_is_followed_by_its_profile_and_others_are_not():
    short = row(Reach(side="at most", ratio=1), [1], [2], profile="it went there")
    met = row(Reach(side="at most", ratio=3), [1], [2], profile="unseen")
    page = markdown([short, met], rounds=1)
    assert "1 of 2 lines met, 1 short" in page and "it went there" in page and "unseen" not in page
    assert socket.gethostname() not in page


def test_quick_leaves_out_what_is_slow_unless_it_is_named():
    def measure(name, *, in_quick):
        return Measure(
            name=name, what="", yardstick="", unit="", reach=Reach(side="at most", ratio=1), open=None, explain=None,
            in_quick=in_quick,
        )  # fmt: skip

    lines = [measure("fast", in_quick=True), measure("slow", in_quick=False)]
    assert [one.name for one in chosen(iter(lines), only="", quick=True)] == ["fast"]
    assert [one.name for one in chosen(iter(lines), only="", quick=False)] == ["fast", "slow"]
    assert [one.name for one in chosen(iter(lines), only="slow", quick=True)] == ["slow"]
    assert absent(lines[0]).mark == "not measured here"


def test_a_profile_names_functions_without_the_machines_paths():
    from benchmarks.message import message

    excerpt = asgi([message("GET", "/api/v1/models")] * 3)
    assert "exchange.py:" in excerpt and "```" in excerpt
    assert str(Path(__file__).parent.parent.parent) not in excerpt and "site-packages" not in excerpt
