"""A large body goes out in pieces, whole and in order; a small one at once."""

import asyncio

import pytest

from emulator.call import Answer
from emulator.exchange import PIECE, WHOLE, send_answer


def sent(content, **options):
    messages = []

    async def send(message):
        messages.append(message)

    asyncio.run(send_answer(send, Answer(media_type="image/png", content=content), **options))
    head, *bodies = messages
    return dict(head["headers"]), bodies


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
def test_pieces_are_the_body(size):
    content = bytes(index * 7 % 251 for index in range(size))
    headers, bodies = sent(content)
    assert headers[b"content-length"] == str(size).encode()
    assert b"".join(body["body"] for body in bodies) == content
    assert [body.get("more_body", False) for body in bodies] == [True] * (len(bodies) - 1) + [False]
    assert len(bodies) == max(1, -(-size // PIECE))
    assert all(len(body["body"]) <= PIECE for body in bodies)


def test_what_a_fault_counts_goes_at_once():
    _, bodies = sent(b"x" * (3 * PIECE), piece=WHOLE)
    assert [len(body["body"]) for body in bodies] == [3 * PIECE]


def test_head_sends_the_length_alone():
    headers, bodies = sent(b"x" * (3 * PIECE), body=False)
    assert headers[b"content-length"] == str(3 * PIECE).encode()
    assert [body["body"] for body in bodies] == [b""]
