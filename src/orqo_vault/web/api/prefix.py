"""Where the API is, below the root of the site."""

PREFIX = "/api/v1"
