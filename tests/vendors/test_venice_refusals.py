"""Every way in which Venice refuses, with the whole body."""

import base64
import io
import json
import time
import zlib

import pytest
from PIL import Image

from emulator.testing.pictures import picture

EDIT, MULTI = "/api/v1/image/edit", "/api/v1/image/multi-edit"
ASPECTS = "'auto' | '1:1' | '3:2' | '16:9' | '21:9' | '9:16' | '2:3' | '3:4' | '4:5'"


def b64(data):
    return base64.b64encode(data).decode()


def png(width=512, height=384):
    out = io.BytesIO()
    Image.new("RGB", (width, height), (70, 130, 180)).save(out, "PNG")
    return out.getvalue()


def body(**fields):
    return {"prompt": "winter", "image": b64(png()), **fields}


def assert_refused(answer, path, message, *, code=None, error="Invalid request parameters"):
    """A 400 with one violation at `path`: the whole body, tree and list."""
    assert answer.status_code == 400, answer.text
    found = answer.json()
    tree = {"_errors": [message]}
    for step in reversed(path):
        tree = {"_errors": [], str(step): tree}
    assert found["details"] == tree
    assert found["error"] == error
    assert [(one["path"], one["message"]) for one in found["issues"]] == [(list(path), message)]
    assert found.get("code") == code
    assert set(found) == {"error", "details", "issues"} | ({"code"} if code else set())


def assert_image_refused(answer, message, code, path=("image",)):
    assert_refused(answer, path, message, code=code, error=message)


def test_every_violation_stands_in_tree_and_list(api):
    answer = api.post(EDIT, json={"prompt": "", "image": 5, "aspect_ratio": "7:7", "safe_mode": "yes", "x": 1, "y": 2})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "Invalid request parameters",
        "details": {
            "_errors": ["Unrecognized key(s) in object: 'x', 'y'"],
            "prompt": {"_errors": ["String must contain at least 1 character(s)"]},
            "image": {"_errors": ["Expected string, received number"]},
            "aspect_ratio": {"_errors": [f"Invalid enum value. Expected {ASPECTS}, received '7:7'"]},
            "safe_mode": {"_errors": ["Expected boolean, received string"]},
        },
        "issues": answer.json()["issues"],
    }
    assert {(one["code"], tuple(one["path"])) for one in answer.json()["issues"]} == {
        ("unrecognized_keys", ()),
        ("too_small", ("prompt",)),
        ("invalid_type", ("image",)),
        ("invalid_enum_value", ("aspect_ratio",)),
        ("invalid_type", ("safe_mode",)),
    }


@pytest.mark.parametrize("name", ["prompt", "image"])
def test_a_missing_field_is_required(api, name):
    fields = body()
    del fields[name]
    assert_refused(api.post(EDIT, json=fields), (name,), "Required")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"prompt": "x" * 5001}, "prompt", "String must contain at most 5000 character(s)"),
        ({"prompt": "x" * 32769}, "prompt", "String must contain at most 32768 character(s)"),
        ({"resolution": "2K"}, "resolution", "'2K' is not supported by firered-image-edit. Supported values: 1K"),
        (
            {"model": "gpt-image-1-5-edit", "aspect_ratio": "16:9"},
            "aspect_ratio",
            "'16:9' is not supported by gpt-image-1-5-edit. Supported values: auto, 1:1, 3:2, 2:3",
        ),
        (
            {"model": "qwen-image-2-edit", "aspect_ratio": "auto"},
            "aspect_ratio",
            "'auto' is not supported by qwen-image-2-edit. Supported values: 1:1, 3:2, 16:9, 21:9, 9:16, 2:3, 3:4, 4:5",
        ),
    ],
)
def test_what_a_model_does_not_support_names_what_it_does(api, fields, field, message):
    assert_refused(api.post(EDIT, json=body(**fields)), (field,), message)


CORRUPT = "The image could not be decoded; expected PNG, JPEG, WebP or another common format"
SIZE = "Image is {} pixels; expected at least 65536 and at most 33177600 pixels"


