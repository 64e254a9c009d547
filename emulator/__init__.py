"""A local server that stands in for the image-edit APIs of OpenAI, Venice.ai and Magic Hour."""

__version__ = "0.1.0"
