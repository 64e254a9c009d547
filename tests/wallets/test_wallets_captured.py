"""What real clients sent, replayed at its time: accepted as it is, refused with any byte changed."""

import base64
import copy
import re

import pytest
from solders.transaction import VersionedTransaction
from wallet_world import captured, decoded, encoded, judge, needs_captures

from emulator.errors import PaymentRefused, SignInRefused

CAPTURED = captured()
# What cannot be accepted, and why.
REFUSED = {
    # signed for version "1" of the token's domain, which is not the token's
    "py-x4022.25.0__topup_extra_noversion#1:payment-signature": "invalid_exact_evm_payload_signature",
    # not what the offer asks for
    "py-x4022.25.0__topup_permit2#1:payment-signature": "invalid_payload",
    # a cent, to a server that asked for a cent; Venice's least payment is five dollars
    "x402_fetch2.27.0__siwx_reject#2:payment-signature": "invalid_exact_evm_payload_authorization_value_mismatch",
}
GOOD = [one for one in CAPTURED if one[0] not in REFUSED]


def reason(header, value, now):
    with pytest.raises((SignInRefused, PaymentRefused)) as refused:
        judge(header, value, now)
    return getattr(refused.value, "rule", None) or refused.value.reason


@needs_captures
def test_the_captures_are_all_there():
    assert len(CAPTURED) >= 40
    assert {name for name, *_ in CAPTURED} >= set(REFUSED)


@needs_captures
@pytest.mark.parametrize(("name", "header", "value", "now"), GOOD, ids=[one[0] for one in GOOD])
def test_what_a_real_client_sent_is_accepted_at_its_time(name, header, value, now):
    payload = decoded(value)
    stated = payload.get("address") or payload["payload"].get("authorization", {}).get("from")
    assert judge(header, value, now).lower() == (stated or "GmaDrppBC7P5ARKV8g3djiwP89vz1jLK23V2GBjuAEGB").lower()


@needs_captures
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_accepted_is_refused_for_its_reason(name):
    [(header, value, now)] = [one[1:] for one in CAPTURED if one[0] == name]
    assert reason(header, value, now) == REFUSED[name]


SIGN_INS = [one for one in GOOD if "sign-in" in one[1]]
PAYMENTS = [one for one in GOOD if "sign-in" not in one[1]]
# Which rules may catch a change of each signed field of the flat payload.
FLAT = {
    "domain": "domain_mismatch|message|signature",
    "address": "address|address_mismatch|signature|malformed_signature",
    "uri": "uri_mismatch|message|signature",
    "version": "version|message",
    "nonce": "nonce|message|signature",
    "issuedAt": "issued_at|issued_at_too_old|issued_at_in_future|expiration_time|message|signature",
    "expirationTime": "expiration_time|expired|message|signature",
    "statement": "message|signature",
    "chainId": "unsupported_chain|type",
    "signature": "signature|malformed_signature",
}


def other(letter):
    """Another byte, of a kind that keeps most texts readable: the harder case."""
    return {"0": "1", "a": "b", "A": "B", "/": "-", " ": "_", "\n": " "}.get(letter, chr(ord(letter) ^ 1))


def changed(text, place):
    return text[:place] + other(text[place]) + text[place + 1 :]


@needs_captures
@pytest.mark.parametrize(("name", "header", "value", "now"), SIGN_INS, ids=[one[0] for one in SIGN_INS])
def test_a_sign_in_with_any_byte_changed_is_refused(name, header, value, now):
    payload = decoded(value)
    if "message" in payload:
        text = payload["message"]
        lines = {"URI": "uri_mismatch", "Nonce": "nonce", "Issued At": "issued_at.*", "Expiration Time": "expir.*"}
        for place in range(len(text)):
            found = reason(header, encoded({**payload, "message": changed(text, place)}), now)
            line = text[: place + 1].rpartition("\n")[2] + text[place + 1 :].partition("\n")[0]
            label = line.partition(": ")[0]
            expected = f"message|signature|domain_mismatch|address_mismatch|version|chain_id|{lines.get(label, 'x')}"
            assert re.fullmatch(f"invalid_siwx_({expected})", found), (place, line, found)
        fields = {"signature": FLAT["signature"], "address": FLAT["address"]}
    else:
        fields = {name: rules for name, rules in FLAT.items() if name in payload}
    for field, rules in fields.items():
        for place in range(len(payload[field])):
            if payload[field][place] == "x" and field in ("address", "signature"):
                continue  # 0x is not a byte of theirs
            broken = changed(payload[field], place)
            if broken.lower() == payload[field].lower() and field in ("address", "signature") and broken[:2] == "0x":
                continue  # the same value
            found = reason(header, encoded({**payload, field: broken}), now)
            assert re.fullmatch(f"invalid_siwx_({rules}|payload)", found), (field, place, found)


AUTHORISATION = {
    "from": "signature|payload",
    "to": "recipient_mismatch|payload",
    "value": "signature|authorization_value_mismatch|payload",
    "validAfter": "signature|authorization_valid_after|payload",
    "validBefore": "signature|authorization_valid_before|payload",
    "nonce": "signature|payload",
}


@needs_captures
@pytest.mark.parametrize(("name", "header", "value", "now"), PAYMENTS, ids=[one[0] for one in PAYMENTS])
def test_a_payment_with_any_byte_changed_is_refused(name, header, value, now):
    payload = decoded(value)
    if "transaction" in payload["payload"]:
        raw = bytearray(base64.b64decode(payload["payload"]["transaction"]))
        unsigned = range(1, 65)  # the fee payer's signature, which is still to come
        assert not any(raw[1:65])
        for place in range(len(raw)):
            if place in unsigned:
                continue
            broken = bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            body = copy.deepcopy(payload)
            body["payload"]["transaction"] = base64.b64encode(broken).decode()
            found = reason(header, encoded(body), now)
            assert found.startswith(("invalid_exact_svm_payload", "fee_payer", "transaction_simulation")), found
        assert VersionedTransaction.from_bytes(bytes(raw)).verify_with_results()[1]
        return
    authorisation = payload["payload"]["authorization"]
    for field, rules in AUTHORISATION.items():
        for place in range(len(authorisation[field])):
            broken = changed(authorisation[field], place)
            if broken.lower() == authorisation[field].lower():
                continue  # the letter case of an address is no part of it
            body = copy.deepcopy(payload)
            body["payload"]["authorization"][field] = broken
            found = reason(header, encoded(body), now)
            assert re.fullmatch(f"invalid_(exact_evm_payload_)?({rules})", found), (field, place, found)
    signature = payload["payload"]["signature"]
    for place in range(2, len(signature)):
        body = copy.deepcopy(payload)
        body["payload"]["signature"] = (
            signature[:place] + format(int(signature[place], 16) ^ 1, "x") + signature[place + 1 :]
        )
        assert reason(header, encoded(body), now) == "invalid_exact_evm_payload_signature"
