"""The pretend chain: tokens move once, nonces count once, whoever asks at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.database import Database
from emulator.errors import PaymentRefused, SignInRefused
from emulator.wallets import Chain, Holding, Payment

BASE, USDC = "eip155:8453", "0xusdc"


@pytest.fixture
def chain():
    database = Database(None)
    yield Chain(database, seed="0", ample=100)
    database.close()


def payment(key="k", amount=30, payer="a"):
    return Payment(network=BASE, asset=USDC, payer=payer, pay_to="shop", amount=amount, key=key)


def reason(function, *arguments, **named):
    with pytest.raises(PaymentRefused) as refused:
        function(*arguments, **named)
    return refused.value.reason


def test_a_payment_moves_the_tokens_once(chain):
    chain.check("", payment())
    settled = chain.settle("", payment(), at=1.0)
    assert settled.hash.startswith("0x") and len(settled.hash) == 66
    assert chain.holding("", BASE, USDC, "a") == 70 and chain.holding("", BASE, USDC, "shop") == 130
    assert reason(chain.settle, "", payment(), at=2.0) == "invalid_exact_evm_nonce_already_used"
    assert reason(chain.check, "", payment()) == "invalid_exact_evm_nonce_already_used"
    assert chain.holding("", BASE, USDC, "a") == 70
    assert chain.settle("", payment(payer="b"), at=2.0).hash != settled.hash


def test_a_wallet_pays_no_more_than_it_holds(chain):
    chain.fund("", Holding(network=BASE, asset=USDC, address="a", amount=29))
    assert reason(chain.settle, "", payment(), at=1.0) == "insufficient_funds"
    assert chain.holding("", BASE, USDC, "a") == 29
    chain.fund("", Holding(network=BASE, asset=USDC, address="a", amount=30))
    chain.settle("", payment(), at=1.0)
    assert chain.holding("", BASE, USDC, "a") == 0


def test_worlds_have_chains_of_their_own_and_forget_them(chain):
    first = chain.settle("one", payment(), at=1.0)
    chain.settle("two", payment(), at=1.0)
    chain.drop("one")
    assert chain.settle("one", payment(), at=1.0) == first, "the same world again says the same"
    assert chain.holding("two", BASE, USDC, "a") == 70


def test_of_fifty_that_settle_at_once_one_does(chain):
    def settle(_):
        try:
            chain.settle("", payment(), at=1.0)
        except PaymentRefused:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(settle, range(50))).count(True) == 1
    assert chain.holding("", BASE, USDC, "a") == 70


def test_of_fifty_that_use_a_nonce_at_once_one_does(chain):
    def use(_):
        try:
            chain.use_nonce("", "a", "n", until=10.0, now=1.0)
        except SignInRefused as refused:
            return refused.rule
        return "used"

    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(use, range(50)))
    assert found.count("used") == 1 and found.count("invalid_siwx_nonce_used") == 49
    chain.use_nonce("", "b", "n", until=10.0, now=1.0)


def test_old_nonces_make_room(chain):
    for number in range(600):
        chain.use_nonce("", "a", str(number), until=number, now=number)
    assert len(chain._database.read("SELECT 1 FROM sign_ins")) < 400
