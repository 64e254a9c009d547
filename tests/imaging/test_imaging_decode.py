import io

import pytest
from PIL import Image

from emulator.errors import ImageRejected
from emulator.imaging.decode import decode
from emulator.testing.pictures import GREY_QUARTERS, QUARTERS, picture

GREYS = tuple((level, level, level) for level in GREY_QUARTERS)


def quarters(image):
    """The colour in the middle of each quarter, without alpha."""
    image = image.convert("RGBA")
    return [
        image.getpixel((round(image.width * x), round(image.height * y)))[:3]
        for y in (0.25, 0.75)
        for x in (0.25, 0.75)
    ]


def near(found, expected, tolerance):
    return all(
        abs(a - b) <= tolerance
        for one, other in zip(found, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "expected", "tolerance"),
    [
        ("quarters", QUARTERS, 0),
        ("cmyk", QUARTERS, 3),
        ("palette", QUARTERS, 0),
        ("palette-transparent", QUARTERS, 0),
        ("animated-gif", QUARTERS, 0),
        ("animated-webp", QUARTERS, 0),
        ("animated-png", QUARTERS, 0),
        ("grey", GREYS, 0),
        ("grey-alpha", GREYS, 0),
        ("16-bit", GREYS, 0),
        ("bilevel", ((0, 0, 0), (255, 255, 255), (255, 255, 255), (0, 0, 0)), 0),
    ],
)
def test_every_mode_is_read_in_its_right_colours(kind, expected, tolerance):
    image = decode(picture(kind))
    assert image.mode in ("RGB", "RGBA")
    assert near(quarters(image), expected, tolerance)


@pytest.mark.parametrize("kind", ["palette-transparent", "grey-alpha"])
def test_transparency_is_read_from_every_kind_that_has_it(kind):
    alpha = decode(picture(kind)).getchannel("A")
    assert (alpha.getpixel((10, 10)), alpha.getpixel((250, 250))) == (255, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright(orientation):
    image = decode(picture("exif-rotated", orientation=orientation))
    assert image.size == (320, 240)
    assert near(quarters(image), QUARTERS, 4)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})])
def test_orientation_counts_in_every_format_that_can_tell_it(kind, options):
    upright = Image.open(io.BytesIO(picture("quarters", width=320, height=240)))
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(upright.transpose(Image.Transpose.ROTATE_90), kind, exif=exif, **options)
    assert near(quarters(decode(data)), QUARTERS, 0)
    assert decode(data).size == (320, 240)


def test_orientation_after_the_pixels_of_a_png_counts_too():
    upright = Image.open(io.BytesIO(picture("quarters", width=320, height=240)))
    exif = Image.Exif()
    exif[0x0112] = 3
    data = saved(upright.transpose(Image.Transpose.ROTATE_180), "PNG", exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    moved = data[:start] + data[end:-12] + data[start:end] + data[-12:]
    assert near(quarters(decode(moved)), QUARTERS, 0)


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"nonsense"]
)
def test_damaged_exif_is_no_reason_to_refuse_a_picture(exif):
    data = saved(Image.open(io.BytesIO(picture("quarters"))), "WEBP", exif=exif, lossless=True)
    assert near(quarters(decode(data)), QUARTERS, 0)


def test_an_embedded_profile_is_honoured():
    red, green, *_ = quarters(decode(picture("with-icc-profile")))
    assert red[0] < 90
    assert red[1] > 180
    assert green[0] > 140
    assert green[1] < 90


def test_a_broken_profile_is_passed_over():
    data = saved(Image.open(io.BytesIO(picture("quarters"))), "PNG", icc_profile=b"not a profile" * 20)
    assert quarters(decode(data)) == list(QUARTERS)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_deeper_samples_are_scaled_and_not_clipped(mode):
    top = 65535 if mode == "I" else 1.0
    image = Image.new(mode, (4, 1))
    for x, share in enumerate((0, 1 / 3, 2 / 3, 1)):
        image.putpixel((x, 0), round(top * share) if mode == "I" else top * share)
    found = decode(saved(image, "TIFF"))
    assert [found.getpixel((x, 0))[0] for x in range(4)] == [0, 85, 170, 255]


@pytest.mark.parametrize("kind", ["truncated-png", "truncated-jpeg", "damaged-png", "text-as-png"])
def test_what_is_cut_off_or_damaged_is_refused(kind):
    with pytest.raises(ImageRejected) as caught:
        decode(picture(kind), path=("images", 1))
    assert (caught.value.fault, caught.value.path) == ("undecodable", ("images", 1))


@pytest.mark.parametrize("kind", ["quarters", "exif-rotated", "animated-webp"])
@pytest.mark.parametrize("missing", [1, 4, 12, 60])
def test_even_a_few_missing_bytes_at_the_end_are_noticed(kind, missing):
    with pytest.raises(ImageRejected):
        decode(picture(kind)[:-missing])


def test_a_much_larger_jpeg_may_be_decoded_smaller_but_never_below_the_target():
    data = picture("photograph-jpeg", width=1600, height=1200)
    assert decode(data).size == (1600, 1200)
    width, height = decode(data, target=(300, 200)).size
    assert (width, height) == (400, 300)


def test_a_heic_is_stood_in_for_by_a_photograph_of_its_size():
    assert decode(picture("heic")).size == (640, 480)
    assert decode(picture("heic")).tobytes() == decode(picture("heic")).tobytes()


def test_bytearrays_are_pictures_too():
    assert near(quarters(decode(bytearray(picture("quarters")))), QUARTERS, 0)
