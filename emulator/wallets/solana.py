"""The scheme `exact` on Solana: a transaction that the payer signed and the fee payer has still to sign (documented).

Everything that can be checked without a chain is: its shape, its token transfer, its signatures.
"""

from dataclasses import dataclass

from solders.instruction import CompiledInstruction
from solders.message import Message, MessageV0, to_bytes_versioned
from solders.pubkey import Pubkey
from solders.token.associated import get_associated_token_address
from solders.transaction import VersionedTransaction

from emulator.ids import digest
from emulator.wallets import curves
from emulator.wallets.header import JsonObject, strict_base64, text_of
from emulator.wallets.networks import NETWORKS
from emulator.wallets.payment import Offer, Payment, check_amount, refused

_CODE = "invalid_exact_svm_payload_"
COMPUTE_BUDGET = Pubkey.from_string("ComputeBudget111111111111111111111111111111")
TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
TOKEN_2022 = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
MEMO = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
LIGHTHOUSE = Pubkey.from_string("L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95")
SET_LIMIT, SET_PRICE, TRANSFER_CHECKED = 2, 3, 12  # first byte of the instructions' data
MOST_PRICE = 5_000_000  # micro-lamports a compute unit (documented)
USDC_DECIMALS = 6
MOST_TRANSACTION = 1232  # bytes: what a packet of the network holds
_USDC = frozenset(one.usdc for one in NETWORKS)
_AFTER = ("fourth", "fifth", "sixth")


@dataclass(frozen=True, kw_only=True)
class _Transfer:
    """The TransferChecked of a transaction."""

    program: Pubkey
    mint: Pubkey
    destination: Pubkey
    authority: Pubkey
    amount: int
    decimals: int


def verify_solana(payload: JsonObject, offer: Offer) -> Payment:
    """The payment in `{transaction}`. Raises Unreadable, and PaymentRefused for a rule that fails."""
    transaction = _decode(text_of(payload, "transaction", most=4096))
    message = transaction.message
    if not isinstance(message, Message | MessageV0):
        raise _undecodable("its message is of a version that is not known here")
    keys, steps = list(message.account_keys), list(message.instructions)
    if not 3 <= len(steps) <= 6:
        raise refused(_CODE + "transaction_instructions_length", f"{len(steps)} instructions", expected="from 3 to 6")
    if any(index >= len(keys) for one in steps for index in (one.program_id_index, *one.accounts)):
        raise _undecodable("an instruction names an account that the transaction does not list")
    _check_budget(steps, keys)
    transfer = _transfer(steps[2], keys)
    payer = str(transfer.authority)
    _check_rest(steps[3:], keys, offer, payer)
    _check_fee_payer(message, steps, keys, offer, payer)
    _check_transfer(transfer, offer, payer)
    _check_signatures(transaction, message, payer)
    return Payment(
        network=offer.network,
        asset=offer.asset,
        payer=payer,
        pay_to=offer.pay_to,
        amount=transfer.amount,
        key=digest(to_bytes_versioned(message)).hex(),
    )


def _decode(text: str) -> VersionedTransaction:
    raw = strict_base64(text)
    if raw is None:
        raise _undecodable("it is not base64")
    if len(raw) > MOST_TRANSACTION:
        raise _undecodable(f"it has {len(raw)} bytes, expected at most {MOST_TRANSACTION}")
    try:
        transaction = VersionedTransaction.from_bytes(raw)
        transaction.sanitize()
    except Exception as error:  # the library raises several kinds of its own
        raise _undecodable(str(error)[:200] or "its bytes are no transaction") from error
    if bytes(transaction) != raw:
        raise _undecodable("bytes follow the transaction")
    if isinstance(transaction.message, MessageV0) and transaction.message.address_table_lookups:
        raise _undecodable("its accounts stand in lookup tables, which are on the chain")
    return transaction


def _undecodable(why: str) -> Exception:
    return refused(
        _CODE + "transaction_could_not_be_decoded",
        f"the transaction cannot be read: {why}",
        expected="base64 of a versioned transaction, signed by the payer",
    )


def _check_budget(steps: list[CompiledInstruction], keys: list[Pubkey]) -> None:
    for place, code, name, length in ((0, SET_LIMIT, "limit", 5), (1, SET_PRICE, "price", 9)):
        data = bytes(steps[place].data)
        if keys[steps[place].program_id_index] != COMPUTE_BUDGET or len(data) < length or data[0] != code:
            raise refused(
                f"{_CODE}transaction_instructions_compute_{name}_instruction",
                f"instruction {place + 1} does not set the compute unit {name}",
                expected=f"ComputeBudget's SetComputeUnit{name.title()}",
            )
    price = int.from_bytes(bytes(steps[1].data)[1:9], "little")
    if price > MOST_PRICE:
        raise refused(
            _CODE + "transaction_instructions_compute_price_instruction_too_high",
            f"the price is {price} micro-lamports a compute unit",
            expected=f"at most {MOST_PRICE}",
        )


