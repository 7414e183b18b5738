"""Write the hashes of our agents, by which a changed script is known: after every change to one of them."""

import json

from grym_synth.execution.approval import PINS
from grym_synth.execution.catalog import read_catalog

cards = read_catalog().cards.values()
PINS.write_text(json.dumps({card.name: card.sha256 for card in cards}, indent=1) + "\n", encoding="utf-8")
