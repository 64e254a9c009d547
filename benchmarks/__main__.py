"""The command: measures every line, prints the table, and after a full run writes it into `results/`."""

import argparse
import compileall
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks import answers, bulk, edits, starting
from benchmarks.measure import House, Measure, absent, chosen, take
from benchmarks.row import told
from benchmarks.server import ROOT
from benchmarks.table import markdown

RESULT = Path(__file__).parent / "results" / "bench.md"


def measures() -> Iterator[Measure]:
    """Every line, in the table's order."""
    for module in (starting, answers, edits, bulk):
        yield from module.measures()


def main(arguments: list[str] | None = None) -> None:
    """Run; a line that falls short is no failure of the run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each line; slow lines take fewer (9)")
    parser.add_argument("--only", default="", metavar="NAME", help="lines whose name contains NAME; writes no file")
    parser.add_argument("--quick", action="store_true", help="three rounds, without the slow lines; writes no file")
    parser.add_argument("--list", action="store_true", help="show the lines' names")
    given = parser.parse_args(arguments)
    lines = chosen(measures(), only=given.only, quick=given.quick)
    if given.list:
        sys.stdout.writelines(f"{one.name}: {one.what}\n" for one in lines)
        return
    rounds = given.rounds or (3 if given.quick else 9)
    rows = []
    # As pip does with what it installs, the yardstick among it; where Python writes no bytecode, starts would compile.
    compileall.compile_dir(ROOT / "emulator", quiet=1)
    with House(quick=given.quick) as house:
        for one in lines:
            began = perf_counter()
            possible = not one.linux_only or sys.platform == "linux"
            row = take(one, house, rounds=rounds) if possible else absent(one)
            rows.append(row)
            figures = f"{told(row.ours)} against {told(row.theirs)} {row.unit}"
            sys.stderr.write(f"{row.mark:5} {one.name}: {figures}  [{perf_counter() - began:.1f} s]\n")
    page = markdown(rows, rounds=rounds)
    sys.stdout.write(page)
    if not (given.only or given.quick):
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
