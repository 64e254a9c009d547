"""Venice's image routes through HTTP: what a client sees, sends and pays."""

import base64
import io
import itertools

import pytest
from PIL import Image

from emulator.testing import read_provenance
from emulator.testing.pictures import picture

EDIT, MULTI, CUT = "/api/v1/image/edit", "/api/v1/image/multi-edit", "/api/v1/image/background-remove"


def b64(data):
    return base64.b64encode(data).decode()


def small(width=512, height=384, colour=(70, 130, 180), format="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format)
    return out.getvalue()


def opened(answer):
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content))


def usd(api):
    return api.get("/api/v1/billing/balance").json()["balances"]["usd"]


def edit(api, url=EDIT, **fields):
    return api.post(url, json={"prompt": "make it a sunset", "image": b64(small()), **fields})


@pytest.fixture(scope="session")
def catalogue(base_url):
    import httpx

    listed = httpx.get(base_url + "/api/v1/models", params={"type": "inpaint"}).json()["data"]
    return {model["id"]: model["model_spec"] for model in listed}


def test_an_edit_by_every_form_of_picture_gives_the_same_bytes(api):
    data = picture("photograph-jpeg")
    answers = [
        api.post(EDIT, json={"prompt": "winter", "image": b64(data)}),
        api.post(EDIT, json={"prompt": "winter", "image": "data:image/jpeg;base64," + b64(data)}),
        api.post(EDIT, data={"prompt": "winter"}, files={"image": ("a.jpg", data, "image/jpeg")}),
        api.post(EDIT, data={"prompt": "winter", "image": b64(data)}, files={"model": (None, "firered-image-edit")}),
    ]
    assert {opened(answer).size for answer in answers} == {(1024, 1024)}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["x-venice-model-id"] == "firered-image-edit"
    assert answers[0].headers["x-venice-model-name"] == "FireRed Image Edit 1.1"
    assert answers[0].headers["x-venice-is-content-violation"] == "false"
    assert "x-balance-remaining" not in answers[0].headers


def test_an_image_url_is_answered_from_the_directory_or_a_synthetic_photograph(api):
    one = edit(api, image="https://example.com/one.png")
    again = edit(api, image="https://example.com/one.png")
    other = edit(api, image="https://example.com/other.png")
    assert opened(one).size == opened(other).size
    assert one.content == again.content != other.content


def test_the_balance_falls_by_the_price_of_an_edit(api):
    before = usd(api)
    assert edit(api, model="wan-2-7-pro-edit").status_code == 200
    assert usd(api) == pytest.approx(before - 0.094, abs=1e-9)
    assert api.get("/api/v1/billing/balance").json()["balances"]["diem"] is None


def test_every_model_at_each_resolution_and_ratio(api, catalogue):
    """Output size, format and price as the catalogue says, for all 15 models."""
    area = {"1K": 1024**2, "2K": 2048**2, "4K": 4096**2}
    enum = {"1:1", "3:2", "16:9", "21:9", "9:16", "2:3", "3:4", "4:5"}
    assert len(catalogue) == 15
    source = b64(small(300, 300))
    for name, spec in catalogue.items():
        limits, pricing = spec["constraints"], spec["pricing"]
        tiers = limits.get("resolutions", ["1K"])
        for tier in tiers:
            # All ratios at 1K; one for each larger tier, which cost seconds and differ in area alone.
            ratios = [one for one in limits["aspectRatios"] if one in enum]
            for ratio in ratios if tier == "1K" else ["3:2"]:
                body = {"prompt": "winter", "model": name, "image": source, "aspect_ratio": ratio, "resolution": tier}
                before = usd(api)
                answer = api.post(EDIT, json=body)
                image = opened(answer)
                wide, high = map(int, ratio.split(":"))
                assert image.width % 16 == image.height % 16 == 0, (name, tier, ratio)
                assert image.width / image.height == pytest.approx(wide / high, rel=0.03)
                assert image.width * image.height == pytest.approx(area[tier], rel=0.04)
                assert image.format == ("PNG" if tier == "1K" else "JPEG")
                price = pricing.get("resolutions", {}).get(tier, pricing["inpaint"])["usd"]
                if "quality" in pricing:
                    price = pricing["quality"][tier][limits["defaultQuality"]]["usd"]
                assert before - usd(api) == pytest.approx(price, abs=1e-9), (name, tier)


def test_ratios_outside_the_enum_are_reached_by_auto(api, catalogue):
    assert "4:3" in catalogue["grok-imagine-edit"]["constraints"]["aspectRatios"]
    assert edit(api, model="grok-imagine-edit", aspect_ratio="4:3").status_code == 400
    image = opened(edit(api, model="grok-imagine-edit", image=b64(small(800, 600)), aspect_ratio="auto"))
    assert image.width / image.height == pytest.approx(4 / 3, rel=0.02)


def test_a_quality_tier_has_its_price(api, catalogue):
    prices = catalogue["gpt-image-2-edit"]["pricing"]["quality"]
    for quality in ("low", "medium", "high"):
        before = usd(api)
        assert edit(api, model="gpt-image-2-edit", quality=quality).status_code == 200
        assert before - usd(api) == pytest.approx(prices["1K"][quality]["usd"], abs=1e-9)


def test_quality_is_ignored_by_models_without_qualities(api):
    before = usd(api)
    assert edit(api, model="qwen-edit", quality="low").status_code == 200
    assert before - usd(api) == pytest.approx(0.04, abs=1e-9)


