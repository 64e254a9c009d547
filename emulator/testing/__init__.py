"""What users import in their tests: questions to ask of a picture, and pictures to ask them of.

Loads neither Pillow nor the server; what needs them loads them when called.
"""

from emulator.imaging.provenance import Provenance
from emulator.testing.assertions import Difference, assert_only_mask_changed, assert_same_picture, difference
from emulator.testing.control import Control
from emulator.testing.door import ControlError
from emulator.testing.images import mean_difference, read_provenance, same_outside_mask
from emulator.testing.in_process import in_process
from emulator.testing.pictures import picture

__all__ = [
    "Control",
    "ControlError",
    "Difference",
    "Provenance",
    "assert_only_mask_changed",
    "assert_same_picture",
    "difference",
    "in_process",
    "mean_difference",
    "picture",
    "read_provenance",
    "same_outside_mask",
]
