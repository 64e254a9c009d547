"""The command as people and containers use it: a real process, signals, exit codes."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

COMMAND = [sys.executable, "-m", "emulator.cli"]


def run(*arguments, **environment):
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def served():
    """A served process and its URL, read from the ready line."""
    running = []

    def start(*arguments, **environment):
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        running.append(process)
        line = process.stdout.readline()
        return process, re.search(r"http://\S+:\d+", line).group(0)

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_the_ready_line_is_printed_once_the_port_accepts(served):
    _, url = served()
    with urllib.request.urlopen(url + "/_emulator/health") as answer:
        assert answer.status == 200
    assert run("health", "--url", url).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_a_second_when_told_to(served, number):
    process, url = served()
    assert run("health", "--url", url).returncode == 0
    process.send_signal(number)
    assert process.wait(timeout=2) in (0, -number, 128 + number)
    assert "Traceback" not in process.stderr.read()


def test_health_fails_where_nothing_runs():
    done = run("health", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1 and "is the server running there?" in done.stderr


def test_a_taken_port_is_told_with_what_to_do(served):
    _, url = served()
    done = run("serve", "--port", url.rpartition(":")[2])
    assert done.returncode == 1 and "cannot listen" in done.stderr and "--port" in done.stderr


def test_a_bad_value_refuses_to_start():
    for done in (run("serve", "--port", "99999"), run("serve", EMULATOR_PORT="99999")):
        assert done.returncode == 1 and "port must be from 0 to 65535" in done.stderr


def test_every_flag_has_its_environment_twin_in_the_help():
    text = run("serve", "--help").stdout
    flags = re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE)
    assert "--keys" in flags and "--seed" in flags
    for flag in flags:
        if flag != "--help":
            assert f"EMULATOR_{flag[2:].replace('-', '_').upper()}" in re.sub(r"\s+", "", text), flag


def test_settings_come_from_the_environment(served):
    _, url = served(EMULATOR_KEYS="only")
    request = urllib.request.Request(url + "/v1/models", headers={"Authorization": "Bearer only"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(url + "/v1/models", headers={"Authorization": "Bearer other"}))


def test_the_demo_writes_before_and_after(tmp_path):
    done = run("demo", str(tmp_path))
    assert done.returncode == 0, done.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert {"before.png", "venice-edit.png", "openai-masked-edit.png"} <= names
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == len(names)
