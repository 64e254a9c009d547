"""Every knob, once: name, default, help. The command line and the `EMULATOR_*` variables derive from it.

The only module that reads the environment. A value that does not fit refuses to start and says why.
"""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from emulator.money import usd_micros

PREFIX = "EMULATOR_"


class BadSetting(ValueError):
    """A setting's value cannot be used; the message names the setting and what is expected."""


def _setting(default: Any, help_text: str) -> Any:  # noqa: ANN401  # dataclasses.field is typed as its default
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a server is started with."""

    host: str = _setting("127.0.0.1", "Address to bind. Loopback unless you decide otherwise.")
    port: int = _setting(8402, "Port to bind; 0 takes a free one.")
    keys: tuple[str, ...] = _setting(
        (), "Comma-separated Bearer keys that are accounts. Without it any non-empty key is one."
    )
    control_token: str = _setting(
        "", "Secret that requests to /_emulator must send as X-Emulator-Token; the health check alone needs none."
    )
    log: str = _setting("none", "What is logged of each request: none, lines or json. Keys are masked.")
    journal: int = _setting(1000, "Requests of each world that the journal keeps; older ones go and are counted.")
    images: Path | None = _setting(
        None, "Directory of pictures that answer http(s) image URLs: HOST/PATH below it, or the URL's file name."
    )
    seed: int = _setting(0, "Seed of ids and of every derived picture; the same seed repeats a run exactly.")
    public_url: str = _setting(
        "", "Base of the URLs handed out, when clients reach the server under another address than they send."
    )
    venice_usd: str = _setting("1000", "US dollars on a Venice account at its first use.")
    openai_usd: str = _setting("1000000", "US dollars of quota on an OpenAI account at its first use.")
    image_rate: int = _setting(20, "Venice image requests a minute and key, as its rate-limit headers count them.")
    enforce_rate: bool = _setting(
        False, "Refuse with 429 what passes the rate limit. Off: the headers count, nothing is refused."
    )
    state: Path | None = _setting(
        None, "File that keeps accounts, jobs and files (in FILE.files/) over restarts; without it nothing is kept."
    )
    workers: int = _setting(1, "Server processes that share one state; more than one need a running clock.")
    cache_mb: int = _setting(64, "Megabytes of finished pictures kept for the same edit again; 0 keeps none.")
    threads: int = _setting(0, "Threads of a process that edit pictures; 0 takes one for each core.")
    magic_hour_tier: str = _setting("business", "Plan of a new Magic Hour account: free, creator, pro or business.")
    magic_hour_credits: int = _setting(-1, "Credits of a new Magic Hour account; -1 takes those of its plan.")
    jobs: str = _setting("time", "How Magic Hour jobs get on: immediate, time (by the clock) or manual (by command).")
    job_queued: str = _setting("0.05", "Seconds that a job stays in the queue, with --jobs time.")
    job_rendering: str = _setting("0.2", "Seconds that a job renders at least, with --jobs time.")
    wallet_usdc: str = _setting("1000000", "Pretend USDC in a wallet that nobody has funded.")
    wallet_domains: tuple[str, ...] = _setting(
        (), "Comma-separated domains that wallet sign-ins may name besides the request's own host and api.venice.ai."
    )
    reuse_sign_ins: bool = _setting(False, "Take a wallet's sign-in more than once. Off: its nonce is single use.")
    base_sepolia: bool = _setting(False, "Take wallets and payments of the Base Sepolia test network too.")
    webhook_url: str = _setting("", "Where Magic Hour events of every world go; tests can register more.")
    webhook_secret: str = _setting("", "Secret that signs the events sent to --webhook-url.")
    webhooks_anywhere: bool = _setting(False, "Let events go to other addresses than this machine's own.")
    lenient: bool = _setting(
        False, "For suites that post placeholder data: such pictures, paths, ids and parameters are let through."
    )

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("port", self.port, 0, 65535),
            ("image_rate", self.image_rate, 1, 1_000_000),
            ("workers", self.workers, 1, 64),
            ("threads", self.threads, 0, 64),
            ("cache_mb", self.cache_mb, 0, 65_536),
            ("journal", self.journal, 1, 1_000_000),
            ("magic_hour_credits", self.magic_hour_credits, -1, 2**53),
        ):
            if not low <= value <= high:
                raise BadSetting(f"{name} must be from {low} to {high}, got {value}")
        for name in ("venice_usd", "openai_usd", "wallet_usdc"):
            try:
                usd_micros(getattr(self, name))
            except ValueError as error:
                raise BadSetting(f"{name}: {error}") from error
        for name, choice, allowed in (
            ("magic_hour_tier", self.magic_hour_tier, ("free", "creator", "pro", "business")),
            ("log", self.log, ("none", "lines", "json")),
            ("jobs", self.jobs, ("immediate", "time", "manual")),
        ):
            if choice not in allowed:
                raise BadSetting(f"{name} must be one of {', '.join(allowed)}, got {choice!r}")
        for name in ("job_queued", "job_rendering"):
            seconds(name, getattr(self, name))
        if self.images is not None and not self.images.is_dir():
            raise BadSetting(f"images: {self.images} is not a directory")
        if self.public_url and not self.public_url.startswith(("http://", "https://")):
            raise BadSetting(f"public_url must begin with http:// or https://, got {self.public_url!r}")


def seconds(name: str, text: str) -> float:
    """A duration from its text. Raises BadSetting."""
    try:
        value = float(text)
    except ValueError as error:
        raise BadSetting(f"{name} must be a number of seconds, got {text!r}") from error
    if not 0 <= value <= 86_400:
        raise BadSetting(f"{name} must be from 0 to 86400 seconds, got {text}")
    return value


def knobs() -> tuple[Field[Any], ...]:
    """The settings as dataclass fields, in the order of their documentation."""
    return fields(Settings)


def variable(name: str) -> str:
    """The environment twin of a setting: `venice_usd` is `EMULATOR_VENICE_USD`."""
    return PREFIX + name.upper()


def read_settings(given: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from explicit values first, then the environment, then defaults. Raises BadSetting."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for knob in knobs():
        value = given.get(knob.name)
        if value is None:
            value = environment.get(variable(knob.name))
        if value is not None and value != "":
            values[knob.name] = _read(knob, value)
    return Settings(**values)


def sidecar(what: str) -> str:
    """What the environment says of a running emulator that tests should use: its `url`, its `token`."""
    return os.environ.get(f"IMAGE_EDIT_EMULATOR_{what.upper()}", "")


def export(settings: Settings) -> None:
    """Put the settings into the environment, for server processes that are started anew."""
    for knob in knobs():
        value = getattr(settings, knob.name)
        text = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        os.environ[variable(knob.name)] = text


_UNSHOWN = frozenset({"control_token", "webhook_secret", "keys"})


def shown(settings: Settings) -> dict[str, object]:
    """The settings as JSON values; of a secret only whether it is set, of keys how many."""
    values: dict[str, object] = {}
    for knob in knobs():
        value = getattr(settings, knob.name)
        if knob.name in _UNSHOWN:
            value = len(value) if isinstance(value, tuple) else bool(value)
        values[knob.name] = (
            list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
        )
    return values


def _read(knob: Field[Any], value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if knob.default is None:
        return Path(text) if text else None
    if isinstance(knob.default, bool):
        if text.lower() not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
            raise BadSetting(f"{knob.name} is a switch: true or false, got {text!r}")
        return text.lower() in ("true", "1", "yes", "on")
    if isinstance(knob.default, int):
        try:
            return int(text)
        except ValueError as error:
            raise BadSetting(f"{knob.name} must be a whole number, got {text!r}") from error
    if isinstance(knob.default, tuple):
        return tuple(one.strip() for one in text.split(",") if one.strip())
    return text
