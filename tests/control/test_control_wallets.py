"""Wallets through the control door, and the facilitator, whose client is the x402 package's own."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from x402.http import HTTPFacilitatorClientSync
from x402.schemas import PaymentPayload, PaymentRequirements

from emulator.wallets import BASE, BASE_SEPOLIA, SOLANA, Offer, signer_for

NOW = 1_781_883_156  # the frozen worlds' time
FEE_PAYER = "BFK9TLC3edb13K6v4YyH3DwPb5DSUpkWvb7XnqCL9b4F"
SHOP = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
SOLANA_SHOP = "8qUL23aSj7mDWdoLMXGHFvnVCT9wd7jXcysiekroADEL"
EVM = Offer(
    network=BASE_SEPOLIA.id,
    asset=BASE_SEPOLIA.usdc,
    amount=10_000,
    pay_to=SHOP,
    token_name=BASE_SEPOLIA.token_name,
    token_version=BASE_SEPOLIA.token_version,
)
SVM = Offer(network=SOLANA.id, asset=SOLANA.usdc, amount=10_000, pay_to=SOLANA_SHOP, fee_payer=FEE_PAYER)
PAYERS = {"eip155": "hardhat-0", "solana": "solana-seven"}


def paid(offer, amount=None, nonce="one", key=None):
    signer = signer_for(key or PAYERS[offer.network.partition(":")[0]])
    header = signer.pay(offer, amount or offer.amount, now=NOW, nonce=nonce)
    return json.loads(base64.b64decode(header))


def models(offer, payload):
    return PaymentPayload.model_validate(payload), PaymentRequirements.model_validate(payload["accepted"])


@pytest.fixture
def facilitator(frozen):
    one = HTTPFacilitatorClientSync({"url": f"{frozen.base_url}_emulator/facilitator"})
    yield one
    one.close()


def ask(frozen, what, payload, **changes):
    body = {"x402Version": 2, "paymentPayload": payload, "paymentRequirements": {**payload["accepted"], **changes}}
    return frozen.control("POST", f"facilitator/{what}", **body)


def test_a_wallet_holds_plenty_until_it_is_funded(room):
    address = signer_for("hardhat-0").address
    shown = room.control("GET", f"wallets/{address}")
    assert (shown["address"], shown["usdc"], shown["credit"]) == (address.lower(), "1000000.000000", "0.000000")
    assert room.control("GET", "wallets") == {"wallets": []}
    shown = room.control("PATCH", f"wallets/{address}", usdc="12.5", credit="3")
    assert (shown["usdc"], shown["credit"]) == ("12.500000", "3.000000")
    assert room.control("GET", "wallets") == {"wallets": [shown]}
    assert room.control("GET", f"wallets/{address.lower()}") == shown


def test_a_wallet_is_funded_on_a_chain_that_its_address_belongs_to(room, neighbour):
    address = signer_for("solana-seven").address
    error = room.control("PATCH", f"wallets/{address}", 422, usdc="1", network="base")["error"]
    assert error["code"] == "wrong_network" and "solana" in error["hint"]
    room.control("PATCH", f"wallets/{address}", usdc="1", network="solana-devnet")
    shown = room.control("GET", f"wallets/{address}")
    assert shown["usdc"] == "1000000.000000" and shown["holdings"][1]["amount"] == 1_000_000
    assert neighbour.control("GET", "wallets") == {"wallets": []}
    room.control("GET", "wallets/not-an-address", 404)
    for usdc in ("-1", "1e9", "", "1.1234567", 5):
        room.control("PATCH", f"wallets/{address}", 400, usdc=usdc)


def test_the_facilitator_says_what_it_supports(facilitator):
    supported = facilitator.get_supported()
    kinds = {(kind.x402_version, kind.scheme, kind.network) for kind in supported.kinds}
    assert {(2, "exact", BASE.id), (2, "exact", BASE_SEPOLIA.id), (2, "exact", SOLANA.id)} <= kinds
    extra = {kind.network: kind.extra for kind in supported.kinds}
    assert extra[SOLANA.id] == {"feePayer": FEE_PAYER}
    assert supported.signers["solana:*"] == [FEE_PAYER]


@pytest.mark.parametrize("offer", [EVM, SVM], ids=["evm", "solana"])
def test_the_x402_packages_own_client_verifies_and_settles(facilitator, frozen, offer):
    payload = paid(offer)
    payer = signer_for(PAYERS[offer.network.partition(":")[0]]).address
    verified = facilitator.verify(*models(offer, payload))
    assert verified.is_valid and verified.payer.lower() == payer.lower()
    assert facilitator.verify(*models(offer, payload)).is_valid, "verifying commits nothing"
    settled = facilitator.settle(*models(offer, payload))
    assert settled.success and settled.network == offer.network and settled.transaction
    again = facilitator.settle(*models(offer, payload))
    expected = "invalid_exact_evm_nonce_already_used" if offer is EVM else "duplicate_settlement"
    assert (again.success, again.error_reason, again.transaction) == (False, expected, "")
    assert not facilitator.verify(*models(offer, payload)).is_valid
    held = frozen.control("GET", f"wallets/{offer.pay_to}")["holdings"]
    assert {"network": offer.network, "amount": 1_000_000_010_000}.items() <= max(
        held, key=lambda one: one["amount"]
    ).items()


def test_one_payment_settles_once_however_many_ask(frozen):
    payload = paid(EVM, nonce="many")
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda _: ask(frozen, "settle", payload)["success"], range(60)))
    assert done.count(True) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "10001"}, "invalid_exact_evm_payload_authorization_value_mismatch"),
        ({"amount": "9999"}, "invalid_exact_evm_payload_authorization_value_mismatch"),
        ({"payTo": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"}, "invalid_exact_evm_payload_recipient_mismatch"),
        ({"asset": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"}, "invalid_exact_evm_payload_signature"),
        ({"asset": "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", "extra": {}}, "missing_eip712_domain"),
        ({"extra": {"name": "USD Coin", "version": "2"}}, "invalid_exact_evm_payload_signature"),
        ({"asset": "gold"}, "invalid_payment_requirements"),
        ({"network": "eip155:8453"}, "network_mismatch"),
        ({"network": "base-sepolia"}, "invalid_network"),
        ({"network": "eip155:1"}, "invalid_network"),
        ({"scheme": "upto"}, "unsupported_scheme"),
    ],
)
def test_a_payment_for_something_else_is_not_valid(frozen, changes, reason):
    answer = ask(frozen, "verify", paid(EVM), **changes)
    assert (answer["isValid"], answer["invalidReason"]) == (False, reason), answer
    settled = ask(frozen, "settle", paid(EVM), **changes)
    assert (settled["success"], settled["errorReason"], settled["transaction"]) == (False, reason, "")


def test_a_wallet_without_the_tokens_cannot_settle(frozen):
    frozen.control("PATCH", f"wallets/{signer_for('hardhat-0').address}", usdc="0.009999", network="base-sepolia")
    answer = ask(frozen, "verify", paid(EVM))
    assert (answer["isValid"], answer["invalidReason"]) == (False, "insufficient_funds")
    assert "9999" in answer["invalidMessage"] and answer["payer"] == signer_for("hardhat-0").address.lower()


def test_solana_payments_name_the_fee_payer_and_the_memo(frozen):
    stranger = ask(frozen, "verify", paid(SVM), extra={"feePayer": SOLANA_SHOP})
    assert stranger["invalidReason"] == "fee_payer_not_managed_by_facilitator"
    memo = ask(frozen, "verify", paid(SVM), extra={"feePayer": FEE_PAYER, "memo": "order 7"})
    assert memo["invalidReason"] == "invalid_exact_svm_payload_memo_mismatch"
    more = ask(frozen, "verify", paid(SVM, amount=10_001))
    assert more["isValid"], "on Solana more than the price is taken"


def test_what_is_no_facilitator_request_is_refused(frozen):
    for body in ({}, {"x402Version": 2, "paymentPayload": [], "paymentRequirements": {}}):
        frozen.control("POST", "facilitator/verify", 400 if body else 415, **body)
    payload = paid(EVM)
    assert ask(frozen, "verify", {**payload, "x402Version": "2"})["invalidReason"] == "invalid_x402_version"
    assert ask(frozen, "verify", {**payload, "payload": 5})["invalidReason"] == "invalid_payload"
