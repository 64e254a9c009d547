"""Venice by wallet, through HTTP: 402s, top-ups, edits, balance, transactions, and what is refused."""

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from emulator.server import ServerThread
from emulator.settings import Settings
from emulator.vendors.venice.payment import offers
from emulator.wallets import BASE, BASE_SEPOLIA, SOLANA, signer_for
from promises import hold

EDIT, TOP_UP = "/api/v1/image/edit", "/api/v1/x402/top-up"
PICTURE = Path("fixtures/images/harbour.png").read_bytes()
BASE_OFFER, SOLANA_OFFER, SEPOLIA_OFFER = offers([BASE, SOLANA, BASE_SEPOLIA])
NOW = 1_795_210_000


class Shop(httpx.Client):
    """A client of one namespace whose clock stands still, with wallets at hand."""

    def __init__(self, base_url, name):
        self.count = 0
        super().__init__(base_url=f"{base_url}/_ns/{name}", event_hooks={"response": [hold(base_url)]}, timeout=60)

    def __enter__(self):
        super().__enter__()
        self.control("POST", "clock", action="freeze", at=NOW)
        return self

    def control(self, method, path, **body):
        answer = self.request(method, f"/_emulator/{path}", **({"json": body} if body else {}))
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def nonce(self):
        self.count += 1
        return f"nonce{self.count:06d}"

    def sign_in(self, path, key="hardhat-0", now=NOW, name="SIGN-IN-WITH-X"):
        return {name: signer_for(key).sign_in(str(self.base_url).rstrip("/") + path, now=now, nonce=self.nonce())}

    def pay(self, usd=5, key="hardhat-0", name="PAYMENT-SIGNATURE", offer=None):
        offer = offer or (SOLANA_OFFER if key.startswith("solana") else BASE_OFFER)
        return {name: signer_for(key).pay(offer, int(usd * 1_000_000), now=NOW, nonce=self.nonce())}

    def top_up(self, *arguments, **named):
        return self.post(TOP_UP, headers=self.pay(*arguments, **named))

    def edit(self, headers=None, path=EDIT, **fields):
        files = {"images" if path.endswith("multi-edit") else "image": PICTURE}
        data = {} if path.endswith("background-remove") else {"prompt": "sunset", **fields}
        return self.post(path, headers=headers or self.sign_in(path), files=files, data=data)

    def balance(self, key="hardhat-0"):
        path = f"/api/v1/x402/balance/{signer_for(key).address}"
        return self.get(path, headers=self.sign_in(path, key)).json()["data"]


@pytest.fixture
def shop(base_url, key):
    with Shop(base_url, key) as one:
        yield one


def in_header(answer, name):
    return json.loads(base64.b64decode(answer.headers[name], validate=True))


def rule(answer):
    [found] = json.loads(answer.headers["x-emulator-violations"])
    return found["rule"]


@pytest.mark.parametrize("path", [EDIT, "/api/v1/image/multi-edit", "/api/v1/image/background-remove"])
def test_the_discovery_402_carries_what_every_client_needs(shop, path):
    answer = shop.post(path)
    assert answer.status_code == 402
    body = answer.json()
    assert body == in_header(answer, "PAYMENT-REQUIRED") and body["x402Version"] == 2
    assert body["resource"]["url"] == f"{str(shop.base_url).rstrip('/')}{path}"
    evm, svm = body["accepts"]
    assert evm == {
        "scheme": "exact",
        "network": "eip155:8453",
        "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
        "amount": "5000000",
        "payTo": "0x2670B922ef37C7Df47158725C0CC407b5382293F",
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USD Coin", "version": "2"},
    }
    assert svm["network"] == SOLANA.id and svm["extra"] == {"feePayer": "BFK9TLC3edb13K6v4YyH3DwPb5DSUpkWvb7XnqCL9b4F"}
    challenge = body["extensions"]["sign-in-with-x"]
    info = challenge["info"]
    assert info["domain"] == shop.base_url.netloc.decode() and info["uri"] == body["resource"]["url"]
    assert re.fullmatch("[A-Za-z0-9]{8,}", info["nonce"]) and info["version"] == "1"
    assert info["issuedAt"] == "2026-11-20T21:26:40.000Z" and info["expirationTime"] == "2026-11-20T21:31:40.000Z"
    assert challenge["supportedChains"][0] == {"chainId": evm["network"], "type": "eip191"}
    assert set(challenge["schema"]["required"]) >= {"domain", "address", "nonce", "signature"}
    assert shop.post(path).json()["extensions"]["sign-in-with-x"]["info"]["nonce"] != info["nonce"]


