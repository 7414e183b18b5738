"""Opening addresses, in the process of the fetch agent and in no other: `rules` decides, this connects."""
