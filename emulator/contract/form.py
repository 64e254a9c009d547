"""Text of forms and queries turned into the types that the schema asks for."""

import re

from emulator.contract.schema import Property

_INTEGER = re.compile(r"-?[0-9]{1,30}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}


def coerce(text: str, accepts: Property) -> object:
    """The value that `text` spells in a type the property takes; the text itself where none fits.

    Text that stays text lets the schema report the wrong type in its own words.
    """
    if "boolean" in accepts.types and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if "integer" in accepts.types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in accepts.types and _NUMBER.fullmatch(text):
        return float(text)
    return text
