"""The control door `/_emulator`: where a test arranges its world and people look in; not a vendor's surface.

Built like a vendor's, so that its own document is enforced by the same exchange. Every operation acts on
the world in which it is called.
"""

from collections.abc import Mapping

from emulator.contract import Document
from emulator.control import (
    accounts,
    clock,
    dialect,
    facilitator,
    faults,
    images,
    jobs,
    requests,
    reset,
    server,
    wallets,
    webhooks,
)
from emulator.control.door import admit
from emulator.vendor import Vendor


def control_vendor(documents: Mapping[str, Document], vendors: tuple[Vendor, ...]) -> Vendor:
    """The control surface over these documents and vendors."""
    ticks = tuple(vendor.tick for vendor in vendors)
    handlers = (
        *server.handlers(documents),
        *reset.handlers(),
        *clock.handlers(ticks),
        *accounts.handlers(vendors),
        *wallets.handlers(vendors),
        *facilitator.handlers(),
        *jobs.handlers(ticks),
        *webhooks.handlers(vendors),
        *requests.handlers(),
        *images.handlers(),
        *faults.handlers(),
    )
    return Vendor(
        name="control",
        owns=("/_emulator",),
        handlers={one.operation_id: one for one in handlers},
        admit=admit,
        render=dialect.render,
        suffers=False,
        bug=dialect.BUG,
        sign=lambda request_id, opened: {},  # noqa: ARG005  # the spine's signature
        meter=lambda call, admitted, world: {},  # noqa: ARG005  # the spine's signature
    )
