"""The pluggy markers: a plugin writes ``@hookimpl`` before the function that hands over its class."""

from __future__ import annotations

import pluggy

PROJECT = "orqo_vault"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
