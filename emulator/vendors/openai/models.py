"""OpenAI's catalogue: edit models, what each takes, and its token figures, from `fixtures/openai/models.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.data import catalogue
from emulator.errors import NotFound
