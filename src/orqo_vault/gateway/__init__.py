"""The gateway: runs bring a run token, it forwards with the platform's key, and charges what the provider counted."""
