"""Make the tables of docs/health.md anew, from the data that the hub judges itself by.

.venv/bin/python scripts/refresh_health.py
"""

from __future__ import annotations

from pathlib import Path

from grym_synth.health.tables import filled

PAGE = Path(__file__).resolve().parent.parent / "docs" / "health.md"

if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
