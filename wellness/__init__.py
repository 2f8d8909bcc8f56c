"""How Redis gives an AI agent its memory, shown on Apple Health data.

Importing this package is cheap and opens nothing; each module imports what it needs.
"""

__version__ = "0.1.0"
