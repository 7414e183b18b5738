"""What a recording can be recognised by after codec, gain, trimming, and small changes of tempo and pitch."""
