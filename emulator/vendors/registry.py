"""The vendors, one line each. Order matters where prefixes nest: the more particular ones first."""

from emulator.vendor import Vendor
from emulator.vendors.openai import OPENAI
from emulator.vendors.venice import VENICE

VENDORS: tuple[Vendor, ...] = (VENICE, OPENAI)
