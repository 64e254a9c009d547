"""The control door over HTTP, as Python calls it: one request, its JSON, an error in words.

httpx is loaded with the first call, not with this module: pytest loads the plugin for every suite.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

ROOM = 70.0  # seconds: longer than the longest wait that the server grants


class ControlError(Exception):
    """The control door refused a call; the message is its own, with the hint that it gives."""


class Door:
    """One world's `/_emulator`. `url` with the namespace's prefix, without a final slash."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        self._headers = {"X-Emulator-Token": token} if token else {}
        self._client: httpx.Client | None = None

    def get(self, path: str, /, **query: object) -> Any:  # noqa: ANN401  # JSON
        """GET; query values that are None are left out."""
        return self.call("GET", path, query=query)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> Any:  # noqa: ANN401  # JSON
        """Any call; its JSON, or None for an empty answer. Raises ControlError."""
        import httpx

        if self._client is None:
            # trust_env: loopback is never behind the machine's proxy.
            self._client = httpx.Client(timeout=ROOM, trust_env=False, headers=self._headers)
        params = {name: str(value) for name, value in (query or {}).items() if value is not None}
        given = None if body is None else {name: value for name, value in body.items() if value is not None}
        try:
            answer = self._client.request(method, f"{self.url}/_emulator/{path}", params=params, json=given)
        except httpx.TransportError as error:
            raise ControlError(f"no answer from {self.url}: {error}; is the emulator running there?") from error
        if answer.status_code >= 400:
            raise ControlError(f"{method} /_emulator/{path}: {_words(answer)}")
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _words(answer: "httpx.Response") -> str:
    try:
        error = answer.json()["error"]
        return f"{error['message']} ({error['hint']})"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"
