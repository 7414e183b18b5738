"""The MCP server: the hub inside every assistant."""
