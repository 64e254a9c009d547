import io
import struct

import pytest
from PIL import Image

from emulator.errors import ImageRejected
from emulator.imaging import ImageLimits, read_header, sniff
from emulator.testing.pictures import KINDS, picture

VENICE = ImageLimits(max_bytes=24_999_999, min_pixels=65_536, max_pixels=33_177_600)
ANY = ImageLimits(max_pixels=33_177_600, formats=("png", "jpeg", "webp", "gif", "heic", "bmp", "tiff", "avif", "jp2"))
UNREADABLE = {"text-as-png", "huge-claim", "huge-6000"}


def refusal(data, limits=VENICE, path=("image",)):
    with pytest.raises(ImageRejected) as caught:
        read_header(data, limits=limits, path=path)
    return caught.value


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in UNREADABLE])
def test_every_kind_of_picture_tells_its_format_and_size(kind):
    header = read_header(picture(kind), limits=ANY)
    assert header.format == sniff(picture(kind))
    assert header.width > 0
    assert header.height > 0


@pytest.mark.parametrize(
    ("kind", "mode", "has_alpha"),
    [
        ("quarters", "RGB", False),
        ("cmyk", "CMYK", False),
        ("palette", "P", False),
        ("palette-transparent", "P", True),
        ("grey-alpha", "LA", True),
        ("16-bit", "I;16", False),
        ("mask", "RGBA", True),
    ],
)
def test_the_header_tells_mode_and_alpha(kind, mode, has_alpha):
    header = read_header(picture(kind), limits=ANY)
    assert (header.mode, header.has_alpha) == (mode, has_alpha)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_upright_picture(orientation):
    header = read_header(picture("exif-rotated", orientation=orientation), limits=ANY)
    assert (header.width, header.height) == (320, 240)


@pytest.mark.parametrize("format_name", ["BMP", "TIFF", "AVIF", "JPEG2000", "GIF"])
def test_uncommon_formats_are_recognised(format_name):
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (9, 120, 40)).save(buffer, format_name)
    header = read_header(buffer.getvalue(), limits=ANY)
    assert (header.width, header.height) == (320, 240)


def test_a_heic_tells_its_size_though_it_cannot_be_decoded():
    assert read_header(picture("heic"), limits=ANY).width == 640


def test_limits_are_checked_in_their_order_with_figures():
    assert refusal(b"").fault == "empty"
    long = refusal(picture("noise-24mb") + bytes(2_000_000))
    assert (long.fault, long.detail["limit"]) == ("too_many_bytes", 24_999_999)
    assert refusal(picture("text-as-png")).fault == "undecodable"
    gif = refusal(picture("animated-gif"), ImageLimits(max_pixels=10**9, formats=("png", "webp")))
    assert (gif.fault, gif.detail) == ("wrong_format", {"format": "gif", "expected": ("png", "webp")})
    small = refusal(picture("tiny"))
    assert (small.fault, small.detail["pixels"], small.detail["limit"]) == ("too_few_pixels", 1, 65_536)
    large = refusal(picture("huge-6000"), path=("images", 2))
    assert (large.fault, large.detail["width"], large.path) == ("too_many_pixels", 6000, ("images", 2))


def test_limits_are_inclusive():
    exact = picture("quarters", width=256, height=256)
    assert read_header(exact, limits=ImageLimits(max_bytes=len(exact), min_pixels=65_536, max_pixels=65_536))
    assert refusal(exact, ImageLimits(min_pixels=65_537, max_pixels=10**6)).fault == "too_few_pixels"
    assert refusal(exact, ImageLimits(max_pixels=65_535)).fault == "too_many_pixels"
    assert refusal(exact, ImageLimits(max_bytes=len(exact) - 1, max_pixels=10**6)).fault == "too_many_bytes"


def test_nearly_24_megabytes_are_below_the_limit_of_25():
    assert 23_000_000 < len(picture("noise-24mb")) < 25_000_000
    assert read_header(picture("noise-24mb"), limits=VENICE).format == "png"


@pytest.mark.parametrize(
    "signature", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM"]
)
def test_a_signature_alone_is_no_picture(signature):
    assert refusal(signature).fault == "undecodable"
    assert refusal(signature + bytes(40)).fault == "undecodable"


def webp_claim(side):
    body = b"VP8X" + struct.pack("<L", 10) + bytes(4) + (side - 1).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body


def test_a_claim_of_ten_thousand_megapixels_costs_neither_memory_nor_time(run_python):
    code = f"""
import resource, time
from emulator.errors import ImageRejected
from emulator.imaging import ImageLimits, read_header
from emulator.imaging.decode import decode
from emulator.testing.pictures import picture
read_header(picture("quarters"), limits=ImageLimits(max_pixels=10**6))
bombs = [picture("huge-claim"), {webp_claim(16_000)!r}]
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
faults = []
for bomb in bombs:
    for look in (lambda: read_header(bomb, limits=ImageLimits(max_pixels=33_177_600)), lambda: decode(bomb)):
        try:
            look()
        except ImageRejected as refused:
            faults.append(refused.fault)
print(faults.count("too_many_pixels"), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000,
      time.perf_counter() - start < 0.5)
"""
    assert run_python(code).split() == ["4", "True", "True"]
