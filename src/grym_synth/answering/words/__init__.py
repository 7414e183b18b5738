"""The writers: one module a capability, each turning findings into sentences."""
