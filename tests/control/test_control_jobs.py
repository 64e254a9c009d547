"""Jobs by command: stepped, finished, failed in part or wholly, canceled."""

import pytest
from control_room import Room

from emulator.server import ServerThread
from emulator.settings import Settings


@pytest.fixture(scope="module")
def manual_url():
    with ServerThread(Settings(port=0, jobs="manual")) as url:
        yield url


@pytest.fixture
def manual(manual_url, key):
    with Room(manual_url, key, key) as one:
        yield one


def test_a_manual_job_is_stepped(manual):
    project = manual.start()
    assert manual.project(project)["status"] == "queued"
    assert manual.control("POST", f"jobs/{project}/step")["status"] == "rendering"
    assert manual.project(project)["status"] == "rendering"
    assert manual.control("POST", f"jobs/{project}/step")["status"] == "complete"
    assert len(manual.project(project)["downloads"]) == 1


def test_a_job_is_finished_at_once(frozen):
    project = frozen.start(image_count=4)
    done = frozen.control("POST", f"jobs/{project}/finish")
    assert (done["status"], done["rendered"], done["charged"]) == ("complete", True, 40)
    assert len(frozen.project(project)["downloads"]) == 4


def test_one_failed_picture_of_four_gives_its_share_back_once(frozen):
    project = frozen.start(image_count=4)
    job = frozen.control("POST", f"jobs/{project}/fail", images=[2], code="capacity", message="No worker was free")
    assert job["failures"] == [{"image": 2, "code": "capacity", "message": "No worker was free"}]
    frozen.control("POST", "clock", action="advance", seconds=10)
    frozen.control("POST", "clock", action="advance", seconds=10)
    shown = frozen.project(project)
    assert (shown["status"], shown["credits_charged"], len(shown["downloads"])) == ("complete", 30, 3)
    assert frozen.entries()[1:] == [("charge", -40), ("refund", 10)]
    refund = frozen.control("GET", f"{frozen.account()}/entries?limit=1")["entries"][0]
    assert (refund["part"], refund["reverses"]) == ("image:2", job["charge"])


def test_a_failed_job_gives_everything_back_once(frozen):
    project = frozen.start(image_count=4)
    assert frozen.control("POST", f"jobs/{project}/fail")["status"] == "error"
    assert frozen.entries()[1:] == [("charge", -40), ("refund", 40)]
    shown = frozen.project(project)
    assert (shown["status"], shown["credits_charged"], shown["downloads"]) == ("error", 0, [])
    assert shown["error"] == {"code": "render_failed", "message": "The image could not be rendered"}
    assert frozen.control("POST", f"jobs/{project}/fail", 409)["error"]["code"] == "already_over"
    assert len(frozen.entries()) == 3


def test_a_canceled_job_gives_everything_back(frozen):
    project = frozen.start()
    job = frozen.control("POST", f"jobs/{project}/cancel")
    assert (job["status"], job["charged"], job["price"]) == ("canceled", 0, 10)
    assert frozen.project(project)["status"] == "canceled"
    assert frozen.entries()[1:] == [("charge", -10), ("refund", 10)]


@pytest.mark.parametrize("command", ["step", "finish", "fail", "cancel"])
def test_a_job_that_is_over_or_unknown_takes_no_command(frozen, command):
    project = frozen.start()
    frozen.control("POST", f"jobs/{project}/finish")
    refused = frozen.control("POST", f"jobs/{project}/{command}", 409)["error"]
    assert refused["message"] == f"The job {project} is over: complete"
    assert frozen.control("POST", f"jobs/nobody/{command}", 404)["error"]["code"] == "not_found"
    assert frozen.entries()[1:] == [("charge", -10)]


def test_pictures_that_the_batch_does_not_have_cannot_fail(frozen):
    project = frozen.start(image_count=4)
    refused = frozen.control("POST", f"jobs/{project}/fail", 422, images=[1, 4])["error"]
    assert refused["message"] == "The job has 4 images, numbered from 0 to 3; got 4"
    for images in ([], [-1], [16], ["one"]):
        frozen.control("POST", f"jobs/{project}/fail", 400, images=images)
    assert frozen.control("GET", f"jobs/{project}")["failures"] == []


def test_jobs_are_listed_newest_first_for_this_world_alone(frozen, neighbour):
    projects = [frozen.start() for _ in range(3)]
    listed = frozen.control("GET", "jobs")
    assert [one["id"] for one in listed["jobs"]] == projects[::-1]
    assert {one["owner"] for one in listed["jobs"]} == {frozen.key}
    page = frozen.control("GET", "jobs?limit=1&offset=1")
    assert ([one["id"] for one in page["jobs"]], page["has_more"]) == ([projects[1]], True)
    assert neighbour.control("GET", "jobs") == {"jobs": [], "has_more": False}
    neighbour.control("GET", f"jobs/{projects[0]}", 404)
    neighbour.control("POST", f"jobs/{projects[0]}/cancel", 404)


def test_a_path_without_such_a_command_is_told(frozen):
    project = frozen.start()
    assert frozen.post(f"/_emulator/jobs/{project}/explode").json()["error"]["code"] == "not_found"
    answer = frozen.get(f"/_emulator/jobs/{project}/finish")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_deleting_a_project_under_way_keeps_its_charge(frozen):
    project = frozen.start(image_count=4)
    assert frozen.delete(f"/v1/image-projects/{project}").status_code == 204
    frozen.control("POST", "clock", action="advance", seconds=10)
    assert frozen.entries()[1:] == [("charge", -40)]
