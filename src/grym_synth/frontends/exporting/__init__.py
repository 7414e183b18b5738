"""One document of `grym analyze`, told to other programs: each module writes one format."""
