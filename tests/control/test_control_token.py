"""With a token set, nothing of the control door opens without it, but the health check."""

import httpx
import pytest

from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.testing import Control, ControlError


@pytest.fixture(scope="module")
def url():
    with ServerThread(Settings(port=0, control_token="let-me-in")) as url:
        yield url


@pytest.fixture
def client():
    with httpx.Client() as one:
        yield one


def test_every_operation_but_health_asks_for_the_token(url, client):
    token = {"X-Emulator-Token": "let-me-in"}
    document = client.get(f"{url}/_emulator/openapi/control.json", headers=token).json()
    asked = 0
    for route, item in document["paths"].items():
        path = route.replace("{name}", "venice.json").replace("{vendor}", "venice")
        for part in ("{holder}", "{id}", "{address}"):
            path = path.replace(part, "x")
        for method in item:
            for base in (url, f"{url}/_ns/any"):
                for headers in ({}, {"X-Emulator-Token": "let-me-out"}, {"Authorization": "Bearer let-me-in"}):
                    answer = client.request(method, base + path, headers=headers, json={} if method != "get" else None)
                    if route == "/_emulator/health":
                        assert answer.status_code == 200
                    else:
                        asked += 1
                        assert answer.status_code == 401, f"{method} {path}"
                        assert answer.json()["error"]["code"] == "token_required"
    assert asked > 150
    assert client.get(f"{url}/_emulator/config", headers=token).status_code == 200


def test_the_vendors_doors_ask_for_none(url):
    assert httpx.get(f"{url}/api/v1/models").status_code == 200


def test_the_token_is_never_told(url):
    control = Control(url, token="let-me-in")
    assert control.config()["control_token"] is True
    control.close()
    wrong = Control(url, token="wrong")
    with pytest.raises(ControlError, match="--control-token"):
        wrong.config()
    wrong.close()
