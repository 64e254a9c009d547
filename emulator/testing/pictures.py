"""Test pictures made on the spot, named for the property that a test needs. The same call, the same bytes.

Most show four quarters of known colours (see `QUARTERS`), so that a test can tell what was read and how
it was turned. Pillow is loaded with the first picture.
"""

import io
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, assert_never, get_args

if TYPE_CHECKING:
    from PIL import Image

Kind = Literal[
    "photograph", "photograph-jpeg", "photograph-webp", "portrait", "quarters", "exif-rotated", "cmyk", "palette",
    "palette-transparent", "grey", "grey-alpha", "bilevel", "16-bit", "animated-gif", "animated-webp", "animated-png",
    "with-icc-profile", "transparent-hole", "mask", "tiny", "huge-claim", "huge-6000", "truncated-png",
    "truncated-jpeg", "damaged-png", "text-as-png", "heic", "noise-24mb",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

# Upper left, upper right, lower left, lower right.
QUARTERS = ((220, 40, 40), (40, 180, 60), (50, 80, 220), (240, 220, 60))
# What the same quarters hold in kinds without colour; of 65535 in the kind 16-bit, where each level is x 257.
GREY_QUARTERS = (0, 85, 170, 255)


@lru_cache(maxsize=64)
def picture(kind: Kind, *, width: int = 0, height: int = 0, text: str = "harbour", orientation: int = 6) -> bytes:
    """The file bytes of a picture of that kind.

    `width` and `height` in pixels where the kind leaves them open (0: its own default), `text` chooses a
    photograph, `orientation` is the EXIF orientation 1 to 8 of `exif-rotated`, whose picture is 320x240
    upright. Raises KeyError for an unknown kind.
    """
    own = _SIZES.get(kind, (256, 256))
    return _MAKERS[kind](_Wish(width or own[0], height or own[1], text, orientation))


FixtureName = Literal["harbour.png", "portrait.jpg", "mask.png"]


def fixture(name: FixtureName) -> bytes:
    """A file of `fixtures/images`, as it was made: the pictures and the mask of the README and the demo."""
    from emulator.imaging.photograph import landscape

    match name:
        case "harbour.png":  # without grain, which a small file cannot hold
            quiet = landscape("https://example.com/harbour.png", (400, 400), grain_levels=0)
            return _saved(quiet, "PNG", optimize=True)
        case "portrait.jpg":
            return _saved(landscape("portrait of a lady", (480, 600), grain_levels=3), "JPEG", quality=88)
        case "mask.png":
            return _saved(_mask(_Wish(400, 400, "", 1)), "PNG", optimize=True)
        case _:
            assert_never(name)


class _Wish:
    def __init__(self, width: int, height: int, text: str, orientation: int) -> None:
        self.size = (width, height)
        self.text = text
        self.orientation = orientation

    def of(self, motif: str) -> "_Wish":
        return _Wish(*self.size, f"{motif} {self.text}", self.orientation)


_SIZES: dict[Kind, tuple[int, int]] = {
    "photograph": (1024, 1024),
    "photograph-jpeg": (1024, 1024),
    "photograph-webp": (1024, 1024),
    "portrait": (768, 1024),
    "exif-rotated": (320, 240),
    "heic": (640, 480),
}


def _saved(image: "Image.Image", kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _photograph(wish: _Wish) -> "Image.Image":
    from emulator.imaging.photograph import landscape

    return landscape(wish.text, wish.size)


def _quarters(size: tuple[int, int], mode: str = "RGB", levels: tuple[object, ...] = QUARTERS) -> "Image.Image":
    from PIL import Image

    image = Image.new(mode, size)
    wide, high = size[0] // 2, size[1] // 2
    boxes = ((0, 0, wide, high), (wide, 0, size[0], high), (0, high, wide, size[1]), (wide, high, *size))
    for box, level in zip(boxes, levels, strict=True):
        image.paste(level, box)  # type: ignore[arg-type]  # a colour of the mode
    return image


def _rotated(wish: _Wish) -> bytes:
    """Stored so that a viewer who honours the tag sees the quarters upright."""
    from PIL import Image

    turns: dict[int, Image.Transpose] = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image, turn = _quarters(wish.size), turns.get(wish.orientation)
    exif = Image.Exif()
    exif[0x0112] = wish.orientation
    return _saved(image if turn is None else image.transpose(turn), "JPEG", quality=95, exif=exif.tobytes())


def _palette(wish: _Wish, *, transparent: bool) -> bytes:
    image = _quarters(wish.size, "P", (0, 1, 2, 3))
    image.putpalette([level for colour in QUARTERS for level in colour])
    return _saved(image, "PNG", **({"transparency": 3} if transparent else {}))


def _grey_alpha(wish: _Wish) -> bytes:
    return _saved(_quarters(wish.size, "LA", ((0, 255), (85, 255), (170, 255), (255, 0))), "PNG")


def _animated(wish: _Wish, kind: str) -> bytes:
    first, second = _quarters(wish.size), _quarters(wish.size, levels=QUARTERS[::-1])
    options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {}
    return _saved(first, kind, save_all=True, append_images=[second], duration=200, loop=0, **options)


def _hole(wish: _Wish) -> "Image.Image":
    """A photograph with a transparent disc in it."""
    image = _photograph(wish).convert("RGBA")
    image.putalpha(_mask(wish).getchannel("A"))
    return image


def _mask(wish: _Wish) -> "Image.Image":
    """Opaque black, with a transparent disc right of the middle: where an edit goes."""
    from PIL import Image, ImageDraw

    width, height = wish.size
    image = Image.new("RGBA", wish.size, (0, 0, 0, 255))
    box = (width * 0.5, height * 0.3, width * 0.9, height * 0.3 + width * 0.4)
    ImageDraw.Draw(image).ellipse(box, fill=(0, 0, 0, 0))
    return image


def _huge_claim(_wish: _Wish) -> bytes:
    """A sound header that claims 100000x100000 pixels, and no pixels."""
    header = struct.pack(">LLBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(9))) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def _swapped_profile() -> bytes:
    """An ICC profile of our own making in which red and green have changed places."""
    white, red = (0.9642, 1.0, 0.8249), (0.436, 0.2225, 0.0139)
    green, blue = (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)

    def xyz(values: tuple[float, float, float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(value * 65536) for value in values))

    name = b"Swapped red and green\0"
    curve = b"curv\0\0\0\0" + struct.pack(">LH", 1, round(2.2 * 256)) + bytes(2)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">L", len(name)) + name + bytes(79),
        b"cprt": b"text\0\0\0\0public domain\0",
        b"wtpt": xyz(white), b"rXYZ": xyz(green), b"gXYZ": xyz(red), b"bXYZ": xyz(blue),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    table, body, start = struct.pack(">L", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">LL", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = struct.pack(">L", start + len(body))
    head = size + bytes(4) + b"\x02\x10\0\0mntrRGB XYZ " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    return head + bytes(28) + struct.pack(">3l", *(round(v * 65536) for v in white)) + bytes(48) + table + body


def _heic(wish: _Wish) -> bytes:
    """As much of a HEIC as says its size; its pixels cannot be read by anyone."""
    ispe = struct.pack(">L4sL2L", 20, b"ispe", 0, *wish.size)
    return struct.pack(">L4s4sL4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + ispe + bytes(64)


def _noise(_wish: _Wish) -> bytes:
    """24 MB of grain, stored without compression: just under a limit of 25 MB."""
    from PIL import Image

    from emulator.imaging.textures import grain
    from emulator.imaging.variation import Draw

    field = grain(Draw("noise"), (2820, 2820), amplitude=127)
    return _saved(Image.merge("RGB", (field, field, field)), "PNG", compress_level=0)


_MAKERS: dict[Kind, Callable[[_Wish], bytes]] = {
    "photograph": lambda wish: _saved(_photograph(wish), "PNG", compress_level=2),
    "photograph-jpeg": lambda wish: _saved(_photograph(wish), "JPEG", quality=88),
    "photograph-webp": lambda wish: _saved(_photograph(wish), "WEBP", quality=88, method=2),
    "portrait": lambda wish: _saved(_photograph(wish.of("portrait")), "PNG", compress_level=2),
    "quarters": lambda wish: _saved(_quarters(wish.size), "PNG"),
    "exif-rotated": _rotated,
    "cmyk": lambda wish: _saved(_quarters(wish.size).convert("CMYK"), "JPEG", quality=95),
    "palette": lambda wish: _palette(wish, transparent=False),
    "palette-transparent": lambda wish: _palette(wish, transparent=True),
    "grey": lambda wish: _saved(_quarters(wish.size, "L", GREY_QUARTERS), "PNG"),
    "grey-alpha": _grey_alpha,
    "bilevel": lambda wish: _saved(_quarters(wish.size, "1", (0, 1, 1, 0)), "PNG"),
    "16-bit": lambda wish: _saved(_quarters(wish.size, "I;16", tuple(level * 257 for level in GREY_QUARTERS)), "PNG"),
    "animated-gif": lambda wish: _animated(wish, "GIF"),
    "animated-webp": lambda wish: _animated(wish, "WEBP"),
    "animated-png": lambda wish: _animated(wish, "PNG"),
    "with-icc-profile": lambda wish: _saved(_quarters(wish.size), "PNG", icc_profile=_swapped_profile()),
    "transparent-hole": lambda wish: _saved(_hole(wish), "PNG", compress_level=2),
    "mask": lambda wish: _saved(_mask(wish), "PNG"),
    "tiny": lambda _wish: _saved(_quarters((1, 1)), "PNG"),
    "huge-claim": _huge_claim,
    "huge-6000": lambda _wish: _saved(_quarters((6000, 6000), "1", (1, 1, 1, 1)), "PNG"),
    "truncated-png": lambda wish: _cut(_saved(_photograph(wish), "PNG", compress_level=2)),
    "truncated-jpeg": lambda wish: _cut(_saved(_photograph(wish), "JPEG", quality=88)),
    "damaged-png": lambda wish: _damaged(_saved(_photograph(wish), "PNG", compress_level=2)),
    "text-as-png": lambda _wish: b"This is not a picture, whatever its name says.\n" * 8,
    "heic": _heic,
    "noise-24mb": _noise,
}  # fmt: skip


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 3 // 5]


def _damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0x55 for byte in data[middle : middle + 8]) + data[middle + 8 :]
