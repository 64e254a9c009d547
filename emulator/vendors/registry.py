"""The vendors, one line each. Order matters where prefixes nest: the more particular ones first."""

from emulator.vendor import Vendor
from emulator.vendors.magic_hour import MAGIC_HOUR
from emulator.vendors.openai import OPENAI
from emulator.vendors.venice import VENICE

VENDORS: tuple[Vendor, ...] = (VENICE, MAGIC_HOUR, OPENAI)
