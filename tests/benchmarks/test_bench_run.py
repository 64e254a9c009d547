"""A round of the cheapest lines runs, on servers as they are started by a user."""

import pytest

from benchmarks import __main__ as command
from benchmarks.measure import House, take
from benchmarks.message import Line, message
from benchmarks.returned import returned
from benchmarks.server import EDIT, HEALTH, MODELS, Server, discarding
from benchmarks.traffic import Traffic


def line(name):
    [one] = [one for one in command.measures() if one.name == name]
    return one


def test_every_line_has_a_name_of_its_own():
    names = [one.name for one in command.measures()]
    assert len(names) == len(set(names)) and len(names) > 15


def test_one_round_of_the_cheapest_line_gives_one_figure_each():
    with House(quick=True) as house:
        row = take(line("namespace-edit"), house, rounds=1)
    assert len(row.ours) == len(row.theirs) == 1 and min(row.ours + row.theirs) > 0
    assert row.mark in ("met", "short") and (row.mark == "met" or "```" in row.profile)


def test_the_command_prints_the_table_and_writes_no_file_for_a_part(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(command, "RESULT", tmp_path / "bench.md")
    command.main(["--only", "upload-multipart", "--rounds", "1"])
    printed = capsys.readouterr().out
    assert "| 25 MB multipart upload" in printed and "at most 2" in printed
    assert not list(tmp_path.iterdir())


def test_the_client_counts_answers_and_refuses_an_unexpected_status():
    with discarding() as server:
        good, bad = message("POST", EDIT, b"abc", content_type="text/plain"), message("GET", MODELS)
        with Traffic(server.port, [good], connections=2, count=20) as traffic:
            outcome = traffic.wait()
        assert outcome.statuses == {"200": 20} and outcome.percentile(0.99) >= outcome.percentile(0.5) > 0
        with Traffic(server.port, [bad], connections=1, count=2) as traffic, pytest.raises(ValueError, match="404"):
            traffic.wait()
        with Line(server.port) as one:
            assert one.ask(bad)[0] == 404 and one.expect(good) == b"{}"


def test_a_server_that_does_not_start_is_told_at_once():
    import sys

    with pytest.raises(TimeoutError, match="exit status is 3"):
        Server([sys.executable, "-c", "raise SystemExit(3)"], probe=HEALTH, within=10)


def test_what_a_peer_returned_is_told_by_what_it_holds():
    from benchmarks.photograph import photograph

    png = photograph("png", (64, 48), 1)
    assert "a PNG of 64x48" in returned(200, {"content-type": "image/png"}, png)
    assert "no picture, `string`" in returned(200, {"content-type": "image/png"}, b"string")
    nothing = returned(200, {"content-type": "application/json"}, b'{"data":[{"b64_json":"aGVsbG8="}]}')
    assert "5 bytes that are no picture" in nothing
