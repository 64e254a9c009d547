"""What bounds requests and pictures at Magic Hour. The vendor publishes no figures; all inferred."""

from emulator.imaging.limits import READABLE, ImageLimits

BODY_BYTES = 1_000_000  # JSON with paths and a prompt of 15,000 characters
IMAGE_BYTES = 104_857_600
LIMITS = ImageLimits(max_bytes=IMAGE_BYTES, max_pixels=100_000_000, formats=(*READABLE, "heic"))
