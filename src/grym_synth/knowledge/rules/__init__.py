"""What may be fetched: addresses, hosts, redirects and responses are judged here, by functions that open nothing."""
