"""What an answer to an edit holds, in a few words: a picture, and of what size, or what else."""

import binascii
import io
from collections.abc import Mapping

import orjson
import pybase64
from PIL import Image, UnidentifiedImageError


def returned(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """One phrase for an answer."""
    media_type = headers.get("content-type", "none").partition(";")[0]
    told = f"{status}, `{media_type}`, {len(body):,} bytes: "
    if media_type != "application/json":
        return told + (_picture(body) or f"no picture, `{_shown(body)}`")
    try:
        value = orjson.loads(body)
        text = value["data"][0]["b64_json"]
        data = pybase64.b64decode(text, validate=True)
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, binascii.Error):
        return told + f"no picture, `{_shown(body)}`"
    return told + (_picture(data) or f"base64 of {len(data)} bytes that are no picture")


def _picture(data: bytes) -> str:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return f"a {picture.format} of {picture.width}x{picture.height}"
    except (UnidentifiedImageError, OSError):
        return ""


def _shown(body: bytes) -> str:
    text = " ".join(body[:120].decode("utf-8", "replace").replace("`", "'").replace("|", "/").split())
    return text + ("…" if len(body) > 120 else "")
