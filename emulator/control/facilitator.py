"""A facilitator of x402 version 2 on the pretend chain: any x402 server may be pointed at it.

Wire shapes as the protocol documents them; `verify` changes nothing, `settle` moves the pretend tokens, once.
"""

from emulator import wallets
from emulator.call import Admitted, Answer, Call
from emulator.contract import Fields
from emulator.errors import PaymentRefused
from emulator.vendor import Handler, operation
from emulator.wallets import NETWORKS, Network, Offer, Payment, network_named, normalised
from emulator.world import World

FEE_PAYER = "BFK9TLC3edb13K6v4YyH3DwPb5DSUpkWvb7XnqCL9b4F"  # the vendor's, so that one signer serves both
SETTLER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"  # a well-known development wallet; nothing is signed with it


def handlers() -> tuple[Handler, ...]:
    """What answers for the facilitator."""

    @operation("getFacilitatorSupported")
    async def supported(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """GET what can be verified and settled here."""
        return Answer(
            json={
                "kinds": [_kind(one) for one in NETWORKS],
                "extensions": [],
                "signers": {"eip155:*": [SETTLER], "solana:*": [FEE_PAYER]},
            }
        )

    @operation("verifyFacilitatorPayment")
    async def verify(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST: would this payment settle for this requirement?"""
        try:
            payment = _verified(admitted.fields, world)
        except PaymentRefused as error:
            return Answer(json={"isValid": False, "invalidReason": error.reason, **_why("invalid", error)})
        return Answer(json={"isValid": True, "payer": payment.payer})

    @operation("settleFacilitatorPayment")
    async def settle(call: Call, admitted: Admitted, world: World) -> Answer:  # noqa: ARG001  # a handler's signature
        """POST: settle the payment; a second time it is refused."""
        network = str(admitted.fields["paymentRequirements"]["network"])
        try:
            settled = world.chain.settle(world.namespace, _verified(admitted.fields, world), at=world.clock.now())
        except PaymentRefused as error:
            failed = {"success": False, "errorReason": error.reason, "transaction": "", "network": network}
            return Answer(json={**failed, **_why("error", error)})
        return Answer(
            json={
                "success": True,
                "transaction": settled.hash,
                "network": network,
                "payer": settled.payment.payer,
                "amount": str(settled.payment.amount),
            }
        )

    return supported, verify, settle


def _kind(network: Network) -> dict[str, object]:
    kind: dict[str, object] = {"x402Version": 2, "scheme": "exact", "network": network.id}
    return kind if network.family == "eip155" else {**kind, "extra": {"feePayer": FEE_PAYER}}


def _why(prefix: str, error: PaymentRefused) -> dict[str, str]:
    text = f"{error.message}; expected {error.expected}" if error.expected else error.message
    return {f"{prefix}Message": text, **({"payer": error.payer} if error.payer else {})}


def _verified(fields: Fields, world: World) -> Payment:
    """The payment, if it holds and could settle. Raises PaymentRefused."""
    if fields["x402Version"] != 2:
        raise PaymentRefused(reason="invalid_x402_version", message="x402Version is not 2", expected="2")
    offer = _offer(fields["paymentRequirements"])
    payment = wallets.verify_payload(fields["paymentPayload"], offer, now=world.clock.now())
    world.chain.check(world.namespace, payment)
    return payment


def _offer(wanted: dict[str, object]) -> Offer:
    """A requirement as an offer. Raises PaymentRefused for one that cannot be served."""
    network = network_named(wanted["network"])
    if network is None or network.id != wanted["network"]:
        raise _unfit("invalid_network", "network", wanted["network"], " or ".join(one.id for one in NETWORKS))
    if wanted["scheme"] != "exact":
        raise _unfit("unsupported_scheme", "scheme", wanted["scheme"], "exact")
    evm, asset, pay_to = network.family == "eip155", str(wanted["asset"]), str(wanted["payTo"])
    for name, address in (("asset", asset), ("payTo", pay_to)):
        if not _lives_on(address, network):
            raise _unfit("invalid_payment_requirements", name, address, f"an address on {network.id}")
    extra = wanted.get("extra")
    extra = extra if isinstance(extra, dict) else {}
    if evm:
        known = asset.lower() == network.usdc.lower()
        token, version = (extra.get(key, default if known else None) for key, default in _domain(network))
        if not (isinstance(token, str) and isinstance(version, str)):
            raise _unfit("missing_eip712_domain", "extra", sorted(extra), "name and version of the token's domain")
        return Offer(
            network=network.id,
            asset=asset,
            amount=int(str(wanted["amount"])),
            exactly=True,  # documented for EVM; Solana's may be more
            pay_to=pay_to,
            token_name=token,
            token_version=version,
        )
    if extra.get("feePayer") != FEE_PAYER:
        reason = "fee_payer_not_managed_by_facilitator"
        raise _unfit(reason, "extra.feePayer", extra.get("feePayer"), FEE_PAYER)
    memo = extra.get("memo")
    return Offer(
        network=network.id,
        asset=asset,
        amount=int(str(wanted["amount"])),
        pay_to=pay_to,
        fee_payer=FEE_PAYER,
        memo=memo if isinstance(memo, str) else "",
    )


def _domain(network: Network) -> tuple[tuple[str, str], ...]:
    return ("name", network.token_name), ("version", network.token_version)


def _lives_on(address: str, network: Network) -> bool:
    try:
        return normalised(address).startswith("0x") == (network.family == "eip155")
    except ValueError:
        return False


def _unfit(reason: str, name: str, value: object, expected: str) -> PaymentRefused:
    return PaymentRefused(reason=reason, message=f"paymentRequirements.{name} is {value!r:.100}", expected=expected)
