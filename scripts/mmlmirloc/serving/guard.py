"""What every request passes first: bounds on number, size and time, security headers, one line in the log."""

import asyncio
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from mmlmirloc.serving.limits import Limits, Refusal, too_busy, too_large
from mmlmirloc.serving.logs import logger

HEADERS = {
    # Nothing but our own style sheet and icon, and forms that lead back here; no script at all.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT = "no-store"
"""Default of Cache-Control: results are not to stay on a shared computer."""

METHODS = {"GET", "HEAD", "POST"}
DISCARDED = 10
"""How many times the allowed size is read and thrown away, so that a browser is ready to read the answer."""


class Guard:
    """ASGI middleware around the whole application.

    Parameters
    ----------
    app : callable
        The application.
    limits : Limits
        The bounds.
    refuse : callable
        Makes the response of a scope and a :class:`Refusal`.
    paths : collection of str
        Paths that may stand in the log; others may hold anything.
    root_path : str
        Path below which a proxy shows the page, where it does not take it away.
    """

    def __init__(
        self, app: Callable, limits: Limits, refuse: Callable[[dict, Refusal], Response], paths, root_path: str = ""
    ):
        self.root_path = root_path
        self.app, self.limits, self.refuse, self.paths = app, limits, refuse, frozenset(paths)
        self.open = 0

    async def __call__(self, scope, receive, send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # A proxy may leave the path below which it shows the page, or take it away.
        if self.root_path and scope["path"].startswith(f"{self.root_path}/"):
            scope = scope | {"path": scope["path"].removeprefix(self.root_path)}
        visit = Visit(scope, send)
        self.open += 1
        try:
            if self.open > self.limits.requests:
                raise too_busy(self.limits)
            body = await self._body(scope, receive)
            visit.body_bytes = len(body)
            await self.app(scope, replayed(body, receive), visit.send)
        except Refusal as refusal:
            await self.refuse(scope, refusal)(scope, receive, visit.send)
        except Exception:
            logger.error("defect", exc_info=True, extra={"fields": {"request": visit.name}})
            # Half an answer cannot be taken back; uvicorn closes the connection.
            if visit.status is None:
                hint = f"It is our fault. Whoever runs this server finds it in the log under {visit.name}."
                await self.refuse(scope, Refusal(500, "Something went wrong", hint))(scope, receive, visit.send)
        finally:
            self.open -= 1
            visit.log(self.paths)

    async def _body(self, scope, receive) -> bytes:
        """Read the body, within the limits of size and time."""
        if scope["method"] in {"GET", "HEAD"}:
            return b""
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.limits.body_bytes * DISCARDED:
            raise too_large(self.limits)
        try:
            return await asyncio.wait_for(self._read(receive), self.limits.body_seconds)
        except TimeoutError:
            message = f"The request did not arrive within {self.limits.body_seconds:g} seconds"
            raise Refusal(408, message, "Send fewer sequences at a time.", {"Connection": "close"}) from None

    async def _read(self, receive) -> bytes:
        body, size, more = bytearray(), 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(400, "The request ended early")
            chunk, more = message.get("body", b""), message.get("more_body", False)
            size += len(chunk)
            if size <= self.limits.body_bytes:
                body += chunk
            elif size > self.limits.body_bytes * DISCARDED:
                break
        if size > self.limits.body_bytes:
            raise too_large(self.limits)
        return bytes(body)


class Visit:
    """One request: its name, what is sent for it, and its line in the log."""

    def __init__(self, scope, send):
        self.name = secrets.token_hex(8)
        self.scope, self._send = scope, send
        self.begun = time.perf_counter()
        self.status, self.body_bytes = None, 0
        # For handlers, to note numbers about the request.
        scope["notes"] = self.notes = {}
        scope["visit"] = self.name

    async def send(self, message) -> None:
        """Send ``message``, with the security headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", KEPT)
            headers["X-Request-ID"] = self.name
        await self._send(message)

    def log(self, paths: frozenset[str]) -> None:
        """Write the line of the log."""
        path, method = self.scope["path"], self.scope["method"]
        fields = {
            "request": self.name,
            "method": method if method in METHODS else "other",
            "path": path if path in paths else "other",
            "status": self.status,
            "milliseconds": round((time.perf_counter() - self.begun) * 1000, 1),
            "body_bytes": self.body_bytes,
            **self.notes,
        }
        logger.info("request", extra={"fields": fields})


def replayed(body: bytes, receive) -> Callable:
    """Return a ``receive`` that hands out ``body`` once, and then what the connection says."""
    sent = False

    async def replay():
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
