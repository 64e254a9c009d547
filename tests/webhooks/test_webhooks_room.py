"""The webhooks alone, against receivers on loopback."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from emulator.clock import Clock
from emulator.ids import Ids
from emulator.webhooks import RemoteReceiver, Webhooks


@pytest.fixture
def receiver():
    """A receiver that answers with the statuses it is given, then 200; it keeps what came."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            server.came.append((dict(self.headers), body))
            self.send_response(server.statuses.pop(0) if server.statuses else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.came, server.statuses = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def hooks(**named):
    return Webhooks(clock=Clock(frozen_at=1_781_883_156.5), ids=Ids("t"), first_pause=0.01, timeout=0.5, **named)


def run(webhooks, *events):
    async def go():
        for event, payload in events:
            webhooks.send(event, payload)
        await webhooks.settle()

    asyncio.run(go())
    return webhooks.deliveries()


def test_every_delivery_is_signed_by_the_documented_recipe(receiver):
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s3cret", header_prefix="magic-hour-event")
    [delivery] = run(webhooks, ("image.started", {"id": "c1", "name": "é"}))
    [(headers, body)] = receiver.came
    assert json.loads(body) == {"type": "image.started", "payload": {"id": "c1", "name": "é"}}
    assert headers["magic-hour-event-timestamp"] == "1781883156"
    expected = hmac.new(b"s3cret", b"1781883156." + body, hashlib.sha256).hexdigest()
    assert headers["magic-hour-event-signature"] == expected
    assert (delivery.state, [one.status for one in delivery.attempts]) == ("delivered", [200])
    assert "s3cret" not in repr(webhooks.targets()) + repr(delivery)


def test_a_failing_receiver_is_tried_again_until_it_takes_the_event(receiver):
    receiver.statuses = [500, 404, 302]
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s", header_prefix="p")
    [delivery] = run(webhooks, ("e", {}))
    assert [one.status for one in delivery.attempts] == [500, 404, 302, 200]
    assert delivery.state == "delivered"
    assert len({headers["p-signature"] for headers, _ in receiver.came}) == 1


def test_it_gives_up_after_the_last_try(receiver):
    receiver.statuses = [500] * 10
    webhooks = hooks(attempts=3)
    webhooks.register(receiver.url, secret="s", header_prefix="p")
    [delivery] = run(webhooks, ("e", {}))
    assert (delivery.state, len(delivery.attempts)) == ("failed", 3)


def test_a_receiver_that_is_not_there_or_hangs_fails_alone(receiver):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        webhooks = hooks(attempts=2)
        webhooks.register(f"http://127.0.0.1:{silent.getsockname()[1]}/", secret="s", header_prefix="p")
        webhooks.register("http://127.0.0.1:9/", secret="s", header_prefix="p")
        webhooks.register(receiver.url, secret="s", header_prefix="p")
        found = run(webhooks, ("e", {}))
    assert [one.state for one in found] == ["failed", "failed", "delivered"]
    assert "Timeout" in found[0].attempts[0].error
    assert "ConnectError" in found[1].attempts[0].error


def test_events_come_in_order_and_only_those_that_are_wanted(receiver):
    receiver.statuses = [500]
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s", events=("a", "b"), header_prefix="p")
    run(webhooks, ("a", {"n": 1}), ("c", {}), ("b", {"n": 2}))
    assert [json.loads(body)["type"] for _, body in receiver.came] == ["a", "a", "b"]


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "http://", "http://192.0.2.1/", "http://[2001:db8::1]/", "nothing", "http://127.0.0.1:x/"],
)
def test_receivers_elsewhere_are_refused(url):
    with pytest.raises(RemoteReceiver):
        hooks().register(url, secret="s", header_prefix="p")


def test_the_switch_lets_receivers_elsewhere_be_registered_and_localhost_needs_none():
    assert hooks(allow_remote=True).register("http://192.0.2.1/", secret="s", header_prefix="p").url
    webhooks = hooks()
    target = webhooks.register("http://localhost:9/", secret="s", header_prefix="p")
    assert webhooks.remove(target.id)
    assert not webhooks.remove(target.id)
    assert run(webhooks, ("e", {})) == ()


def test_the_log_is_bounded_and_counts_what_it_dropped(monkeypatch):
    monkeypatch.setattr("emulator.webhooks.webhooks.LOGGED", 3)
    webhooks = hooks(attempts=1)
    webhooks.register("http://127.0.0.1:9/", secret="s", header_prefix="p")
    assert len(run(webhooks, *[("e", {"n": n}) for n in range(5)])) == 3
    assert webhooks.dropped == 2
