"""Random wallets, texts and payments, signed by other libraries: all accepted; any single change: all refused."""

import base64
import json

import hypothesis.strategies as st
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given, settings
from nacl.signing import SigningKey
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from wallet_world import NETWORKS, NOW, OFFERS, ORIGIN, PLACES, encoded

from emulator.clock import iso
from emulator.errors import PaymentRefused, SignInRefused
from emulator.wallets import BASE, SOLANA, signer_for, verify_header, verify_sign_in
from emulator.wallets.message import Message, read_message, write_message

seeds = st.binary(min_size=32, max_size=32).filter(lambda raw: 0 < int.from_bytes(raw, "big") < 2**255)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/?#@"), min_size=1, max_size=20)
statements = st.none() | st.text(
    st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=60
)
nonces = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=8, max_size=40)
ages = st.integers(-59, 299)


@st.composite
def messages(draw, family):
    age = draw(ages)
    issued = NOW - age
    return {
        "domain": draw(st.sampled_from(["127.0.0.1:9402", "api.venice.ai", "API.venice.ai"])),
        "uri": draw(st.sampled_from([ORIGIN, "https://api.venice.ai"]))
        + draw(st.sampled_from(["", "/", "/api/v1/image/edit", "/x?a=1&b=%20", "/x#y"])),
        "version": "1",
        "nonce": draw(nonces),
        "issued_at": iso(issued),
        "statement": draw(statements),
        "expiration_time": draw(st.none() | st.just(iso(max(NOW, issued) + draw(st.integers(1, 300))))),
        "not_before": draw(st.none() | st.just(iso(NOW - draw(st.integers(1, 10_000))))),
        "request_id": draw(st.none() | words),
        "resources": draw(st.none() | st.lists(words.map("https://x.example/{}".format), min_size=1, max_size=3)),
        "family": family,
    }


def text_of(parts, address, chain):
    """EIP-4361 written down independently of the product."""
    evm = parts["family"] == "eip155"
    out = f"{parts['domain']} wants you to sign in with your {'Ethereum' if evm else 'Solana'} account:\n{address}\n\n"
    if parts["statement"] is not None:
        out += parts["statement"] + "\n\n"
    elif evm:
        out += "\n"
    out += (
        f"URI: {parts['uri']}\nVersion: 1\nChain ID: {chain}\nNonce: {parts['nonce']}\nIssued At: {parts['issued_at']}"
    )
    for label, name in (
        ("Expiration Time", "expiration_time"),
        ("Not Before", "not_before"),
        ("Request ID", "request_id"),
    ):
        if parts[name] is not None:
            out += f"\n{label}: {parts[name]}"
    if parts["resources"] is not None:
        out += "\nResources:" + "".join(f"\n- {one}" for one in parts["resources"])
    return out


def flat(parts, address, chain, kind, signature):
    names = {
        "domain": "domain",
        "uri": "uri",
        "version": "version",
        "nonce": "nonce",
        "issued_at": "issuedAt",
        "statement": "statement",
        "expiration_time": "expirationTime",
        "not_before": "notBefore",
        "request_id": "requestId",
        "resources": "resources",
    }
    payload = {names[name]: value for name, value in parts.items() if name in names and value is not None}
    return {**payload, "address": address, "chainId": chain, "type": kind, "signature": signature}


@st.composite
def sign_ins(draw):
    """(payload, address) of a sign-in in one of the two layouts, on one of the two chains."""
    seed, venice = draw(seeds), draw(st.booleans())
    if draw(st.booleans()):
        parts, account = draw(messages("eip155")), Account.from_key(seed)
        text = text_of(parts, account.address, 8453)
        signature = Account.sign_message(encode_defunct(text=text), seed).signature.to_0x_hex()
        if not venice:
            return flat(parts, account.address, BASE.id, "eip191", signature), account.address.lower()
        chain = draw(st.sampled_from([8453, "8453", BASE.id]))
        stated = draw(st.sampled_from([account.address, account.address.lower()]))
        payload = {"address": stated, "message": text, "signature": signature, "chainId": chain}
        return payload, account.address.lower()
    parts, key = draw(messages("solana")), SigningKey(seed)
    address = str(Pubkey(bytes(key.verify_key)))
    chain = draw(st.sampled_from([SOLANA.reference, SOLANA.id])) if venice else SOLANA.reference
    text = text_of(parts, address, chain)
    raw = key.sign(text.encode()).signature
    base58 = str(Keypair.from_seed(seed).sign_message(text.encode()))
    if not venice:
        return flat(parts, address, SOLANA.id, "ed25519", base58), address
    signature = draw(st.sampled_from([base58, base64.b64encode(raw).decode()]))
    payload = {"address": address, "message": text, "signature": signature, "chainId": SOLANA.id, "type": "ed25519"}
    return payload, address