@pytest.mark.parametrize(
    ("kind", "message", "code"),
    [
        ("text-as-png", CORRUPT, "CORRUPTED_IMAGE"),
        ("truncated-png", CORRUPT, "CORRUPTED_IMAGE"),
        ("truncated-jpeg", CORRUPT, "CORRUPTED_IMAGE"),
        ("tiny", SIZE.format("1x1"), "IMAGE_TOO_SMALL"),
        ("huge-6000", SIZE.format("6000x6000"), "IMAGE_TOO_LARGE"),
        ("huge-claim", SIZE.format("100000x100000"), "IMAGE_TOO_LARGE"),
    ],
)
def test_pictures_that_cannot_be_used(api, kind, message, code):
    data = picture(kind)
    before = api.get("/api/v1/billing/balance").json()
    started = time.perf_counter()
    assert_image_refused(api.post(EDIT, json=body(image=b64(data))), message, code)
    assert_image_refused(
        api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", data, "image/png")})
        if "jpeg" not in kind
        else api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.jpg", data, "image/jpeg")}),
        message,
        code,
    )
    answer = api.post(MULTI, json={"prompt": "x", "images": [b64(png()), b64(data)]})
    assert_image_refused(answer, message, code, path=("images", 1))
    assert time.perf_counter() - started < 5
    assert api.get("/api/v1/billing/balance").json() == before


def test_a_picture_that_claims_to_be_gigantic_is_refused_at_once(api):
    started = time.perf_counter()
    answer = api.post(EDIT, json=body(image=b64(picture("huge-claim"))))
    assert answer.status_code == 400 and time.perf_counter() - started < 1


