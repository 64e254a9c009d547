"""What the tests of wallets share: the vendor's offers, this server's places, captured requests."""

import base64
import json
from pathlib import Path

import pytest

from emulator.vendors.venice.payment import offers
from emulator.wallets import BASE, SOLANA, places, verify_header, verify_sign_in

CAPTURES = Path(__file__).parents[2].parent / "shared" / "captures"
ORIGIN = "http://127.0.0.1:9402"  # where the captured requests went
PLACES = places((ORIGIN, "https://api.venice.ai"))
NETWORKS = (BASE, SOLANA)
OFFERS = offers(NETWORKS)
NOW = 1_795_210_000.0

needs_captures = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the captured requests are not beside the checkout")


def captured():
    """(name, header name, value, time) of every signed header that was captured."""
    if not CAPTURES.is_dir():
        return []
    found = [
        (one["name"], one["header_name"], one["header_value"], one["clock_unix"])
        for one in json.loads((CAPTURES / "wallet-vectors.json").read_bytes())["vectors"]
    ]
    clients = json.loads((CAPTURES / "wallet-clients.json").read_bytes())["clients"]
    for client, requests in clients.items():
        for number, one in enumerate(requests):
            for name, value in one["headers"].items():
                if name.lower() in ("x-402-payment", "payment-signature", "x-sign-in-with-x"):
                    found.append((f"{client}#{number}", name.lower(), value, 1_795_208_250.0))
    return found


def judge(header_name, value, now):
    """Who it is, by the rules of the header."""
    if "sign-in" in header_name:
        return verify_sign_in(value, now=now, places=PLACES, networks=NETWORKS).address
    return verify_header(value, OFFERS, now=now).payer


def decoded(value):
    """The object in a header."""
    return json.loads(base64.b64decode(value))


def encoded(payload):
    """A header from an object, or from text that should be one."""
    raw = payload if isinstance(payload, str) else json.dumps(payload)
    return base64.b64encode(raw.encode("utf-8", "surrogatepass")).decode()
