"""Each rule by its name: what is wrong with a sign-in or a payment decides the reason that is given."""

import base64
import copy
import json

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.token.associated import get_associated_token_address
from solders.transaction import VersionedTransaction
from wallet_world import NETWORKS, NOW, OFFERS, ORIGIN, PLACES, encoded

from emulator.clock import iso
from emulator.errors import PaymentRefused, SignInRefused
from emulator.wallets import signer_for, solana, verify_header, verify_sign_in

KEY = "0x" + "11" * 32
ACCOUNT = Account.from_key(KEY)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def text(**changes):
    parts = {
        "domain": "127.0.0.1:9402",
        "address": ACCOUNT.address,
        "uri": ORIGIN,
        "version": "1",
        "chain": "8453",
        "nonce": "abcdefgh12",
        "issued": iso(NOW),
        "more": f"\nExpiration Time: {iso(NOW + 300)}",
        **changes,
    }
    return (
        "{domain} wants you to sign in with your Ethereum account:\n{address}\n\nSign in\n\n"
        "URI: {uri}\nVersion: {version}\nChain ID: {chain}\nNonce: {nonce}\nIssued At: {issued}{more}"
    ).format(**parts)


def venice(key=KEY, signed=None, **changes):
    fields = {name: changes.pop(name) for name in list(changes) if name.startswith("field_")}
    message = text(**changes)
    signature = Account.sign_message(encode_defunct(text=signed or message), key).signature.to_0x_hex()
    payload = {"address": ACCOUNT.address, "message": message, "signature": signature, "timestamp": 1, "chainId": 8453}
    payload |= {name.removeprefix("field_"): value for name, value in fields.items()}
    return {name: value for name, value in payload.items() if value is not ...}


def sign_in_rule(header):
    with pytest.raises(SignInRefused) as refused:
        verify_sign_in(header, now=NOW, places=PLACES, networks=NETWORKS)
    return refused.value.rule.removeprefix("invalid_siwx_")


def bent(signature, **changes):
    raw = bytearray.fromhex(signature[2:])
    if "v" in changes:
        raw[64] = changes["v"]
    if "high" in changes:
        raw[32:64] = (ORDER - int.from_bytes(raw[32:64], "big")).to_bytes(32, "big")
        raw[64] ^= 7  # 27 <-> 28
    return "0x" + raw[: changes.get("length", 65)].hex()


GOOD = venice()["signature"]


