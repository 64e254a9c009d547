"""An app that restyles avatars, at whichever of three vendors; its users pay with tokens of its own.

`AVATARS_BUG` breaks it in one of five ways, for the test that proves that its tests would notice:
`no-retry`, `no-refund`, `wrong-model`, `lost-prompt`, `whole-picture`.
"""

import base64
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from magic_hour import Client
from openai import APIStatusError, OpenAI

BUG = os.environ.get("AVATARS_BUG", "")
RETRIES = 0 if BUG == "no-retry" else 3


class Failed(Exception):
    """No vendor's answer could be had."""


@dataclass
class Avatars:
    """The app: where its vendors are, and what its users own."""

    openai_base_url: str
    venice_url: str
    magic_hour_url: str
    key: str
    tokens: dict[str, int] = field(default_factory=dict)

    def restyle(self, user: str, picture: bytes, style: str, *, vendor: str, mask: bytes | None = None) -> bytes:
        """The user's picture in another style, for a token, which comes back when it fails."""
        if self.tokens.get(user, 0) < 1:
            raise Failed("no tokens left")
        self.tokens[user] -= 1
        prompt = "an avatar" if BUG == "lost-prompt" else f"{style} avatar"
        try:
            match vendor:
                case "openai":
                    return self._openai(picture, prompt, mask)
                case "venice":
                    return self._venice(picture, prompt)
                case _:
                    return self._magic_hour(picture, prompt)
        except Exception as error:
            if BUG != "no-refund":
                self.tokens[user] += 1
            raise Failed(f"{vendor}: {error}") from error

    def _openai(self, picture: bytes, prompt: str, mask: bytes | None) -> bytes:
        client = OpenAI(base_url=self.openai_base_url, api_key=self.key, max_retries=RETRIES)
        more = {"mask": ("mask.png", mask)} if mask and BUG != "whole-picture" else {}
        model = "gpt-image-99" if BUG == "wrong-model" else "gpt-image-1"
        try:
            answer = client.images.edit(
                model=model, image=("a.png", picture), prompt=prompt, size="1024x1024", output_format="png", **more
            )
        except APIStatusError as error:
            raise Failed(error.message) from error
        return base64.b64decode(answer.data[0].b64_json)

    def _venice(self, picture: bytes, prompt: str) -> bytes:
        body = {"prompt": prompt, "image": base64.b64encode(picture).decode(), "model": "qwen-edit"}
        if BUG == "wrong-model":
            body["model"] = "qwen-edit-99"
        for attempt in range(RETRIES + 1):
            answer = httpx.post(
                f"{self.venice_url}/api/v1/image/edit",
                json=body,
                headers={"Authorization": f"Bearer {self.key}"},
                timeout=60,
            )
            if answer.status_code in (429, 503) and attempt < RETRIES:
                time.sleep(float(answer.headers.get("Retry-After", "0.05")))
                continue
            break
        if answer.status_code != 200:
            raise Failed(f"{answer.status_code} {answer.json()['error']}")
        return answer.content

    def _magic_hour(self, picture: bytes, prompt: str) -> bytes:
        client = Client(token=self.key, base_url=self.magic_hour_url)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "avatar.png"
            path.write_bytes(picture)
            done = client.v1.ai_image_editor.generate(
                assets={"image_file_paths": [str(path)]},
                style={"prompt": prompt},
                resolution="640px",
                download_directory=folder,
            )
            if done.status != "complete":
                raise Failed(done.error.message if done.error else done.status)
            return Path(done.downloaded_paths[0]).read_bytes()
