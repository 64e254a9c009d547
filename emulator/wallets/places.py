"""For whom a sign-in may be made out: the hosts and origins that stand for this server."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ORIGIN = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/?#@\s]+)(?:[/?#]\S*)?")
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, kw_only=True)
class Places:
    """Hosts (with port, where it is not the scheme's own) and origins, in lower case."""

    hosts: tuple[str, ...]
    origins: tuple[str, ...]

    def has_host(self, domain: str, scheme: str) -> bool:
        """Whether a sign-in for this domain is for us."""
        return domain.lower().removesuffix(_PORTS.get(scheme, ":")) in self.hosts

    def has_uri(self, uri: str) -> bool:
        """Whether a URI lies at one of our origins; its path is not bound (observed: signers differ)."""
        return origin_of(uri) in self.origins


def places(urls: Iterable[str]) -> Places:
    """The places of these URLs, in their order."""
    origins = tuple(dict.fromkeys(origin for url in urls if (origin := origin_of(url))))
    return Places(hosts=tuple(dict.fromkeys(one.partition("://")[2] for one in origins)), origins=origins)


def origin_of(uri: str) -> str | None:
    """Scheme, host and port of a URI, a port that is the scheme's own left out; None for what is no URI."""
    found = _ORIGIN.fullmatch(uri)
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"].lower()
    return f"{scheme}://{host.removesuffix(_PORTS.get(scheme, ':'))}"
