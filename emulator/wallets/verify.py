"""From an x402 payload to a verified payment: both layouts in use, against our own offers or a given one.

What the payload says of the offer (`accepted`) is compared, never trusted. The codes are x402's (documented).
"""

from collections.abc import Sequence

from emulator.errors import PaymentRefused
from emulator.wallets.header import JsonObject, Unreadable, object_of, read_header, text_of
from emulator.wallets.networks import Network, network_named
from emulator.wallets.payment import Offer, Payment, refused

SCHEME = "exact"


def verify_header(header: str, offers: Sequence[Offer], *, now: float) -> Payment:
    """The payment in a header, for whichever of our offers it is made. Raises PaymentRefused."""
    try:
        fields = read_header(header)
        _check_version(fields)
        chosen = _chosen(fields)
        network = _network(chosen)
        offer = next((one for one in offers if network is not None and one.network == network.id), None)
        if offer is None:
            raise refused(
                "invalid_network",
                f"the network {chosen.get('network')!r:.60} is not among the offers",
                expected=" or ".join(one.network for one in offers),
            )
        if "accepted" in fields:
            _compare(chosen, offer)
        return _verified(object_of(fields, "payload"), offer, now)
    except Unreadable as error:
        raise refused("invalid_payload", str(error)) from error


def verify_payload(fields: JsonObject, offer: Offer, *, now: float) -> Payment:
    """The payment in a payload, for this offer: what a facilitator is asked. Raises PaymentRefused."""
    try:
        _check_version(fields)
        chosen = _chosen(fields)
        network = _network(chosen)
        if network is None or network.id != offer.network:
            raise refused(
                "network_mismatch", f"the payment is on {chosen.get('network')!r:.60}", expected=offer.network
            )
        return _verified(object_of(fields, "payload"), offer, now)
    except Unreadable as error:
        raise refused("invalid_payload", str(error)) from error


def _verified(payload: JsonObject, offer: Offer, now: float) -> Payment:
    if offer.network.startswith("eip155:"):
        from emulator.wallets.evm import verify_evm  # one family's payments should not load the other's library

        return verify_evm(payload, offer, now=now)
    from emulator.wallets.solana import verify_solana

    return verify_solana(payload, offer)


def _check_version(fields: JsonObject) -> None:
    version = fields.get("x402Version")
    if isinstance(version, bool) or version not in (1, 2):
        raise refused("invalid_x402_version", f"x402Version is {version!r:.40}", expected="the number 2 or 1")


def _chosen(fields: JsonObject) -> JsonObject:
    """Where scheme and network stand: in `accepted` (version 2), else at the top (version 1, and observed with 2)."""
    chosen = object_of(fields, "accepted") if "accepted" in fields else fields
    scheme = text_of(chosen, "scheme")
    if scheme != SCHEME:
        raise refused("invalid_scheme", f"the scheme is {scheme[:40]!r}", expected=SCHEME)
    return chosen


def _network(chosen: JsonObject) -> Network | None:
    return network_named(text_of(chosen, "network"))


def _compare(accepted: JsonObject, offer: Offer) -> None:
    """Whether what the client says it accepted is our offer: asset and receiver. Its amount may be a larger one."""
    for name, ours in (("asset", offer.asset), ("payTo", offer.pay_to)):
        theirs = text_of(accepted, name)
        same = theirs.lower() == ours.lower() if offer.network.startswith("eip155:") else theirs == ours
        if not same:
            raise _otherwise(name, theirs, ours, offer)


def _otherwise(name: str, theirs: str, ours: str, offer: Offer) -> PaymentRefused:
    evm = offer.network.startswith("eip155:")
    reason = "invalid_payment_requirements"
    if name == "payTo":
        reason = f"invalid_exact_{'evm' if evm else 'svm'}_payload_recipient_mismatch"
    elif not evm:
        reason = "invalid_exact_svm_payload_mint_mismatch"
    return refused(reason, f"accepted.{name} is {theirs[:80]!r}", expected=ours)