@pytest.mark.parametrize(
    ("rule", "payload"),
    [
        ("payload", venice(field_address=...)),
        ("payload", venice(field_signature=...)),
        ("payload", venice(field_chainId=...)),
        ("payload", venice(field_message=...)),
        ("payload", venice(field_message=5)),
        ("payload", venice(field_address=5)),
        ("payload", venice(field_signature=None)),
        ("payload", venice(field_timestamp="yesterday")),
        ("payload", venice(field_chainId=True)),
        ("payload", venice(field_message="x" * 9000)),
        ("payload", [1]),
        ("payload", "text"),
        ("address", venice(field_address="0x1234")),
        ("address", venice(field_address="not an address")),
        ("address_mismatch", venice(field_address="0x" + "22" * 20)),
        ("unsupported_chain", venice(field_chainId=1)),
        ("unsupported_chain", venice(field_chainId="eip155:84532")),
        ("unsupported_chain", venice(field_chainId="base")),
        ("chain_id", venice(chain="1")),
        ("chain_id", venice(chain="eip155:8453")),
        ("type", venice(field_type="ed25519")),
        ("version", venice(version="2")),
        ("message", venice(more="\nMore: lines")),
        ("message", venice(more="\n")),
        ("message", venice(uri="two words")),
        ("domain_mismatch", venice(domain="127.0.0.1")),
        ("domain_mismatch", venice(domain="127.0.0.1:9403")),
        ("domain_mismatch", venice(domain="venice.ai")),
        ("uri_mismatch", venice(uri="https://evil.example/")),
        ("uri_mismatch", venice(uri="http://127.0.0.1:9403/")),
        ("uri_mismatch", venice(uri="https://api.venice.ai.evil.example/")),
        ("uri_mismatch", venice(uri="http://127.0.0.1:9402@evil.example/")),
        ("nonce", venice(nonce="short12")),
        ("nonce", venice(nonce="0b6b0a4e-27d4-4c6e-8d9c-a5d7cf6f6d1b")),
        ("issued_at", venice(issued="yesterday")),
        ("issued_at", venice(issued="2026-11-20T21:00:00")),
        ("issued_at", venice(issued="2026-13-20T21:00:00Z")),
        ("issued_at_too_old", venice(issued=iso(NOW - 301))),
        ("issued_at_in_future", venice(issued=iso(NOW + 61))),
        ("issued_at_in_future", venice(issued="9999-01-01T00:00:00Z", more="")),
        ("expired", venice(more=f"\nExpiration Time: {iso(NOW)}")),
        ("expired", venice(more=f"\nExpiration Time: {iso(NOW - 1)}")),
        ("expiration_time", venice(more=f"\nExpiration Time: {iso(NOW + 700)}")),
        ("expiration_time", venice(more="\nExpiration Time: soon")),
        ("not_yet_valid", venice(more=f"\nNot Before: {iso(NOW + 1)}")),
        ("not_before", venice(more="\nNot Before: later")),
        ("signature", venice(key="0x" + "22" * 32)),
        ("signature", venice(signed=text(nonce="abcdefgh13"))),
        ("malformed_signature", venice(field_signature=bent(GOOD, v=0))),
        ("malformed_signature", venice(field_signature=bent(GOOD, high=True))),
        ("malformed_signature", venice(field_signature=bent(GOOD, length=64))),
        ("malformed_signature", venice(field_signature=GOOD + "00")),
        ("malformed_signature", venice(field_signature=GOOD[2:])),
        ("malformed_signature", venice(field_signature="0xnothex")),
        ("malformed_signature", venice(field_signature="0x" + "00" * 64 + "1b")),
    ],
)
def test_a_sign_in_is_refused_by_its_rule(rule, payload):
    assert sign_in_rule(encoded(payload)) == rule


@pytest.mark.parametrize(
    "header",
    [
        "",
        "not base64!",
        encoded("{"),
        encoded("\ud800"),
        base64.b64encode(b"\xff\xfe").decode(),
        encoded(venice()).rstrip("=")[:-1],
        encoded("[" * 5000),
        "A" * 20_000,
        f"{encoded(venice())}, {encoded(venice())}",
    ],
)
def test_a_header_that_cannot_be_read_is_a_payload_fault(header):
    assert sign_in_rule(header) == "payload"


@pytest.mark.parametrize(
    "payload",
    [
        venice(),
        venice(field_timestamp=...),
        venice(field_chainId="8453"),
        venice(field_chainId="eip155:8453"),
        venice(field_type="eip191"),
        venice(field_address=ACCOUNT.address.lower()),
        venice(field_address="0x" + ACCOUNT.address[2:].upper()),
        venice(address=ACCOUNT.address.lower()),
        venice(domain="api.venice.ai", uri="https://api.venice.ai"),
        venice(domain="http://127.0.0.1:9402"),
        venice(issued=iso(NOW - 300), more=""),
        venice(issued=iso(NOW + 59), more=f"\nExpiration Time: {iso(NOW + 300)}"),
        venice(more=f"\nExpiration Time: {iso(NOW + 600)}"),
    ],
)
def test_a_sign_in_within_the_rules_is_accepted(payload):
    assert (
        verify_sign_in(encoded(payload), now=NOW, places=PLACES, networks=NETWORKS).address == ACCOUNT.address.lower()
    )


EVM = json.loads(base64.b64decode(signer_for(KEY).pay(OFFERS[0], 5_000_000, now=NOW, nonce="n")))


def payment(path="", value=..., amount=None, key=KEY):
    header = signer_for(key).pay(OFFERS[0], 5_000_000 if amount is None else amount, now=NOW, nonce="n")
    body = copy.deepcopy(json.loads(base64.b64decode(header)))
    if path:
        *steps, last = path.split(".")
        home = body
        for step in steps:
            home = home[step]
        if value is ...:
            del home[last]
        else:
            home[last] = value
    return body


