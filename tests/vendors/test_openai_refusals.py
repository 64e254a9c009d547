"""Every way in which OpenAI's edits refuse, with the whole body."""

import io

import httpx
import pytest
from PIL import Image

from emulator.testing.pictures import picture

EDITS = "/v1/images/edits"


def png(width=64, height=64, mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG")
    return out.getvalue()


def send(api, fields=None, files=None, **replaced):
    fields = {"prompt": "winter", "size": "1024x1024", "quality": "low", **(fields or {}), **replaced}
    files = {"image": ("a.png", png(), "image/png")} if files is None else files
    return api.post(EDITS, data={name: one for name, one in fields.items() if one is not None}, files=files)


def assert_fault(answer, message, *, status=400, kind="invalid_request_error", param=None, code=None):
    """The whole error: status, exact keys, the headers every answer has."""
    assert answer.status_code == status, answer.text
    assert answer.json() == {"error": {"message": message, "type": kind, "param": param, "code": code}}
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.headers["openai-version"] == "2020-10-01"


SIZES = "'1024x1024', '1536x1024', '1024x1536', 'auto', '256x256', and '512x512'"


@pytest.mark.parametrize(
    ("fields", "message", "param", "code"),
    [
        ({"prompt": None}, "Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter"),
        (
            {"size": "7x7"},
            f"Invalid value: '7x7'. Supported values are: {SIZES}.",
            "size",
            "invalid_value",
        ),
        (
            {"size": "256x256"},
            "Invalid value: '256x256'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
            "size",
            "invalid_value",
        ),
        (
            {"quality": "standard"},
            "Invalid value: 'standard'. Supported values are: 'low', 'medium', 'high', and 'auto'.",
            "quality",
            "invalid_value",
        ),
        (
            {"model": "gpt-image-9"},
            "Invalid value: 'gpt-image-9'. Supported values are: 'gpt-image-1' and 'dall-e-2'.",
            "model",
            "invalid_value",
        ),
        (
            {"model": "dall-e-2", "quality": None, "background": "opaque"},
            "The parameter 'background' is not supported with the model 'dall-e-2'.",
            "background",
            "unsupported_parameter",
        ),
        (
            {"model": "dall-e-2", "quality": None, "prompt": "x" * 1001},
            "Invalid 'prompt': string too long. Expected a string with maximum length 1000, "
            "but got a string with length 1001 instead.",
            "prompt",
            "string_above_max_length",
        ),
        (
            {"prompt": "x" * 32001},
            "Invalid 'prompt': string too long. Expected a string with maximum length 32000, "
            "but got a string with length 32001 instead.",
            "prompt",
            "string_above_max_length",
        ),
        (
            {"prompt": ""},
            "Invalid 'prompt': empty string. Expected a string with minimum length 1.",
            "prompt",
            "empty_string",
        ),
        (
            {"n": "0"},
            "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "n",
            "integer_below_min_value",
        ),
        (
            {"n": "11"},
            "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.",
            "n",
            "integer_above_max_value",
        ),
        ({"n": "two"}, "Invalid type for 'n': expected an integer, but got a string instead.", "n", "invalid_type"),
        ({"strength": "1"}, "Unknown parameter: 'strength'.", "strength", "unknown_parameter"),
        (
            {"background": "transparent", "output_format": "jpeg"},
            "Invalid value: 'jpeg'. Supported values are: 'png' and 'webp'.",
            "output_format",
            "invalid_value",
        ),
        ({"prompt": ["a", "b"]}, "Duplicate parameter: 'prompt'.", "prompt", "duplicate_parameter"),
    ],
)
def test_openai_errors_in_the_vendors_words(api, fields, message, param, code):
    assert_fault(send(api, fields), message, param=param, code=code)


def test_the_default_model_is_gpt_image_1(api):
    assert "usage" in send(api).json()


def test_an_image_that_is_text_or_missing(api):
    answer = api.post(EDITS, data={"image": "abc"}, files={"prompt": (None, "x")})
    message = "Invalid type for 'image[0]': expected a file, but got a string instead."
    assert_fault(answer, message, param="image[0]", code="invalid_type")
    answer = api.post(EDITS, files={"prompt": (None, "x")})
    assert_fault(answer, "Missing required parameter: 'image'.", param="image", code="missing_required_parameter")


def test_seventeen_images_are_too_many(api):
    files = [("image[]", (f"{i}.png", png(), "image/png")) for i in range(17)]
    message = "Invalid 'image': array too long. Expected an array with maximum length 16."
    assert_fault(send(api, files=files), message, param="image", code="array_above_max_length")
    assert send(api, files=files[:16]).status_code == 200


UNREADABLE = "Invalid file '{}': the image could not be read. Is it a whole PNG, WebP or JPEG file?"


@pytest.mark.parametrize("kind", ["text-as-png", "truncated-png"])
def test_pictures_that_cannot_be_read(api, kind):
    files = {"image": ("a.png", picture(kind), "image/png")}
    assert_fault(send(api, files=files), UNREADABLE.format("image"), param="image", code="invalid_image_file")
    files = [("image[]", ("a.png", png(), "image/png")), ("image[]", ("b.png", picture(kind), "image/png"))]
    assert_fault(send(api, files=files), UNREADABLE.format("image[1]"), param="image[1]", code="invalid_image_file")


def test_an_empty_file_and_a_gigantic_claim(api):
    files = {"image": ("a.png", b"", "image/png")}
    assert_fault(send(api, files=files), UNREADABLE.format("image"), param="image", code="invalid_image_file")
    files = {"image": ("a.png", picture("huge-claim"), "image/png")}
    message = "Invalid file 'image': 100000x100000 pixels are not supported."
    assert_fault(send(api, files=files), message, param="image", code="invalid_image_file")


def test_a_gif_is_not_taken(api):
    files = {"image": ("a.gif", picture("animated-gif"), "image/gif")}
    message = "Invalid file 'image': unsupported format 'gif'. Supported: 'png', 'webp', and 'jpeg'."
    assert_fault(send(api, files=files), message, param="image", code="unsupported_file_format")


def test_masks_that_do_not_fit(api):
    def masked(data):
        return {"image": ("a.png", png(), "image/png"), "mask": ("m.png", data, "image/png")}

    message = "Invalid mask: expected 64x64 pixels like the image, but got 32x32."
    assert_fault(send(api, files=masked(png(32, 32, "RGBA"))), message, param="mask", code="invalid_mask")
    message = "Invalid mask: expected a PNG with an alpha channel; its transparent pixels mark what to edit."
    assert_fault(send(api, files=masked(png(64, 64, "RGB"))), message, param="mask", code="invalid_mask")


def test_a_refused_prompt(api):
    answer = send(api, prompt="[[violence]]")
    request_id = answer.headers["x-request-id"].removeprefix("req_")
    message = (
        "Your request was rejected by the safety system. "
        f"If you believe this is an error, include the request ID {request_id}."
    )
    assert_fault(answer, message, kind="image_generation_user_error", code="moderation_blocked")


def test_no_key_and_a_malformed_one(anonymous):
    message = "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY'."
    assert_fault(send(anonymous), message, status=401)
    answer = anonymous.get("/v1/models", headers={"Authorization": "Basic abc"})
    assert_fault(answer, message, status=401)


def test_a_wrong_content_type(api):
    answer = api.post(EDITS, json={"prompt": "x"})
    message = "Unsupported content type: 'application/json'. This API method only accepts 'multipart/form-data'."
    assert_fault(answer, message, code="unsupported_content_type")


def test_a_wrong_boundary(api):
    raw = b'--XX\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n--XX--\r\n'
    answer = api.post(EDITS, content=raw, headers={"Content-Type": "multipart/form-data; boundary=YY"})
    assert answer.status_code == 400 and "boundary" in answer.json()["error"]["message"]


def test_a_file_over_50_mb_is_refused_while_it_is_read(api):
    files = {"image": ("a.png", png() + bytes(52_428_800), "image/png")}
    message = "Invalid file 'image': the file is too large. The limit is 52428799 bytes."
    assert_fault(send(api, files=files), message, param="image", code="file_too_large")


def test_unknown_paths_and_methods(api):
    assert_fault(api.get("/v1/nothing"), "Invalid URL (GET /v1/nothing)", status=404)
    message = "Not allowed to GET on this URL. Allowed: POST."
    assert_fault(api.get(EDITS), message, status=405, code="method_not_supported")


def test_only_listed_keys_are_accounts():
    from emulator.server import ServerThread
    from emulator.settings import Settings

    with ServerThread(Settings(port=0, keys=("one", "two"))) as url:
        for key, status in (("one", 200), ("two", 200), ("three", 401)):
            assert httpx.get(url + "/v1/models", headers={"Authorization": f"Bearer {key}"}).status_code == status