def test_an_unpaid_top_up_lists_the_ways_to_pay(shop):
    answer = shop.post(TOP_UP)
    assert answer.status_code == 402 and set(answer.json()) == {"x402Version", "accepts"}
    header = in_header(answer, "PAYMENT-REQUIRED")
    assert header["accepts"] == answer.json()["accepts"] and header["resource"]["url"].endswith(TOP_UP)


@pytest.mark.parametrize("name", ["PAYMENT-SIGNATURE", "X-402-Payment", "X-PAYMENT"])
@pytest.mark.parametrize("wallet", ["hardhat-0", "solana-seven"])
def test_a_top_up_credits_the_whole_authorised_value(shop, name, wallet):
    answer = shop.top_up(7.654321, wallet, name)
    assert answer.status_code == 200
    data = answer.json()["data"]
    address = signer_for(wallet).address
    assert (data["amountCredited"], data["newBalance"]) == (7.654321, 7.654321)
    assert data["walletAddress"] == (address if wallet.startswith("solana") else address.lower())
    receipt = in_header(answer, "PAYMENT-RESPONSE")
    assert receipt["success"] is True and receipt["payer"] == data["walletAddress"] and receipt["transaction"]
    assert receipt["network"] == (SOLANA.id if wallet.startswith("solana") else BASE.id)


@pytest.mark.parametrize("body", [{}, {"json": {}}, {"content": b""}, {"json": {"any": "thing"}}])
def test_a_top_ups_body_is_not_needed(shop, body):
    assert shop.post(TOP_UP, headers=shop.pay(), **body).status_code == 200


def test_a_top_ups_body_that_is_no_object_is_refused_before_anything_is_paid(shop):
    headers = shop.pay()
    answer = shop.post(TOP_UP, headers=headers, json=[1])
    assert answer.status_code == 400 and answer.json()["details"] == {"reason": "invalid_payload"}
    assert shop.post(TOP_UP, headers=headers).status_code == 200


def test_a_payment_counts_once(shop):
    headers = shop.pay()
    assert shop.post(TOP_UP, headers=headers).status_code == 200
    again = shop.post(TOP_UP, headers=headers)
    assert again.status_code == 400 and again.json()["error"] == "PAYMENT_VERIFICATION_FAILED"
    assert again.json()["details"] == {"reason": "invalid_exact_evm_nonce_already_used"} == {"reason": rule(again)}
    assert shop.balance()["balanceUsd"] == 5.0


def test_a_hundred_sends_of_one_payment_credit_it_once(shop):
    headers = shop.pay()
    with ThreadPoolExecutor(20) as pool:
        statuses = [one.status_code for one in pool.map(lambda _: shop.post(TOP_UP, headers=headers), range(100))]
    assert statuses.count(200) == 1 and statuses.count(400) == 99
    assert shop.balance()["balanceUsd"] == 5.0


def test_a_wallet_without_the_tokens_cannot_top_up(shop):
    shop.control("PATCH", f"wallets/{signer_for('hardhat-0').address}", usdc="4.999999")
    answer = shop.top_up()
    assert answer.status_code == 400 and answer.json()["details"] == {"reason": "insufficient_funds"}
    assert shop.balance()["balanceUsd"] == 0.0