def payment_reason(body):
    with pytest.raises(PaymentRefused) as refused:
        verify_header(encoded(body), OFFERS, now=NOW)
    return refused.value.reason.removeprefix("invalid_exact_evm_payload_")


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("invalid_x402_version", payment("x402Version")),
        ("invalid_x402_version", payment("x402Version", "2")),
        ("invalid_x402_version", payment("x402Version", 3)),
        ("invalid_x402_version", payment("x402Version", value=True)),
        ("invalid_scheme", payment("accepted.scheme", "upto")),
        ("invalid_payload", payment("accepted.scheme")),
        ("invalid_payload", payment("accepted.network")),
        ("invalid_network", payment("accepted.network", "eip155:1")),
        ("invalid_network", payment("accepted.network", "base-sepolia")),
        ("invalid_payment_requirements", payment("accepted.asset", "0x" + "22" * 20)),
        ("recipient_mismatch", payment("accepted.payTo", "0x" + "22" * 20)),
        ("invalid_payload", payment("accepted", "x")),
        ("invalid_payload", payment("accepted")),
        ("invalid_payload", payment("payload")),
        ("invalid_payload", payment("payload", [])),
        ("invalid_payload", payment("payload.signature")),
        ("invalid_payload", payment("payload.signature", 5)),
        ("invalid_payload", payment("payload.signature", "0x" + "1" * 20_000)),
        ("invalid_payload", payment("payload.authorization")),
        *(("invalid_payload", payment(f"payload.authorization.{name}")) for name in EVM["payload"]["authorization"]),
        *(("invalid_payload", payment(f"payload.authorization.{name}", 5)) for name in EVM["payload"]["authorization"]),
        *(
            ("invalid_payload", payment("payload.authorization.value", bad))
            for bad in ("-1", "abc", "", "1e9", "0x5", "5.0")
        ),
        ("invalid_payload", payment("payload.authorization.value", str(2**256))),
        ("invalid_payload", payment("payload.authorization.nonce", "0x12")),
        ("recipient_mismatch", payment("payload.authorization.to", "0x" + "22" * 20)),
        ("authorization_value_mismatch", payment(amount=4_999_999)),
        ("authorization_value_mismatch", payment(amount=0)),
        ("authorization_value_mismatch", payment(amount=10_000_000_001)),
        ("authorization_valid_after", payment("payload.authorization.validAfter", str(int(NOW) + 1))),
        ("authorization_valid_before", payment("payload.authorization.validBefore", str(int(NOW)))),
        ("signature", payment("payload.authorization.value", "5000001")),
        ("signature", payment("payload.authorization.from", "0x" + "22" * 20)),
        ("signature", payment("payload.signature", "0x" + "11" * 65)),
        ("signature", payment("payload.signature", EVM["payload"]["signature"][:-2])),
        ("signature", payment("payload.signature", bent(EVM["payload"]["signature"], high=True))),
        ("signature", payment("payload.signature", bent(EVM["payload"]["signature"], v=1))),
        ("undeployed_smart_wallet", payment("payload.signature", "0x" + "11" * 200 + "6492" * 16)),
    ],
)
def test_a_payment_is_refused_by_its_reason(reason, body):
    assert payment_reason(body) == reason


PAYER = Keypair.from_seed(bytes([9] * 32))
MINT, RECEIVER, FEE = (Pubkey.from_string(one) for one in (OFFERS[1].asset, OFFERS[1].pay_to, OFFERS[1].fee_payer))
LIMIT = Instruction(solana.COMPUTE_BUDGET, b"\x02" + (20_000).to_bytes(4, "little"), [])
NOTE = Instruction(solana.MEMO, b"hello", [])


def price(lamports=1):
    return Instruction(solana.COMPUTE_BUDGET, b"\x03" + lamports.to_bytes(8, "little"), [])


