"""The contract engine: what an OpenAPI document promises, compiled and enforced.

Knows JSON Schema, media types and form parts. Refuses to know vendors, HTTP frameworks and money.
"""

from emulator.contract.body import Fields, Upload, read_body
from emulator.contract.document import Document, DocumentError
from emulator.contract.json_reader import Encoded
from emulator.contract.operation import Operation

__all__ = ["Document", "DocumentError", "Encoded", "Fields", "Operation", "Upload", "read_body"]