def sign_in(payload):
    return verify_sign_in(encoded(payload), now=NOW, places=PLACES, networks=NETWORKS)


@settings(max_examples=200)
@given(sign_ins())
def test_every_sign_in_by_another_library_is_accepted(case):
    payload, address = case
    found = sign_in(payload)
    assert found.address == address


SIGNED = (
    "message",
    "domain",
    "uri",
    "version",
    "nonce",
    "issuedAt",
    "statement",
    "expirationTime",
    "notBefore",
    "requestId",
)


@settings(max_examples=300)
@given(sign_ins(), st.data())
def test_every_sign_in_with_one_change_is_refused(case, data):
    payload, _ = case
    field = data.draw(st.sampled_from([name for name in (*SIGNED, "signature") if isinstance(payload.get(name), str)]))
    value = payload[field]
    place = data.draw(st.integers(2 if field == "signature" and value.startswith("0x") else 0, len(value) - 1))
    if field == "signature" and value.startswith("0x"):
        letter = format(int(value[place], 16) ^ data.draw(st.integers(1, 15)), "x")
    else:
        letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda one: one != value[place]))
    with pytest.raises(SignInRefused):
        sign_in({**payload, field: value[:place] + letter + value[place + 1 :]})


@given(st.builds(Message, family=st.just("eip155"), domain=words, address=words, uri=words, version=words, chain=words,
                 nonce=words, issued_at=words, statement=statements, request_id=st.none() | words))  # fmt: skip
def test_a_text_is_read_as_it_was_written(message):
    assert read_message(write_message(message)) == message


TYPES = {
    "TransferWithAuthorization": [
        {"name": "from", "type": "address"},
        {"name": "to", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "validAfter", "type": "uint256"},
        {"name": "validBefore", "type": "uint256"},
        {"name": "nonce", "type": "bytes32"},
    ]
}
DOMAIN = {"name": "USD Coin", "version": "2", "chainId": 8453, "verifyingContract": BASE.usdc}


@st.composite
def payments(draw):
    """(payload, payer, amount) of a payment on Base, in one of the layouts in use, in any letter case."""
    seed = draw(seeds)
    account = Account.from_key(seed)
    amount = draw(st.integers(5_000_000, 10_000_000_000))
    nonce = draw(st.binary(min_size=32, max_size=32))
    message = {
        "from": account.address,
        "to": OFFERS[0].pay_to,
        "value": amount,
        "validAfter": draw(st.just(0) | st.integers(0, int(NOW))),
        "validBefore": draw(st.integers(int(NOW) + 1, 2**256 - 1)),
        "nonce": nonce,
    }
    signature = Account.sign_typed_data(seed, DOMAIN, TYPES, message).signature.to_0x_hex()
    spell = draw(st.sampled_from([str, str.lower, lambda text: "0x" + text[2:].upper()]))
    authorisation = {
        **{name: str(value) for name, value in message.items()},
        "from": spell(account.address),
        "to": spell(OFFERS[0].pay_to),
        "nonce": spell("0x" + nonce.hex()),
    }
    inner = {"signature": signature, "authorization": authorisation}
    layout = draw(st.sampled_from(["v2", "v1", "hybrid"]))
    if layout == "v2":
        accepted = {"scheme": "exact", "network": BASE.id, "asset": spell(BASE.usdc), "payTo": spell(OFFERS[0].pay_to)}
        return {"x402Version": 2, "accepted": accepted, "payload": inner}, account.address.lower(), amount
    version = 1 if layout == "v1" else 2
    payload = {"x402Version": version, "scheme": "exact", "network": "base", "payload": inner}
    return payload, account.address.lower(), amount


