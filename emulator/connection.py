"""A connection that faults can cut: uvicorn's HTTP protocol, its transport in each request's state."""

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from emulator.mishap import TRANSPORT


class CuttableProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # chosen at run time
    """Named at the top of a module: server processes that are started anew find it by name."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Remember the transport beside what every request of this connection gets."""
        super().connection_made(transport)
        self.app_state: dict[str, object] = {**self.app_state, TRANSPORT: transport}
