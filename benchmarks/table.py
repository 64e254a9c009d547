"""Rows as Markdown: the table, then for each line that falls short where its time or memory goes."""

from collections.abc import Iterable, Sequence

from benchmarks.machine import machine
from benchmarks.row import Row, told

HEAD = ("what", "yardstick", "unit", "yardstick's", "ours", "ratio", "reach", "")


def markdown(rows: Sequence[Row], *, rounds: int) -> str:
    """The whole page."""
    short = [row for row in rows if row.mark == "short"]
    met = sum(row.mark == "met" for row in rows)
    parts = [
        "# Benchmark\n",
        f"`make bench`: {met} of {len(rows)} lines met, {len(short)} short. Medians of up to {rounds} interleaved "
        "rounds (least–most in brackets); the ratio is ours by the yardstick's.\n",
        machine(),
        table(rows),
    ]
    if short:
        parts.append("## What falls short, and where it goes\n")
        parts += [f"### {row.what}\n\n{row.ratio:.2f}×, reach {row.reach}.\n\n{row.profile}\n" for row in short]
    return "\n".join(parts)


def table(rows: Iterable[Row]) -> str:
    """The table alone."""
    lines = [_line(HEAD), _line("---" for _ in HEAD), *(_line(_cells(row)) for row in rows)]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    ratio = f"{row.ratio:.2f}×" if row.ours and row.theirs else "—"
    mark = {"met": "✓ met", "short": "✗ short"}.get(row.mark, row.mark)
    return (row.what, row.yardstick, row.unit, told(row.theirs), told(row.ours), ratio, str(row.reach), mark)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