def test_a_png_bomb_is_refused_before_it_is_unpacked(api):
    """A whole, valid PNG of 30000x30000 pixels in some hundred kilobytes."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (30000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    data = zlib.compress(bytes(30001) * 2000, 9) * 1
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    assert_image_refused(api.post(EDIT, json=body(image=b64(bomb))), SIZE.format("30000x30000"), "IMAGE_TOO_LARGE")


@pytest.mark.parametrize("text", ["%%%", "abc", "data:image/png;base64,****", "data:image/png,plain", "ftp://x/y.png"])
def test_broken_base64_is_refused(api, text):
    message = "The image is not valid base64, a data URL, or an http(s) URL"
    answer = api.post(EDIT, json=body(image=text))
    if text == "abc":  # valid base64 of two bytes, which are no picture
        message = CORRUPT
    assert_image_refused(answer, message, "CORRUPTED_IMAGE")


@pytest.mark.parametrize("text", ["data:image/png;base64,", " "])
def test_an_empty_picture_is_refused(api, text):
    assert_image_refused(api.post(EDIT, json=body(image=text)), "The image is empty", "CORRUPTED_IMAGE")


def test_an_empty_file_is_refused(api):
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", b"", "image/png")})
    assert_image_refused(answer, "The image is empty", "CORRUPTED_IMAGE")


def test_a_file_that_lies_about_its_type_is_refused(api):
    jpeg = picture("photograph-jpeg")
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", jpeg, "image/png")})
    assert_image_refused(answer, "The file is image/jpeg but was sent as image/png", "CORRUPTED_IMAGE")
    for claim in ("application/octet-stream", "image/jpg"):
        answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a", jpeg, claim)})
        assert answer.status_code == 200
    jpeg_url = "data:image/png;base64," + b64(jpeg)
    answer = api.post(EDIT, json=body(image=jpeg_url))
    assert_image_refused(answer, "The file is image/jpeg but was sent as image/png", "CORRUPTED_IMAGE")


def test_the_largest_file_passes_and_a_larger_one_does_not(api):
    """Just under 25,000,000 bytes is taken; 26 MB is refused while it is read."""
    padded = png() + bytes(24_999_999 - len(png()))
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", padded, "image/png")})
    assert answer.status_code == 200
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", padded + b"\0", "image/png")})
    assert_image_refused(answer, "Image file size must be less than 25MB", "IMAGE_TOO_LARGE")
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": ("a.png", bytes(26_000_000), "image/png")})
    assert_image_refused(answer, "Image file size must be less than 25MB", "IMAGE_TOO_LARGE")
    answer = api.post(EDIT, json=body(image=b64(padded + b"\0")))
    assert_image_refused(answer, "Image file size must be less than 25MB", "IMAGE_TOO_LARGE")


def test_a_json_body_over_the_limit_is_refused(api):
    answer = api.post(EDIT, json=body(image="A" * 36_000_000))
    assert_refused(answer, (), "Request body is too large: the limit is 34333332 bytes")


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00", b"{", b"[1]", b'"x"', b"null", b"[" * 3000 + b"]" * 3000, b'{"prompt": "\\ud800"}', b"\xff", b"NaN"],
)
def test_a_body_that_is_not_json_is_refused(api, raw):
    answer = api.post(EDIT, content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    found = answer.json()
    assert found["error"] == "Invalid request parameters"
    assert set(found["details"]) == {"_errors"} and len(found["details"]["_errors"]) == 1
    assert found["details"]["_errors"][0].startswith(("the body is not valid JSON: ", "Expected object, received "))


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_a_wrong_boundary_is_refused(api, content_type):
    raw = b'--XX\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--XX--\r\n'
    answer = api.post(EDIT, content=raw, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert "boundary" in answer.json()["details"]["_errors"][0]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "image/png"])
def test_a_wrong_content_type_is_refused(api, content_type):
    answer = api.post(EDIT, content=b"x", headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()) == (415, {"error": "Invalid request content-type"})


def test_a_prompt_with_nul_and_other_odd_characters_is_taken_as_it_is(api):
    plain = api.post(EDIT, json=body(prompt="a"))
    nul = api.post(EDIT, json=body(prompt="a\x00\u202e\U0001f600\r\nX-Evil: 1"))
    assert plain.status_code == nul.status_code == 200
    assert "x-evil" not in nul.headers
    assert plain.content != nul.content


def test_duplicate_form_fields_are_refused(api):
    files = [("image", ("a.png", png(), "image/png")), ("prompt", (None, "a")), ("prompt", (None, "b"))]
    assert_refused(api.post(EDIT, files=files), ("prompt",), "Expected one value, received 2")
    files = [("image", ("a.png", png(), "image/png"))] * 2 + [("prompt", (None, "a"))]
    assert_refused(api.post(EDIT, files=files), ("image",), "Expected one value, received 2")


@pytest.mark.parametrize(
    "name", ['a"; name="prompt', "a\r\nX-Evil: 1", "../../etc/passwd", "x" * 2000, "\u202egnp.exe"]
)
def test_file_names_are_harmless(api, name):
    answer = api.post(EDIT, data={"prompt": "x"}, files={"image": (name, png(), "image/png")})
    assert answer.status_code == 200 and "x-evil" not in answer.headers


def test_a_field_of_the_wrong_kind_in_a_form(api):
    files = {"image": ("a.png", png(), "image/png"), "prompt": ("p.txt", b"winter", "text/plain")}
    assert_refused(api.post(EDIT, files=files), ("prompt",), "Expected a string, received a file")
    answer = api.post(
        EDIT, data={"prompt": "x", "safe_mode": "perhaps"}, files={"image": ("a.png", png(), "image/png")}
    )
    assert_refused(answer, ("safe_mode",), "Expected boolean, received string")


def test_without_credentials_a_paid_route_says_how_to_pay(anonymous, base_url):
    answer = anonymous.post(EDIT, json=body())
    assert answer.status_code == 402
    offer = answer.json()
    assert offer["resource"]["url"] == base_url + EDIT
    assert [one["network"].partition(":")[0] for one in offer["accepts"]] == ["eip155", "solana"]
    assert json.loads(base64.b64decode(answer.headers["payment-required"])) == offer


@pytest.mark.parametrize("value", ["Bearer", "Basic abc", "abc", "Bearer a b", "Bearer \u00e9"])
def test_a_wrong_credential_is_refused(anonymous, value):
    answer = anonymous.post(EDIT, json=body(), headers={"Authorization": value.encode("latin-1")})
    assert (answer.status_code, answer.json()) == (401, {"error": "Authentication failed"})


def test_the_balance_needs_a_key(anonymous):
    assert anonymous.get("/api/v1/billing/balance").status_code == 401


def test_the_order_of_refusals(api, anonymous):
    """Credentials before media type before body before model before pictures."""
    assert anonymous.post(EDIT, content=b"{").status_code == 402
    assert api.post(EDIT, content=b"{", headers={"Content-Type": "text/plain"}).status_code == 415
    assert api.post(EDIT, json={"model": "nobody"}).status_code == 400
    assert api.post(EDIT, json=body(model="nobody", image="%%")).status_code == 404
    assert api.post(EDIT, json=body(image="%%", resolution="4K")).json()["details"].keys() == {"_errors", "resolution"}


def test_unknown_paths_and_methods_in_the_vendors_words(api):
    answer = api.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})
    answer = api.put(EDIT)
    assert (answer.status_code, answer.json()) == (405, {"error": "Method not allowed"})
    assert answer.headers["allow"] == "POST"
