"""The command `image-edit-emulator`. Its options derive from `settings.py`: one knob, one place."""

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from emulator import __version__
from emulator.clock import pause, stopwatch
from emulator.settings import BadSetting, knobs, read_settings, variable
from emulator.wallet_commands import wallet


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """One option for each setting, with its environment twin in the help."""
    for knob in reversed(knobs()):
        name = "--" + knob.name.replace("_", "-")
        shown = f"{knob.metadata['help']} [{variable(knob.name)}]"
        if isinstance(knob.default, bool):
            decorate = click.option(f"{name}/--no-{name[2:]}", knob.name, default=None, help=shown)
        else:
            default = "" if knob.default in ((), None, "") else f" Default: {knob.default}."
            decorate = click.option(name, knob.name, default=None, metavar=_metavar(knob.default), help=shown + default)
        function = decorate(function)
    return function


def _metavar(default: object) -> str:
    match default:
        case int():
            return "N"
        case None:
            return "DIR"
        case tuple():
            return "KEY,KEY"
        case _:
            return "TEXT"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="image-edit-emulator")
def main() -> None:
    """A local stand-in for the image-edit APIs of OpenAI, Venice.ai and Magic Hour."""


@main.command()
@_options
def serve(**given: object) -> None:
    """Serve on loopback until interrupted. Options win over EMULATOR_* variables."""
    gc.disable()  # until all is built: nothing of it is garbage, and looking for some takes a tenth of the start
    from emulator.contract import DocumentError  # the server's imports cost 0.2 s; --help should not pay
    from emulator.server import PortTaken
    from emulator.server import serve as run

    try:
        run(read_settings(given))
    except (BadSetting, DocumentError, PortTaken) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--url", default=None, help="Base URL of the server. Default: this machine, on EMULATOR_PORT or 8402.")
@click.option("--wait", default=0.0, metavar="SECONDS", help="Keep asking for so long until it answers.")
def health(url: str | None, wait: float) -> None:
    """Exit with 0 when the server answers; for health checks of containers."""
    url = url or f"http://127.0.0.1:{read_settings({}).port}"
    deadline = stopwatch() + wait
    while True:
        answer = _ask(url.rstrip("/") + "/_emulator/health")
        if answer is not None:
            click.echo(json.dumps(answer))
            return
        if stopwatch() >= deadline:
            raise click.ClickException(f"no answer from {url}; is the server running there?")
        pause(0.05)


def _ask(url: str) -> dict[str, Any] | None:
    import urllib.error  # with ssl and email 5 MB, which the server does not need
    import urllib.request

    try:
        # ProxyHandler({}): loopback is never behind the machine's proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except (OSError, ValueError, urllib.error.URLError):
        return None


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-output"))
def demo(folder: Path) -> None:
    """Send a picture through each operation and write before-and-after pictures into FOLDER."""
    from emulator.demo import run_demo

    for line in run_demo(folder):
        click.echo(line)


main.add_command(wallet)


if __name__ == "__main__":
    sys.exit(main())
