"""Does a script, or any MCP server command, keep the contract of docs/agents.md? Start at `judge.py`."""
