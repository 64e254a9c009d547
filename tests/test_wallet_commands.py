"""The command `wallet`, as people use it beside curl; another library checks what it prints."""

import base64
import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from eth_account import Account
from eth_account.messages import encode_defunct
from solders.keypair import Keypair

from emulator.cli import main
from emulator.wallets import development_wallets


def wallet(*arguments, code=0):
    done = CliRunner().invoke(main, ["wallet", *arguments])
    assert done.exit_code == code, done.output
    return done.output.strip()


def header(line):
    name, _, value = line.partition(": ")
    return {name: value}


def test_development_wallets_have_the_addresses_of_their_keys():
    for one in development_wallets():
        known = (
            Account.from_key(one.secret).address
            if one.secret.startswith("0x")
            else str(Keypair.from_base58_string(one.secret).pubkey())
        )
        assert known == one.address == wallet("address", "--key", one.name)


def test_a_new_wallet_is_another_each_time():
    first, second = wallet("new"), wallet("new")
    assert first != second
    address, key = (line.split()[1] for line in first.splitlines())
    assert Account.from_key(key).address == address == wallet("address", "--key", key)
    address, key = (line.split()[1] for line in wallet("new", "--solana").splitlines())
    assert str(Keypair.from_base58_string(key).pubkey()) == address == wallet("address", "--key", key)


def test_a_sign_in_is_for_the_url_it_was_made_for():
    line = wallet("sign-in", "http://localhost:8402/api/v1/image/edit?a=1", "--at", "1795211296")
    assert line.startswith("SIGN-IN-WITH-X: ")
    payload = json.loads(base64.b64decode(line.split()[1]))
    assert "localhost:8402 wants you to sign in" in payload["message"]
    assert "URI: http://localhost:8402/api/v1/image/edit?a=1\n" in payload["message"]
    assert "Issued At: 2026-11-20T21:48:16.000Z\n" in payload["message"]
    signer = Account.recover_message(encode_defunct(text=payload["message"]), signature=payload["signature"])
    assert signer == payload["address"] == wallet("address")


@pytest.mark.parametrize("name", ["hardhat-1", "solana-seven"])
def test_the_whole_story_at_a_prompt(base_url, name):
    base = f"{base_url}/_ns/prompt-{name}"
    address = wallet("address", "--key", name)
    assert httpx.post(f"{base}/api/v1/image/edit").status_code == 402
    paid = httpx.post(f"{base}/api/v1/x402/top-up", headers=header(wallet("pay", "--usd", "7.5", "--key", name)))
    assert paid.status_code == 200 and paid.json()["data"]["newBalance"] == 7.5
    edit = f"{base}/api/v1/image/edit"
    done = httpx.post(
        edit,
        headers=header(wallet("sign-in", edit, "--key", name)),
        files={"image": Path("fixtures/images/harbour.png").read_bytes()},
        data={"prompt": "sunset"},
    )
    assert done.status_code == 200 and done.headers["x-balance-remaining"] == "7.460000"
    balance = f"{base}/api/v1/x402/balance/{address}"
    shown = httpx.get(balance, headers=header(wallet("sign-in", balance, "--key", name))).json()["data"]
    assert (shown["balanceUsd"], shown["canConsume"]) == (7.46, True)


def test_a_wallet_is_funded_at_the_running_server(base_url):
    base = f"{base_url}/_ns/funded"
    shown = json.loads(wallet("fund", wallet("address"), "--usdc", "0", "--server", base))
    assert shown["usdc"] == "0.000000"
    refused = httpx.post(f"{base}/api/v1/x402/top-up", headers=header(wallet("pay")))
    assert refused.json()["details"] == {"reason": "insufficient_funds"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sign-in", "localhost"), "must begin with http"),
        (("address", "--key", "0x1234"), "expected 64 hex digits"),
        (("pay", "--usd", "much"), "--usd"),
        (("pay", "--network", "solana"), "cannot pay on solana"),
        (("fund", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), "--usdc, --credit"),
    ],
)
def test_a_wrong_argument_is_told_in_words(arguments, words):
    assert words in wallet(*arguments, code=2)


def test_no_key_is_ever_printed_in_an_error():
    assert "secretsecret" not in wallet("address", "--key", "secretsecret", code=2)


def test_a_server_that_is_not_there_is_told():
    assert "is the server running" in wallet(
        "fund", wallet("address"), "--usdc", "1", "--server", "http://127.0.0.1:1", code=1
    )
