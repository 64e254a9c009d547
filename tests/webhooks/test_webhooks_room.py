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
    """A receiver that answers with the statuses it is given, then 200; it keeps what came.

    At /drip its answer never ends.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            server.came.append((dict(self.headers), body))
            self.send_response(server.statuses.pop(0) if server.statuses else 200)
            self.end_headers()
            while self.path == "/drip" and not server.over.wait(0.02):
                try:
                    self.wfile.write(b".")
                except OSError:
                    return

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.came, server.statuses = [], []
    server.over = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def hooks(**named):
    named = {"clock": Clock(frozen_at=1_781_883_156.5), "first_pause": 0.01, "timeout": 0.3} | named
    return Webhooks(ids=Ids("t"), **named)


def came(receiver):
    return [(event["type"], event["payload"]) for event in (json.loads(body) for _, body in receiver.came)]


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
    assert [one.error for one in delivery.attempts] == ["answered 500", "answered 404", "answered 302", None]
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
    assert came(receiver) == [("a", {"n": 1}), ("a", {"n": 1}), ("b", {"n": 2})]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http://",
        "http://192.0.2.1/",
        "http://[2001:db8::1]/",
        "nothing",
        "http://127.0.0.1:x/",
        "http://a\0b/",
    ],
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


def test_the_log_is_bounded_and_what_it_drops_is_sent_all_the_same(receiver):
    webhooks = hooks(most_deliveries=3)
    webhooks.register(receiver.url, secret="s", header_prefix="p")
    log = run(webhooks, *[("e", {"n": n}) for n in range(5)])
    assert [(json.loads(one.body)["payload"]["n"], one.state) for one in log] == [(n, "delivered") for n in (2, 3, 4)]
    assert webhooks.dropped == 2
    assert came(receiver) == [("e", {"n": n}) for n in range(5)]


def test_it_is_signed_with_the_time_of_the_first_try(receiver):
    clock = Clock(frozen_at=1000.5)
    webhooks = hooks(clock=clock)
    webhooks.register(receiver.url, secret="s", header_prefix="p")

    async def go():
        [delivery] = webhooks.send("e", {})
        clock.advance(60)
        await webhooks.settle()
        return delivery

    assert asyncio.run(go()).headers == {}
    [(headers, body)] = receiver.came
    assert headers["p-timestamp"] == "1060"
    assert headers["p-signature"] == hmac.new(b"s", b"1060." + body, hashlib.sha256).hexdigest()
    assert webhooks.deliveries()[0].attempts[0].at == 1060.5


@pytest.mark.parametrize(("status", "state", "tries"), [(200, "delivered", 1), (500, "failed", 2)])
def test_an_answer_without_end_holds_nobody_up(receiver, status, state, tries):
    receiver.statuses = [status] * 2
    webhooks = hooks(attempts=2)
    webhooks.register(receiver.url.replace("/hook", "/drip"), secret="s", header_prefix="p")
    [delivery] = run(webhooks, ("e", {}))
    assert (delivery.state, [one.status for one in delivery.attempts]) == (state, [status] * tries)


def test_a_fault_of_our_own_is_loud_and_holds_back_no_other_event(receiver, caplog):
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s", events=("a",), header_prefix="no header é")
    webhooks.register(receiver.url, secret="s", header_prefix="p")
    assert [one.state for one in run(webhooks, ("a", {}), ("a", {}))] == ["failed", "delivered"] * 2
    assert "a bug of the emulator" in caplog.text


def test_what_is_under_way_at_the_close_fails_and_leaves_nothing_waiting(receiver):
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s", header_prefix="p")

    async def go():
        webhooks.send("before", {})
        webhooks.close()
        await asyncio.wait_for(webhooks.settle(), 5)
        webhooks.send("after", {})
        await asyncio.wait_for(webhooks.settle(), 5)

    asyncio.run(go())
    assert [(one.event, one.state) for one in webhooks.deliveries()] == [("before", "failed"), ("after", "delivered")]
    assert came(receiver) == [("after", {})]


def test_whoever_stops_waiting_stops_no_delivery(receiver):
    receiver.statuses = [500]
    webhooks = hooks(first_pause=0.1)
    webhooks.register(receiver.url, secret="s", header_prefix="p")

    async def go():
        webhooks.send("e", {})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(webhooks.settle(), 0.01)
        await webhooks.settle()

    asyncio.run(go())
    assert webhooks.deliveries()[0].state == "delivered"


def test_events_can_come_twice_late_or_never(receiver):
    webhooks = hooks()
    webhooks.register(receiver.url, secret="s", header_prefix="p")

    async def go():
        webhooks.send("late", {}, delay=0.2)
        webhooks.send("lost", {}, lost=True)
        webhooks.send("twice", {}, copies=2)
        await webhooks.settle()

    asyncio.run(go())
    assert [event for event, _ in came(receiver)] == ["twice", "twice", "late"]
    log = [(one.event, one.state, len(one.attempts)) for one in webhooks.deliveries()]
    assert log == [
        ("late", "delivered", 1),
        ("lost", "failed", 1),
        ("twice", "delivered", 1),
        ("twice", "delivered", 1),
    ]


def test_a_name_that_leads_elsewhere_by_now_is_not_called(receiver, monkeypatch):
    webhooks = hooks(attempts=1)
    webhooks.register(receiver.url.replace("127.0.0.1", "localhost"), secret="s", header_prefix="p")
    # One address of this machine among them does not help.
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80)) for host in ("127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **named: elsewhere)
    [delivery] = run(webhooks, ("e", {}))
    assert delivery.state == "failed"
    assert "RemoteReceiver" in delivery.attempts[0].error
    assert receiver.came == []


def test_nothing_heavy_loads_before_the_first_event(run_python):
    loaded = run_python("import sys, emulator.webhooks; print(*sorted(sys.modules))").split()
    assert "emulator.webhooks" in loaded
    assert not {"httpx", "tenacity"} & set(loaded)
