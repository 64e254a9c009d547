"""A namespace for each test, and a receiver of events."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from control_room import Room


@pytest.fixture
def room(base_url, key):
    """A world of the test's own."""
    with Room(base_url, key, key) as one:
        yield one


@pytest.fixture
def neighbour(base_url, key):
    """Another world, under the same key."""
    with Room(base_url, f"{key}-next-door", key) as one:
        yield one


@pytest.fixture
def frozen(room):
    """A world of the test's own whose clock stands still."""
    room.control("POST", "clock", action="freeze", at=1_781_883_156)
    return room


@pytest.fixture
def receiver():
    """A local server that keeps what is posted to it; `receiver.url`, `receiver.posts` as (headers, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            self.server.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.posts = []
        server.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
