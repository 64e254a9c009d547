"""Measures the emulator beside a yardstick, in one run: `python -m benchmarks`, `python -m benchmarks.peers`.

No part of the package: it starts the server as a user would and speaks HTTP to it.
"""