def _transfer(step: CompiledInstruction, keys: list[Pubkey]) -> _Transfer:
    program, data, accounts = keys[step.program_id_index], bytes(step.data), list(step.accounts)
    if program not in (TOKEN, TOKEN_2022) or len(data) != 10 or data[0] != TRANSFER_CHECKED or len(accounts) < 4:
        raise refused(
            _CODE + "no_transfer_instruction",
            "instruction 3 is not a token transfer",
            expected="TransferChecked of the token program",
        )
    return _Transfer(
        program=program,
        mint=keys[accounts[1]],
        destination=keys[accounts[2]],
        authority=keys[accounts[3]],
        amount=int.from_bytes(data[1:9], "little"),
        decimals=data[9],
    )


def _check_rest(steps: list[CompiledInstruction], keys: list[Pubkey], offer: Offer, payer: str) -> None:
    for place, step in enumerate(steps):
        if keys[step.program_id_index] not in (MEMO, LIGHTHOUSE):
            raise refused(
                f"{_CODE}unknown_{_AFTER[place]}_instruction",
                f"instruction {place + 4} is for {keys[step.program_id_index]}",
                expected="the memo program",
                payer=payer,
            )
    if offer.memo:
        memos = [bytes(one.data) for one in steps if keys[one.program_id_index] == MEMO]
        if len(memos) != 1:
            raise refused(_CODE + "memo_count", f"{len(memos)} memos", expected="one", payer=payer)
        if memos[0] != offer.memo.encode():
            raise refused(_CODE + "memo_mismatch", f"the memo is {memos[0]!r:.80}", expected=offer.memo, payer=payer)


def _check_fee_payer(
    message: Message | MessageV0, steps: list[CompiledInstruction], keys: list[Pubkey], offer: Offer, payer: str
) -> None:
    if not offer.fee_payer:
        raise refused(_CODE + "missing_fee_payer", "the offer names no fee payer", expected="extra.feePayer")
    if str(keys[0]) != offer.fee_payer:
        raise refused(
            "fee_payer_not_managed_by_facilitator",
            f"the transaction's fee payer is {keys[0]}",
            expected=offer.fee_payer,
            payer=payer,
        )
    if any(0 in one.accounts for one in steps):  # the fee payer is the first key
        raise refused(
            _CODE + "transaction_fee_payer_transferring_funds",
            "the fee payer stands among an instruction's accounts",
            expected="that it pays the fee alone",
            payer=payer,
        )
    if message.header.num_required_signatures != 2:
        raise _undecodable(f"{message.header.num_required_signatures} signatures are required, expected 2")


def _check_transfer(transfer: _Transfer, offer: Offer, payer: str) -> None:
    if str(transfer.mint) != offer.asset:
        raise refused(_CODE + "mint_mismatch", f"the token is {transfer.mint}", expected=offer.asset, payer=payer)
    if offer.asset in _USDC and transfer.decimals != USDC_DECIMALS:
        raise refused(
            "transaction_simulation_failed",
            f"the transfer counts {transfer.decimals} decimals, which the token program refuses",
            expected=f"{USDC_DECIMALS}",
            payer=payer,
        )
    receiver = curves.pubkey(offer.pay_to)
    account = get_associated_token_address(receiver, transfer.mint, transfer.program)
    if transfer.destination != account:
        raise refused(
            _CODE + "recipient_mismatch",
            f"the transfer goes to {transfer.destination}",
            expected=f"{account}, the token account of {offer.pay_to}",
            payer=payer,
        )
    check_amount(transfer.amount, offer, reason=_CODE + "amount_insufficient", payer=payer)


def _check_signatures(transaction: VersionedTransaction, message: Message | MessageV0, payer: str) -> None:
    keys = list(message.account_keys)[: message.header.num_required_signatures]
    for key, good in zip(keys[1:], transaction.verify_with_results()[1:], strict=True):
        if not good:
            raise refused(
                "transaction_simulation_failed",
                f"the signature of {key} does not hold for this transaction",
                expected="the payer's ed25519 signature of the message's bytes",
                payer=payer,
            )
    if payer not in map(str, keys[1:]):
        raise refused(
            "transaction_simulation_failed",
            f"{payer}, whose tokens move, has not signed",
            expected="its signature",
            payer=payer,
        )
