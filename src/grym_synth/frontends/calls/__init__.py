"""What assistants and programs may ask: the same calls, bounds and answers for MCP and for HTTP."""