@settings(max_examples=150)
@given(payments())
def test_every_payment_by_another_library_is_accepted(case):
    payload, payer, amount = case
    found = verify_header(encoded(payload), OFFERS, now=NOW)
    assert (found.payer, found.amount, found.network) == (payer, amount, BASE.id)


@settings(max_examples=300)
@given(payments(), st.data())
def test_every_payment_with_one_change_is_refused(case, data):
    payload, *_ = case
    authorisation = payload["payload"]["authorization"]
    field = data.draw(st.sampled_from([*authorisation, "signature"]))
    home = payload["payload"] if field == "signature" else authorisation
    value = home[field]
    place = data.draw(st.integers(2 if value.startswith("0x") else 0, len(value) - 1))
    digits = "0123456789abcdef" if value.startswith("0x") else "0123456789"
    letter = data.draw(st.sampled_from(digits).filter(lambda one: one != value[place].lower()))
    home[field] = value[:place] + letter + value[place + 1 :]
    with pytest.raises(PaymentRefused):
        verify_header(encoded(payload), OFFERS, now=NOW)


@settings(max_examples=60)
@given(seeds, st.integers(5_000_000, 10_000_000_000), st.text("abc123", min_size=1), st.data())
def test_solana_payments_are_accepted_and_refused_with_one_byte_changed(seed, amount, nonce, data):
    signer = signer_for(str(Keypair.from_seed(seed)))
    header = signer.pay(OFFERS[1], amount, now=NOW, nonce=nonce)
    found = verify_header(header, OFFERS, now=NOW)
    assert (found.payer, found.amount, found.network) == (signer.address, amount, SOLANA.id)
    payload = json.loads(base64.b64decode(header))
    raw = bytearray(base64.b64decode(payload["payload"]["transaction"]))
    place = data.draw(st.integers(65, len(raw) - 1))  # behind the fee payer's signature, which is still to come
    raw[place] ^= data.draw(st.integers(1, 255))
    payload["payload"]["transaction"] = base64.b64encode(raw).decode()
    with pytest.raises(PaymentRefused):
        verify_header(encoded(payload), OFFERS, now=NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=10,
)
KEYS = ("address", "message", "signature", "timestamp", "chainId", "type", "domain", "uri", "nonce", "accepted",
        "x402Version", "scheme", "network", "payload", "resources", "issuedAt", "version")  # fmt: skip


@settings(max_examples=300)
@given(st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode()) | JSON.map(encoded))
def test_whatever_else_comes_is_refused_by_name(value):
    with pytest.raises(SignInRefused) as sign_in_refused:
        verify_sign_in(value, now=NOW, places=PLACES, networks=NETWORKS)
    assert sign_in_refused.value.rule.startswith("invalid_siwx_") and sign_in_refused.value.message
    with pytest.raises(PaymentRefused) as payment_refused:
        verify_header(value, OFFERS, now=NOW)
    assert payment_refused.value.reason.startswith("invalid_") and payment_refused.value.message


@settings(max_examples=300)
@given(sign_ins(), payments(), st.sampled_from(KEYS), JSON)
def test_a_field_that_is_something_else_is_refused_or_not_looked_at(sign_in_case, payment_case, name, value):
    for verify, (payload, *_), error in (
        (sign_in, sign_in_case, SignInRefused),
        (lambda one: verify_header(encoded(one), OFFERS, now=NOW), payment_case, PaymentRefused),
    ):
        try:
            verify({**payload, name: value})
        except error:
            continue
        assert name not in payload or value == payload[name] or (name == "type" and not value), (name, value)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_bytes_for_a_transaction_do_more_than_being_refused(noise, start, end):
    header = signer_for("solana-seven").pay(OFFERS[1], 5_000_000, now=NOW, nonce="n")
    payload = json.loads(base64.b64decode(header))
    raw = base64.b64decode(payload["payload"]["transaction"])
    for broken in (noise, raw[:start] + noise, raw[: min(start, end)] + raw[max(start, end) :]):
        if broken == raw:
            continue
        payload["payload"]["transaction"] = base64.b64encode(broken).decode()
        with pytest.raises(PaymentRefused):
            verify_header(encoded(payload), OFFERS, now=NOW)