def test_a_malformed_payment_and_one_that_does_not_hold_have_two_names(shop):
    malformed = shop.post(TOP_UP, headers={"X-PAYMENT": "garbage"})
    assert malformed.json()["error"] == "X402_INVALID_PAYMENT" and rule(malformed) == "invalid_payload"
    late = shop.pay()
    shop.control("POST", "clock", action="advance", seconds=301)
    unsound = shop.post(TOP_UP, headers=late)
    assert unsound.json()["error"] == "PAYMENT_VERIFICATION_FAILED"
    assert rule(unsound) == "invalid_exact_evm_payload_authorization_valid_before"


@pytest.mark.parametrize(
    ("path", "price"),
    [(EDIT, 0.04), ("/api/v1/image/multi-edit", 0.04), ("/api/v1/image/background-remove", 0.03)],
)
@pytest.mark.parametrize("wallet", ["hardhat-0", "solana-seven"])
def test_a_wallet_edits_on_its_credit(shop, path, price, wallet):
    shop.top_up(key=wallet)
    answer = shop.edit(shop.sign_in(path, wallet), path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert answer.headers["x-balance-remaining"] == f"{5 - price:.6f}"
    assert shop.balance(wallet)["balanceUsd"] == pytest.approx(5 - price)


def test_callers_with_a_key_see_no_wallets_balance(api):
    answer = api.post(EDIT, files={"image": PICTURE}, data={"prompt": "sunset"})
    assert answer.status_code == 200 and "x-balance-remaining" not in answer.headers


def test_balance_and_transactions_tell_the_wallets_story(shop):
    address = signer_for("hardhat-0").address
    assert shop.balance() == {
        "walletAddress": address.lower(),
        "balanceUsd": 0.0,
        "canConsume": False,
        "minimumTopUpUsd": 5.0,
        "suggestedTopUpUsd": 10.0,
    }
    shop.top_up()
    edits = [shop.edit().headers["x-request-id"] for _ in range(3)]
    path = f"/api/v1/x402/transactions/{address.lower()}"
    data = shop.get(path, headers=shop.sign_in(path)).json()["data"]
    assert data["currentBalance"] == 4.88 and data["pagination"] == {"limit": 50, "offset": 0, "hasMore": False}
    assert [one["type"] for one in data["transactions"]] == ["CHARGE", "CHARGE", "CHARGE", "TOP_UP"]
    assert [one["requestId"] for one in data["transactions"][:3]] == edits[::-1]
    assert [one["amount"] for one in data["transactions"]] == [-0.04, -0.04, -0.04, 5.0]
    assert [one["balanceAfter"] for one in data["transactions"]] == [4.88, 4.92, 4.96, 5.0]
    assert data["transactions"][0]["modelId"] == "firered-image-edit"
    page = shop.get(f"{path}?limit=2&offset=1", headers=shop.sign_in(path)).json()["data"]
    assert page["transactions"] == data["transactions"][1:3]
    assert page["pagination"] == {"limit": 2, "offset": 1, "hasMore": True}
    for query in ("limit=0", "limit=101", "limit=x", "offset=-1"):
        assert shop.get(f"{path}?{query}", headers=shop.sign_in(path)).status_code == 400


def test_an_edit_that_fails_gives_the_wallet_its_money_back(shop):
    shop.top_up()
    broken = PICTURE[:5000]  # a good header, and then nothing: found when it is decoded, after the charge
    answer = shop.post(EDIT, headers=shop.sign_in(EDIT), files={"image": broken}, data={"prompt": "x"})
    assert answer.status_code == 400
    path = f"/api/v1/x402/transactions/{signer_for('hardhat-0').address}"
    entries = shop.get(path, headers=shop.sign_in(path)).json()["data"]["transactions"]
    assert [one["type"] for one in entries] == ["REFUND", "CHARGE", "TOP_UP"]
    assert entries[0]["requestId"] == entries[1]["requestId"] and entries[0]["balanceAfter"] == 5.0


@pytest.mark.parametrize("credit", ["0", "0.099999"])
def test_below_the_floor_a_wallet_is_told_how_to_pay(shop, credit):
    shop.control("PATCH", f"wallets/{signer_for('hardhat-0').address}", credit=credit)
    answer = shop.edit(path="/api/v1/image/background-remove")
    assert answer.status_code == 402
    body = answer.json()
    assert (body["code"], body["reason"]) == ("PAYMENT_REQUIRED", "insufficient_balance")
    assert (body["currentBalanceUsd"], body["minimumBalanceUsd"]) == (float(credit), 0.1)
    assert body["siwxChallenge"]["info"]["domain"] == shop.base_url.netloc.decode()
    header = in_header(answer, "PAYMENT-REQUIRED")
    assert header["accepts"][0]["network"] == BASE.id and header["extensions"]["sign-in-with-x"]["info"]


def test_a_price_above_the_credit_is_told_in_the_same_way_and_nothing_is_taken(shop):
    shop.control("PATCH", f"wallets/{signer_for('hardhat-0').address}", credit="0.1")
    answer = shop.edit(model="gpt-image-2-edit", resolution="4K")
    assert answer.status_code == 402 and answer.json()["reason"] == "insufficient_balance"
    assert shop.balance()["balanceUsd"] == 0.1
    shop.top_up()
    assert shop.edit(model="gpt-image-2-edit", resolution="1K").status_code == 200, "after a top-up the call succeeds"


def test_why_a_sign_in_was_refused_stands_in_a_header_and_in_the_journal(shop):
    answer = shop.edit(shop.sign_in(EDIT, now=NOW - 400))
    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid Sign-in-with-x signature"})
    [found] = json.loads(answer.headers["x-emulator-violations"])
    assert found == {
        "where": "header",
        "path": "SIGN-IN-WITH-X",
        "rule": "invalid_siwx_issued_at_too_old",
        "expected": "at most 300: sign each request anew",
        "message": "Issued At is 400 seconds old by this world's clock",
    }
    record = shop.control("GET", "requests")["requests"][-1]
    assert record["refusal"] == "SignInRefused" and "invalid_siwx_issued_at_too_old" in record["violations"][0]


def test_a_sign_in_is_good_once(shop):
    shop.top_up()
    headers = shop.sign_in(EDIT)
    assert shop.edit(headers).status_code == 200
    again = shop.edit(headers)
    assert again.status_code == 401 and rule(again) == "invalid_siwx_nonce_used"
    assert "--reuse-sign-ins" in again.headers["x-emulator-hint"]
    with ThreadPoolExecutor(25) as pool:
        headers = shop.sign_in(path := f"/api/v1/x402/balance/{signer_for('hardhat-0').address}")
        statuses = [one.status_code for one in pool.map(lambda _: shop.get(path, headers=headers), range(50))]
    assert statuses.count(200) == 1 and statuses.count(401) == 49


def test_a_wallet_sees_itself_alone(shop):
    path = f"/api/v1/x402/balance/{signer_for('hardhat-1').address}"
    answer = shop.get(path, headers=shop.sign_in(path))
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "You can only access resources for your own wallet",
        "code": "X402_WALLET_MISMATCH",
    }
    for address in ("0x1234", "0OIl", "l" * 40):
        path = f"/api/v1/x402/balance/{address}"
        assert shop.get(path, headers=shop.sign_in(path)).status_code == 400
        assert shop.get(path).status_code == 401


