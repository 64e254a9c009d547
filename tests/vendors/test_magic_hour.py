"""Magic Hour through HTTP: projects, credits, uploads, plans, and every refusal."""

import io
import time

import httpx
import pytest
from PIL import Image

from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.testing.pictures import picture

EDITOR, PROJECTS, UPLOADS = "/v1/ai-image-editor", "/v1/image-projects/", "/v1/files/upload-urls"


def body(path="https://example.com/a.png", **fields):
    found = {"style": {"prompt": "winter"}, "assets": {"image_file_paths": [path]}, "resolution": "640px", **fields}
    return {name: value for name, value in found.items() if value is not None}


def wait(api, project, *statuses):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = api.get(PROJECTS + project).json()
        if found["status"] in (statuses or ("complete", "error", "canceled")):
            return found
        time.sleep(0.02)
    raise AssertionError(f"the project is still {found['status']}")


def make(api, **fields):
    answer = api.post(EDITOR, json=body(**fields))
    assert answer.status_code == 200, answer.text
    return answer.json()


def place(api, extension="png", kind="image"):
    answer = api.post(UPLOADS, json={"items": [{"type": kind, "extension": extension}]})
    return answer.json()["items"][0]


def refused(answer, status, message):
    assert (answer.status_code, answer.json()) == (status, {"message": message})


def test_a_project_is_answered_at_once_and_completes_by_the_clock(api):
    made = make(api, model="nano-banana", image_count=4)
    assert made == {"id": made["id"], "frame_cost": 200, "credits_charged": 200}
    done = wait(api, made["id"])
    assert (done["status"], done["type"], done["credits_charged"]) == ("complete", "AI_IMAGE_EDITOR", 200)
    assert done["name"].startswith("Ai Image Editor - 20")
    assert len(done["downloads"]) == 4
    fresh = api.get(PROJECTS + made["id"]).json()
    picture_of = httpx.get(fresh["downloads"][0]["url"])
    assert picture_of.headers["content-type"] == "image/png"
    assert picture_of.headers["content-disposition"] == f'attachment; filename="{made["id"]}-0.png"'
    assert max(Image.open(io.BytesIO(picture_of.content)).size) == 640


@pytest.mark.parametrize(
    ("resolution", "model", "credits"),
    [("640px", "qwen-edit", 10), ("2k", "qwen-edit", 20), ("4k", "seedream-v4.5", 200), ("auto", "nano-banana", 50)],
)
def test_the_price_follows_model_and_resolution(api, resolution, model, credits):
    assert make(api, model=model, resolution=resolution)["credits_charged"] == credits


def test_older_clients_name_a_single_image_and_a_styles_model(api):
    fields = {"assets": {"image_file_path": "https://example.com/a.png"}, "style": {"prompt": "x", "model": "Seedream"}}
    assert make(api, **fields)["credits_charged"] == 40


def test_uploads_go_to_the_signed_url_and_nowhere_else(api):
    spot = place(api)
    url = spot["upload_url"]
    assert httpx.get(url).status_code == 405
    refused(
        httpx.put(url.replace("signature=", "signature=0"), content=b"x"),
        403,
        "The signature does not fit this URL; use it exactly as it was handed out",
    )
    refused(httpx.put(url.partition("?")[0], content=b"x"), 400, "expires is required; signature is required")
    refused(
        api.post(EDITOR, json=body(spot["file_path"])),
        422,
        f"'{spot['file_path']}' was never uploaded; PUT the file to its upload_url first",
    )
    for data in (b"first, to be replaced", picture("photograph")):
        assert httpx.put(url, content=data).status_code == 200
    made = make(api, path=spot["file_path"])
    assert wait(api, made["id"])["status"] == "complete"


def test_a_library_link_leads_to_a_finished_project(api):
    made = make(api)
    wait(api, made["id"])
    link = f"https://magichour.ai/my-library?imageId={made['id']}"
    assert wait(api, make(api, path=link)["id"])["status"] == "complete"
    link = "https://magichour.ai/my-library?imageId=nobody"
    refused(api.post(EDITOR, json=body(link)), 422, f"'{link}' leads to no image of this account")


