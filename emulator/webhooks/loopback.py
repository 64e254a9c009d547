"""Where events may go: to this machine, unless a switch allows more."""

import ipaddress
import socket
from urllib.parse import urlsplit


class RemoteReceiver(ValueError):
    """The URL is not http(s), or leads away from this machine; the message says what is expected."""


def check_receiver(url: str, *, allow_remote: bool) -> None:
    """Raises RemoteReceiver. Every address that a host name has must be loopback."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RemoteReceiver(f"{url!r} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise RemoteReceiver(f"{url!r} is not an http(s) URL of a receiver")
    if allow_remote:
        return
    try:
        found = {ipaddress.ip_address(host)}
    except ValueError:
        try:
            found = {ipaddress.ip_address(one[4][0]) for one in socket.getaddrinfo(host, port or 80)}
        except (OSError, ValueError) as error:  # ValueError: not even a name
            raise RemoteReceiver(f"the host of {url!r} is not known here: {error}") from error
    if not found or not all(one.is_loopback for one in found):
        raise RemoteReceiver(f"{url!r} leads away from this machine; only loopback addresses are called")
