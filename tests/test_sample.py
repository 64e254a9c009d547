"""A project as users have it, against the installed wheel: it passes, and each of five bugs is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The sample beside an installation of the wheel, far from the checkout."""
    folder = tmp_path_factory.mktemp("sample")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    [wheel] = folder.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    shutil.copytree(ROOT / "tests" / "sample", folder / "project")
    return folder


def suite(project, *arguments, bug=""):
    path = os.pathsep.join((str(project / "site"), str(project / "project")))
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=project / "project",
        env={**os.environ, "PYTHONPATH": path, "AVATARS_BUG": bug},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_sample_passes_with_the_installed_wheel_on_four_workers(project):
    done = suite(project, "-n", "4")
    assert done.returncode == 0 and "13 passed" in done.stdout, done.stdout + done.stderr
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import emulator; print(emulator.__file__)"],
        env={**os.environ, "PYTHONPATH": str(project / "site")},
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(project) in where.stdout


@pytest.mark.parametrize(
    ("bug", "tests", "words"),
    [
        ("no-retry", "test_a_busy_vendor_is_asked_again", "the fault plan|429"),
        ("no-refund", "test_a_failure_gives_the_token_back", "the token did not come back"),
        ("wrong-model", "test_the_model_is_one_that_exists", "gpt-image-99|qwen-edit-99"),
        ("lost-prompt", "test_an_avatar_is_restyled_for_a_token", "sepia"),
        ("whole-picture", "test_a_mask_keeps_the_rest", "pixels outside the mask changed"),
    ],
)
def test_each_bug_makes_the_right_test_fail_with_its_cause(project, bug, tests, words):
    done = suite(project, "-k", tests, bug=bug)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"::{tests}" in done.stdout
    assert any(word in done.stdout for word in words.split("|")), done.stdout