def transfer(*, amount=5_000_000, mint=MINT, to=None, authority=None, decimals=6, program=solana.TOKEN, code=b"\x0c"):
    authority = authority or PAYER.pubkey()
    return Instruction(
        program,
        code + amount.to_bytes(8, "little") + bytes([decimals]),
        [
            AccountMeta(get_associated_token_address(authority, mint), is_signer=False, is_writable=True),
            AccountMeta(mint, is_signer=False, is_writable=False),
            AccountMeta(to or get_associated_token_address(RECEIVER, mint), is_signer=False, is_writable=True),
            AccountMeta(authority, is_signer=True, is_writable=False),
        ],
    )


def transaction(*steps, fee=FEE, legacy=False, signer=PAYER):
    blockhash = Hash.default()
    message = (
        Message.new_with_blockhash(steps, fee, blockhash)
        if legacy
        else MessageV0.try_compile(fee, steps, [], blockhash)
    )
    count = message.header.num_required_signatures
    signed = [Signature.default()] * count
    keys = list(message.account_keys)[:count]
    if signer.pubkey() in keys:
        signed[keys.index(signer.pubkey())] = signer.sign_message(to_bytes_versioned(message))
    return base64.b64encode(bytes(VersionedTransaction.populate(message, signed))).decode()


def solana_body(raw):
    return {"x402Version": 2, "scheme": "exact", "network": "solana", "payload": {"transaction": raw}}


OTHER = Pubkey.from_string("GmaDrppBC7P5ARKV8g3djiwP89vz1jLK23V2GBjuAEGB")
DEVNET = Pubkey.from_string("4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU")


@pytest.mark.parametrize(
    ("reason", "raw"),
    [
        ("transaction_could_not_be_decoded", "not base64"),
        ("transaction_could_not_be_decoded", base64.b64encode(b"noise").decode()),
        ("transaction_could_not_be_decoded", base64.b64encode(bytes(2000)).decode()),
        ("transaction_instructions_length", transaction(LIMIT, transfer())),
        ("transaction_instructions_length", transaction(LIMIT, price(), transfer(), NOTE, NOTE, NOTE, NOTE)),
        ("transaction_instructions_compute_limit_instruction", transaction(price(), price(), transfer())),
        ("transaction_instructions_compute_price_instruction", transaction(LIMIT, LIMIT, transfer())),
        (
            "transaction_instructions_compute_price_instruction_too_high",
            transaction(LIMIT, price(5_000_001), transfer()),
        ),
        ("no_transfer_instruction", transaction(LIMIT, price(), NOTE, transfer())),
        ("no_transfer_instruction", transaction(LIMIT, price(), transfer(code=b"\x03"))),
        ("unknown_fourth_instruction", transaction(LIMIT, price(), transfer(), transfer())),
        ("unknown_fifth_instruction", transaction(LIMIT, price(), transfer(), NOTE, transfer())),
        ("mint_mismatch", transaction(LIMIT, price(), transfer(mint=DEVNET))),
        ("recipient_mismatch", transaction(LIMIT, price(), transfer(to=OTHER))),
        ("amount_insufficient", transaction(LIMIT, price(), transfer(amount=4_999_999))),
        ("amount_insufficient", transaction(LIMIT, price(), transfer(amount=10_000_000_001))),
        ("fee_payer_not_managed_by_facilitator", transaction(LIMIT, price(), transfer(), fee=OTHER)),
        (
            "transaction_fee_payer_transferring_funds",
            transaction(LIMIT, price(), transfer(authority=FEE)),
        ),
        ("transaction_simulation_failed", transaction(LIMIT, price(), transfer(decimals=9))),
        ("transaction_simulation_failed", transaction(LIMIT, price(), transfer(), signer=Keypair())),
    ],
)
def test_a_solana_payment_is_refused_by_its_reason(reason, raw):
    assert payment_reason(solana_body(raw)).removeprefix("invalid_exact_svm_payload_") == reason


@pytest.mark.parametrize("legacy", [False, True])
def test_a_solana_payment_within_the_rules_is_accepted(legacy):
    raw = transaction(LIMIT, price(5_000_000), transfer(amount=7_000_000), NOTE, legacy=legacy)
    found = verify_header(encoded(solana_body(raw)), OFFERS, now=NOW)
    assert (found.payer, found.amount) == (str(PAYER.pubkey()), 7_000_000)
