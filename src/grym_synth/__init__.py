"""grym-synth: ask your recordings. Start reading in `hub.py`, then `messages.py`."""

__version__ = "0.1.0"
