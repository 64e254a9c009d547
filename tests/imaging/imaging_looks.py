"""Small edits whose looks are recorded: `python tests/imaging/imaging_looks.py` writes the record anew.

A look is the picture at 6x4 pixels, in hexadecimal: it survives another build of Pillow or libm, which may
round a pixel here and there, and shows any change that a person could see.
"""

import io
import json
from pathlib import Path

from PIL import Image

from emulator import imaging
from emulator.imaging.vocabulary import OPERATIONS
from emulator.testing.pictures import picture

RECORD = Path(__file__).with_name("looks.json")
PROMPTS = {
    **{word.name: word.spellings[0] for word in OPERATIONS},
    "derived": "something altogether different",
    "add a red rose": "add a red rose",
    "replace by a thing": "replace it with a boat",
    "replace the sky": "replace the sky with purple",
    "blur the background": "blur the background",
    "all at once": "black and white winter night with a blue balloon on the left",
}


def look(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").resize((6, 4), Image.Resampling.BOX).tobytes().hex()


def rendered(name: str) -> bytes:
    base = picture("photograph", width=192, height=144)
    spec = imaging.EditSpec(
        prompt=PROMPTS[name], width=192, height=144, output_format="png", model="m", vendor="v", operation="o"
    )
    return imaging.edit(imaging.Inputs(base=base), spec)[0].data


if __name__ == "__main__":
    RECORD.write_text(json.dumps({name: look(rendered(name)) for name in PROMPTS}, indent=1) + "\n")
