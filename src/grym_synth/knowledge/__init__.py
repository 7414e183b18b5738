"""Reading and finding: what may be fetched, how it is cut into passages, and how a passage is found and quoted."""