def test_addresses_compare_by_value(shop):
    address = signer_for("hardhat-0").address
    for spelled in (address, address.lower(), "0x" + address[2:].upper()):
        path = f"/api/v1/x402/balance/{spelled}"
        answer = shop.get(path, headers=shop.sign_in(path))
        assert answer.json()["data"]["walletAddress"] == address.lower()


def test_where_a_key_and_a_wallet_come_the_key_pays(shop):
    headers = {"Authorization": "Bearer a-key", **shop.sign_in(EDIT)}
    assert shop.edit(headers).status_code == 200 and shop.balance()["balanceUsd"] == 0.0
    bad = {"Authorization": "Bearer emulator-invalid", **shop.sign_in(EDIT)}
    assert shop.edit(bad).status_code == 401
    path = f"/api/v1/x402/balance/{signer_for('hardhat-0').address}"
    assert shop.get(path, headers={"Authorization": "Bearer a-key"}).status_code == 401
    assert shop.get(path, headers={"Authorization": "Bearer a-key", **shop.sign_in(path)}).status_code == 200


def test_of_the_current_and_the_legacy_header_the_current_one_counts(shop):
    shop.top_up()
    current, legacy = shop.sign_in(EDIT), shop.sign_in(EDIT, "hardhat-1", name="X-Sign-In-With-X")
    assert shop.edit(legacy).status_code == 402, "the other wallet has no credit"
    assert shop.edit({**current, **shop.sign_in(EDIT, "hardhat-1", name="X-Sign-In-With-X")}).status_code == 200
    assert shop.edit({"SIGN-IN-WITH-X": "garbage", **shop.sign_in(EDIT, name="X-Sign-In-With-X")}).status_code == 401