@pytest.mark.parametrize(
    ("fields", "format"),
    [
        ({}, "PNG"),
        ({"output_format": "jpg"}, "JPEG"),
        ({"output_format": "jpeg"}, "JPEG"),
        ({"output_format": "webp"}, "WEBP"),
        ({"resolution": "2K"}, "JPEG"),
        ({"resolution": "2K", "output_format": "png"}, "PNG"),
    ],
)
def test_the_format_follows_the_tier_unless_asked(api, fields, format):
    answer = edit(api, model="nano-banana-2-edit", **fields)
    assert opened(answer).format == format
    assert answer.headers["content-type"] == Image.MIME[format]


def test_the_default_model_is_the_schemas(api):
    assert edit(api).headers["x-venice-model-id"] == "firered-image-edit"


def test_model_wins_over_its_alias(api):
    assert edit(api, modelId="qwen-edit").headers["x-venice-model-id"] == "qwen-edit"
    assert edit(api, modelId="qwen-edit", model="flux-2-max-edit").headers["x-venice-model-id"] == "flux-2-max-edit"


def test_an_unknown_model_is_refused_without_charge(api):
    before = usd(api)
    answer = edit(api, model="qwen-edit-3000")
    assert (answer.status_code, answer.json()) == (404, {"error": "Specified model not found"})
    assert edit(api, modelId="qwen-edit-3000").status_code == 400
    assert usd(api) == before


def test_multi_edit_uses_its_layers(api):
    base, layer = small(), small(300, 300, (200, 30, 30))
    alone = api.post(MULTI, json={"prompt": "winter", "images": [b64(base)]})
    both = api.post(MULTI, json={"prompt": "winter", "images": [b64(base), b64(layer)]})
    assert opened(alone).size == opened(both).size
    assert alone.content != both.content
    files = [("images", ("a.png", base, "image/png")), ("images", ("b.png", layer, "image/png"))]
    assert api.post(MULTI, data={"prompt": "winter"}, files=files).content == both.content
    url = api.post(MULTI, json={"prompt": "winter", "images": [b64(base), "https://example.com/x.png"]})
    assert opened(url).size == opened(both).size


def test_a_mask_like_layer_confines_the_edit(api):
    base = small(1024, 1024, (120, 160, 90))
    mask = Image.new("L", (1024, 1024), 0)
    mask.paste(255, (0, 0, 512, 1024))
    out = io.BytesIO()
    mask.save(out, "PNG")
    answer = api.post(
        MULTI, json={"prompt": "night", "images": [b64(base), b64(out.getvalue())], "aspect_ratio": "1:1"}
    )
    after = opened(answer).convert("RGB")
    assert after.getpixel((900, 500)) == (120, 160, 90)
    assert after.getpixel((100, 500)) != (120, 160, 90)


def test_multi_edit_takes_one_to_three_images_and_in_forms_files_only(api):
    four = [b64(small())] * 4
    answer = api.post(MULTI, json={"prompt": "winter", "images": four})
    assert answer.json()["details"]["images"]["_errors"] == ["Array must contain at most 3 element(s)"]
    answer = api.post(MULTI, json={"prompt": "winter", "images": []})
    assert answer.json()["details"]["images"]["_errors"] == ["Array must contain at least 1 element(s)"]
    answer = api.post(MULTI, data={"prompt": "winter", "images": four[0]}, files={"safe_mode": (None, "true")})
    assert answer.status_code == 400
    assert answer.json()["details"]["images"]["0"]["_errors"] == ["Expected a file, received a string"]


def test_background_removal_leaves_the_subject_on_a_transparent_ground(api):
    before = usd(api)
    image = opened(api.post(CUT, files={"image": ("a.png", picture("photograph"), "image/png")}))
    assert image.format == "PNG" and image.mode == "RGBA" and image.size == (1024, 1024)
    low, high = image.getchannel("A").getextrema()
    assert (low, high) == (0, 255)
    assert before - usd(api) == pytest.approx(0.03, abs=1e-9)
    assert opened(api.post(CUT, json={"image_url": "https://example.com/p.jpg"})).mode == "RGBA"


def test_an_edit_says_where_it_comes_from(api):
    found = read_provenance(edit(api, model="qwen-edit").content)
    assert (found.vendor, found.operation, found.model) == ("venice", "editImage", "qwen-edit")
    assert "sunset" in found.words


def test_adult_prompts_are_refused_blurred_or_passed(api):
    data = b64(picture("photograph"))
    refused = edit(api, model="qwen-edit", prompt="[[adult]] portrait", image=data)
    assert refused.status_code == 400
    assert refused.json()["details"]["prompt"]["_errors"] == ["The prompt was refused by the model's content policy"]
    blurred = edit(api, prompt="[[adult]] portrait", image=data)
    passed = edit(api, prompt="[[adult]] portrait", image=data, safe_mode=False)
    assert blurred.headers["x-venice-is-content-violation"] == passed.headers["x-venice-is-content-violation"] == "true"

    def detail(answer):
        grey = opened(answer).convert("L").resize((256, 256))
        pixels = list(grey.get_flattened_data())
        return sum(abs(a - b) for a, b in itertools.pairwise(pixels)) / len(pixels)

    assert detail(blurred) < detail(passed) / 2


def test_models_are_listed_by_type(api, anonymous):
    assert len(anonymous.get("/api/v1/models", params={"type": "inpaint"}).json()["data"]) == 15
    assert len(api.get("/api/v1/models", params={"type": "all"}).json()["data"]) == 15
    assert api.get("/api/v1/models").json() == {"object": "list", "type": "text", "data": []}
    assert api.get("/api/v1/models", params={"type": "paint"}).status_code == 400
    traits = api.get("/api/v1/models/traits", params={"type": "inpaint"}).json()["data"]
    assert traits == {"default": "firered-image-edit"}
    limits = api.get("/api/v1/api_keys/rate_limits").json()["data"]["rateLimits"]
    assert {one["apiModelId"] for one in limits} >= {"qwen-edit", "gpt-image-2-edit"}
