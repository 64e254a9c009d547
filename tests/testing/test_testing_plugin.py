"""The fixture as users have it: a suite of its own, run by pytest with nothing but the plugin."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = """
import asyncio, time
import httpx, pytest
from emulator.testing import ControlError

def edit(emulator, **named):
    return httpx.post(emulator.venice_url + "/api/v1/image/edit",
                      headers={"Authorization": f"Bearer {emulator.key}"},
                      json={"prompt": "make it red", "image": "https://example.com/a.png", **named}, timeout=60)
"""


@pytest.fixture
def suite(tmp_path):
    """Run a suite of these tests; its outcome."""

    def run(code, *arguments, ini=""):
        (tmp_path / "pytest.ini").write_text(f"[pytest]\n{ini}")
        (tmp_path / "test_it.py").write_text(HEAD + code)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *plugin(), *arguments, "test_it.py"],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env={"PATH": "", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
            check=False,
        )

    return run


def plugin():
    """In a checkout that is not installed the plugin is named; installed, its entry point is enough."""
    from importlib.metadata import entry_points

    return [] if entry_points(group="pytest11", name="image-edit-emulator") else ["-p", "emulator.pytest_plugin"]


def passed(done, count):
    assert done.returncode == 0 and f"{count} passed" in done.stdout, done.stdout + done.stderr


EACH = """
@pytest.mark.parametrize("number", range({count}))
def test_alone(image_edit_emulator, number):
    assert image_edit_emulator.requests() == []
    assert edit(image_edit_emulator, prompt=f"number {{number}}").status_code == 200
    [one] = image_edit_emulator.requests()
    assert one.prompt == f"number {{number}}"
    assert image_edit_emulator.assert_edited(prompt=f"number {{number}}", model="firered-image-edit", times=1)
"""


def test_every_test_has_a_world_of_its_own(suite):
    passed(suite(EACH.format(count=6)), 6)


def test_xdist_workers_share_one_server(suite, tmp_path):
    code = (
        EACH.format(count=24)
        + """
def test_where(image_edit_emulator_server, worker_id, tmp_path_factory):
    import pathlib
    pathlib.Path("where-" + worker_id).write_text(image_edit_emulator_server.url)
"""
    )
    done = suite(code, "-n", "4", "-p", "xdist")
    passed(done, 25)


def test_a_running_server_is_used_where_it_is_named(suite, base_url):
    code = "def test_it(image_edit_emulator_server):\n    assert image_edit_emulator_server.url == '" + base_url + "'\n"
    passed(suite(code, "--image-edit-emulator-url", base_url + "/"), 1)
    passed(suite(code + EACH.format(count=3), "-n", "2", "-p", "xdist", "--image-edit-emulator-url", base_url), 4)


def test_settings_stand_in_the_ini_file(suite):
    code = """
def test_it(image_edit_emulator):
    config = image_edit_emulator.config()
    assert (config["venice_usd"], config["jobs"]) == ("2.5", "manual")
"""
    passed(suite(code, ini="image_edit_emulator_settings =\n    venice_usd = 2.5\n    jobs = manual\n"), 1)


def test_a_failure_shows_what_was_asked_and_answered(suite):
    done = suite(
        "def test_it(image_edit_emulator):\n    assert edit(image_edit_emulator, resolution='9K').status_code == 200\n"
    )
    assert done.returncode == 1
    for words in (
        "what was asked and answered",
        "#1 POST /api/v1/image/edit -> 400",
        "resolution",
        "9K",
        "unsupported_by_model",
        "is not supported by firered-image-edit",
    ):
        assert words in done.stdout, done.stdout
    silent = suite("def test_it(image_edit_emulator):\n    assert False\n")
    assert "no request reached the emulator" in silent.stdout


def test_a_plan_that_is_not_used_up_fails_the_test(suite):
    code = """
def test_used(image_edit_emulator):
    plan = image_edit_emulator.faults.plan("503", "ok", vendor="venice")
    assert [edit(image_edit_emulator).status_code for _ in range(2)] == [503, 200]
    assert plan.left == 0

def test_unused(image_edit_emulator):
    image_edit_emulator.faults.plan("503", "429", vendor="venice")
    edit(image_edit_emulator)
"""
    done = suite(code)
    assert "1 failed, 1 passed" in done.stdout
    assert "the fault plan ['503', '429'] was not used up; no request took ['429']" in done.stdout


def test_the_handle_arranges_and_asks(suite):
    passed(
        suite("""
