"""Language models: one protocol, few adapters. They may plan and write; what they say is checked by others."""
