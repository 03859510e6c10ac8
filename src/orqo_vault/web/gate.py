"""What stands before every request: is it meant for this site, does it come from this site, and what goes back.

Another page in the same browser, another name for this address (DNS rebinding) and a program that speaks half of HTTP
all stop here, before anybody is asked to log in.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orqo_vault.web.failures import Refusal, as_response

SAFE = frozenset(("GET", "HEAD"))
METHODS = SAFE | {"POST", "PATCH", "DELETE"}
ONCE = ("host", "origin", "authorization", "content-type", "content-length", "sec-fetch-site", "if-match")
CONTENT_TYPES = frozenset(("application/json", "application/json;charset=utf-8"))
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Gate:
    """ASGI middleware. ``origins`` are the addresses people see: ``http://127.0.0.1:8123``, ``https://vault.acme``."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = frozenset(each.lower() for each in origins)
        self.hosts = frozenset(urlsplit(each).netloc for each in self.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        # An engine that mounts the site says where its own root is; the site's addresses begin where it is mounted.
        scope = {**scope, "app_root_path": scope.get("root_path", "")}
        try:
            self._check(scope["method"], Headers(scope=scope))
        except Refusal as refusal:
            await as_response(refusal)(scope, receive, sending)
        else:
            await self.app(scope, receive, sending)

    def _check(self, method: str, headers: Headers) -> None:
        for name in ONCE:
            if len(headers.getlist(name)) > 1:
                raise Refusal(400, "ambiguous", f"the header {name} is there twice")
        if headers.get("host", "").lower() not in self.hosts:
            raise Refusal(421, "wrong_host", "this site has another name", hint="use the address that it was given")
        if method not in METHODS:
            raise Refusal(405, "method", "this site does not know that method")
        self._check_sender(method, headers)
        _check_content(method, headers)

    def _check_sender(self, method: str, headers: Headers) -> None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and origin.lower() not in self.origins:
            raise Refusal(403, "foreign_origin", "the request comes from another site")
        if method in SAFE:
            if site not in (None, "same-origin", "none") and not _is_a_link(headers):
                raise Refusal(403, "foreign_site", "the request comes from another site")
        elif site not in (None, "same-origin"):
            raise Refusal(403, "foreign_site", "the request comes from another site")
        elif origin is None and site is None and "authorization" not in headers:
            raise Refusal(403, "unknown_origin", "the request does not say where it comes from", hint="send Origin")


def _is_a_link(headers: Headers) -> bool:
    """Tell whether somebody follows a link to this site: what they get is the page without a word of ours in it."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _check_content(method: str, headers: Headers) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "content_encoding", "a body is sent as it is here, not compressed")
    if method in ("POST", "PATCH"):
        said = headers.get("content-type", "").lower().replace(" ", "")
        if said not in CONTENT_TYPES:
            raise Refusal(415, "content_type", "a body is application/json here")