@pytest.mark.parametrize("wallet", ["hardhat-0", "solana-seven"])
def test_an_edit_can_be_paid_on_the_spot(shop, wallet):
    headers = shop.pay(key=wallet)
    answer = shop.edit(headers)
    assert answer.status_code == 200 and answer.headers["x-balance-remaining"] == "4.960000"
    assert in_header(answer, "PAYMENT-RESPONSE")["success"] is True
    again = shop.edit(headers)
    assert again.status_code == 402 and again.json()["accepts"]
    receipt = in_header(again, "PAYMENT-RESPONSE")
    assert (receipt["success"], receipt["transaction"]) == (False, "") and receipt["errorReason"] == rule(again)
    assert shop.balance(wallet)["balanceUsd"] == 4.96
    assert shop.edit(shop.sign_in(EDIT, wallet)).status_code == 200, "what is left is the wallet's credit"


def test_a_payment_with_a_request_that_is_wrong_is_not_taken(shop):
    headers = shop.pay()
    assert shop.edit(headers, strength="1").status_code == 400
    assert shop.edit(headers, model="no-such-model").status_code == 404
    assert shop.balance()["balanceUsd"] == 0.0
    assert shop.edit(headers).status_code == 200


def test_routes_for_keys_take_no_wallet(shop):
    answer = shop.get("/api/v1/billing/balance", headers=shop.sign_in("/api/v1/billing/balance"))
    assert (answer.status_code, answer.json()) == (401, {"error": "Authentication failed"})


def test_worlds_do_not_share_wallets(shop, base_url, key):
    with Shop(base_url, f"{key}-next-door") as neighbour:
        payment = shop.pay()
        assert shop.post(TOP_UP, headers=payment).status_code == 200
        assert neighbour.balance()["balanceUsd"] == 0.0
        assert neighbour.post(TOP_UP, headers=payment).status_code == 200, "another chain"


def test_settings_relax_nonces_and_add_domains_and_chains(key):
    settings = Settings(port=0, reuse_sign_ins=True, wallet_domains=("pay.example.com",), base_sepolia=True)
    with ServerThread(settings) as url, Shop(url, key) as shop:
        assert len(shop.post(TOP_UP).json()["accepts"]) == 3
        assert shop.top_up(offer=SEPOLIA_OFFER).status_code == 200
        path = f"/api/v1/x402/balance/{signer_for('hardhat-0').address}"
        headers = shop.sign_in(path)
        assert [shop.get(path, headers=headers).status_code for _ in range(2)] == [200, 200]
        signer = signer_for("hardhat-0")
        foreign = signer.sign_in(f"https://pay.example.com{path}", now=NOW, nonce="nonce12345")
        assert shop.get(path, headers={"SIGN-IN-WITH-X": foreign}).status_code == 200


def test_sepolia_is_refused_unless_it_is_switched_on(shop):
    answer = shop.top_up(offer=SEPOLIA_OFFER)
    assert answer.json()["details"] == {"reason": "invalid_network"}
    assert "--base-sepolia" in answer.headers["x-emulator-hint"]
