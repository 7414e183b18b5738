"""The hub over HTTP: an API with OpenAPI, events, uploads, metrics, and MCP beside them."""