def test_accounts(image_edit_emulator):
    e = image_edit_emulator
    with pytest.raises(ControlError, match="PATCH opens it"):
        e.accounts.get("venice", e.key)
    assert e.accounts.set("venice", e.key, usd="0.05").balance == 50_000
    assert [edit(e).status_code for _ in range(2)] == [200, 402]
    assert [one["kind"] for one in e.accounts.entries("venice", e.key)] == ["charge", "grant", "grant"]
    assert e.accounts.set("magic-hour", e.key, credits=7, tier="free").plan == "free"

def test_wallets(image_edit_emulator):
    address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert image_edit_emulator.wallets.fund(address, "3").usdc == "3.000000"
    assert image_edit_emulator.wallets.credit(address, "2").credit == "2.000000"
    assert image_edit_emulator.wallets.get(address).usdc == "3.000000"

def test_faults(image_edit_emulator):
    e = image_edit_emulator
    one = e.faults.add("429 retry-after=2", vendor="venice", nth=2)
    assert [edit(e).status_code for _ in range(3)] == [200, 429, 200]
    assert one.status()["struck"] == 1 and one.left == 0
    one.remove()
    e.faults.add("503", succeed_first=1, prompt="red")
    assert [edit(e).status_code for _ in range(2)] == [200, 503]
    e.faults.clear()
    assert e.faults.all() == [] and any("429" in kind["written"] for kind in e.faults.kinds())
    with pytest.raises(ControlError, match="faults are written as"):
        e.faults.add("boom")

def test_clock_and_jobs(image_edit_emulator):
    e = image_edit_emulator
    assert e.clock.freeze(1000.0) == 1000.0 == e.clock.now()
    body = {"style": {"prompt": "x"}, "assets": {"image_file_paths": ["https://example.com/a.png"]}, "image_count": 4,
            "resolution": "640px"}
    headers = {"Authorization": f"Bearer {e.key}"}
    job = httpx.post(e.magic_hour_url + "/v1/ai-image-editor", json=body, headers=headers).json()["id"]
    assert e.jobs.step(job)["status"] == "rendering"
    assert e.jobs.fail(job, images=[2], code="capacity")["failures"][0]["code"] == "capacity"
    assert e.jobs.finish(job)["status"] == "complete"
    assert e.jobs.get(job)["charged"] == e.jobs.all()[0]["price"] * 3 // 4
    assert e.clock.advance(5) == 1005.0 and e.clock.run() >= 1005.0

def test_images_and_webhooks(image_edit_emulator):
    e = image_edit_emulator
    e.images.register("https://example.com/a.png", b"not a picture")
    assert e.images.all()[0]["format"] is None
    assert edit(e).status_code == 400
    e.images.clear()
    assert edit(e).status_code == 200
    hook = e.webhooks.register("http://127.0.0.1:9/hooks", secret="s")
    e.webhooks.remove(hook)
    assert e.webhooks.deliveries() == []

def test_waiting(image_edit_emulator):
    e = image_edit_emulator
    with pytest.raises(AssertionError) as missed:
        e.requests.wait(count=1, timeout=0.1)
    assert "no request at all" in str(missed.value)
    edit(e)
    [one] = e.requests.wait(prompt="red", status="2xx", timeout=5)
    assert one.operation == "editImage" and "make it red" in str(one)
    with pytest.raises(AssertionError) as missed:
        e.assert_edited(prompt="blue")
    assert "without 'blue'" in str(missed.value) and "#1 POST" in str(missed.value)
    with pytest.raises(AssertionError, match="expected 2 edits"):
        e.assert_edited(times=2)
    assert e.requests.clear(status="4xx") == 0 and e.requests.clear() == 1 and e.requests() == []

def test_async(image_edit_emulator):
    e = image_edit_emulator
    async def go():
        async with httpx.AsyncClient(timeout=60) as client:
            waiting = asyncio.create_task(e.aio.requests_wait(count=1, timeout=10))
            await asyncio.sleep(0.05)
            await client.get(e.venice_url + "/api/v1/models")
            [one] = await waiting
            assert one.operation == "listModels"
            await e.aio.fault_add("503", times=1)
            assert (await client.get(e.venice_url + "/api/v1/models")).status_code == 503
    asyncio.run(go())

def test_openai(image_edit_emulator):
    answer = httpx.get(image_edit_emulator.openai_base_url + "/models", headers={"Authorization": "Bearer k"})
    assert answer.status_code == 200
"""),
        8,
    )


def test_loading_the_plugin_loads_nothing_heavy(run_python):
    heavy = "('PIL', 'numpy', 'uvicorn', 'starlette', 'httpx')"
    code = f"import sys, emulator.pytest_plugin; print([name for name in {heavy} if name in sys.modules])"
    assert run_python(code).strip() == "[]"