def test_a_batch_of_images_is_sixteen_pictures(api):
    assert len(wait(api, make(api, image_count=16)["id"])["downloads"]) == 16


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"style": {}}, 400, "style.prompt is required"),
        ({"style": {"prompt": ""}}, 400, "style.prompt must be at least 1 characters long"),
        ({"image_count": 2}, 400, "image_count must be one of 1, 4, 9, 16"),
        ({"image_count": -1}, 400, "image_count must be one of 1, 4, 9, 16"),
        ({"image_count": 1e300}, 400, "image_count must be one of 1, 4, 9, 16"),
        ({"image_count": "four"}, 400, "image_count must be of type integer"),
        ({"model": "nobody"}, 400, None),
        ({"aspect_ratio": "7:7"}, 400, None),
        ({"assets": {}}, 400, "assets needs one of image_file_paths, image_file_path"),
        ({"assets": {"image_file_paths": []}}, 400, "assets.image_file_paths must be at least 1 items long"),
        (
            {"assets": {"image_file_paths": ["https://example.com/a.png"] * 17}},
            400,
            "assets.image_file_paths must be at most 10 items long",
        ),
        (
            {"assets": {"image_file_paths": ["https://example.com/a.png"] * 4}, "model": "qwen-edit"},
            422,
            "qwen-edit takes at most 3 images, got 4",
        ),
        (
            {"model": "nano-banana", "resolution": "4k"},
            422,
            "nano-banana does not support 4k; supported resolutions: 640px, 1k",
        ),
        (
            {"assets": {"image_file_paths": ["lemon.png"]}},
            422,
            "'lemon.png' is neither a file_path of an upload, nor a URL, nor a link into the library",
        ),
        ({"assets": {"image_file_paths": ["https://example.com/a.txt"]}}, 422, None),
    ],
)
def test_what_cannot_be_done_is_refused_without_charge(api, fields, status, message):
    answer = api.post(EDITOR, json=body(**fields))
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"message"}
    if message is not None:
        assert answer.json()["message"] == message


def test_a_wrong_extension_lists_the_possible_ones(api):
    answer = api.post(UPLOADS, json={"items": [{"type": "audio", "extension": "mp4"}]})
    refused(
        answer, 422, "'mp4' is an invalid audio extension. Possible extensions are 'mp3, wav, aac, flac, webm, m4a'"
    )


def test_keys_and_ids_that_are_not_theirs(api, anonymous, base_url):
    refused(anonymous.post(EDITOR, json=body()), 401, "Unauthorized")
    made = make(api)
    other = httpx.get(base_url + PROJECTS + made["id"], headers={"Authorization": "Bearer somebody-else"})
    refused(other, 404, "Not Found")
    refused(api.get(PROJECTS + "nobody"), 404, "Not Found")
    assert api.delete(PROJECTS + made["id"]).status_code == 204
    refused(api.delete(PROJECTS + made["id"]), 404, "Not Found")


def test_a_body_that_is_missing_or_no_json(api):
    for raw in (b"", b"{", b"\x00", b"[]"):
        answer = api.post(EDITOR, content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert set(answer.json()) == {"message"}
    assert api.post(EDITOR, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 400


def test_plans_limit_resolutions_and_models():
    with ServerThread(Settings(port=0, magic_hour_tier="free")) as url:
        headers = {"Authorization": "Bearer k"}
        answer = httpx.post(url + EDITOR, json=body(resolution="2k"), headers=headers)
        refused(answer, 422, "2k is not available on the free plan; it allows: 640px")
        answer = httpx.post(url + EDITOR, json=body(model="nano-banana-pro"), headers=headers)
        refused(
            answer, 422, "nano-banana-pro is not available on the free plan; it needs one of: creator, pro, business"
        )
        assert httpx.post(url + EDITOR, json=body(resolution="auto"), headers=headers).status_code == 200


def test_too_few_credits_are_refused_and_nothing_is_taken():
    with ServerThread(Settings(port=0, magic_hour_credits=25)) as url:
        headers = {"Authorization": "Bearer poor"}
        statuses = [httpx.post(url + EDITOR, json=body(), headers=headers).status_code for _ in range(3)]
        assert statuses == [200, 200, 402]
        answer = httpx.post(url + EDITOR, json=body(), headers=headers)
        refused(answer, 402, "Not enough credits: this costs 10, the account has 5")


def test_an_immediate_job_is_complete_as_soon_as_its_work_is():
    with ServerThread(Settings(port=0, jobs="immediate")) as url, httpx.Client(base_url=url) as api:
        api.headers["Authorization"] = "Bearer k"
        assert wait(api, make(api)["id"])["status"] == "complete"


def test_a_manual_job_waits_for_commands():
    with ServerThread(Settings(port=0, jobs="manual")) as url, httpx.Client(base_url=url) as api:
        api.headers["Authorization"] = "Bearer k"
        made = make(api)
        time.sleep(0.5)
        assert api.get(PROJECTS + made["id"]).json()["status"] == "queued"


def test_an_unknown_field_is_ignored(api):
    assert make(api, surprise=1)["credits_charged"] == 10


def test_heic_is_stood_in_for(api):
    spot = place(api, "heic")
    assert httpx.put(spot["upload_url"], content=picture("heic")).status_code == 200
    assert wait(api, make(api, path=spot["file_path"])["id"])["status"] == "complete"
