"""The JSON API under ``/api/v1``. Each file has one resource: read the request, call the service, answer."""
