"""Security headers of every answer, above all a Content-Security-Policy that lets nothing in from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Video and snapshots reach the page as blobs and data URLs; MapLibre starts its worker from a blob. Svelte writes style
# *attributes*; style elements come from files only.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",  # the page's own sockets included
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob: data:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Swagger UI, the API's page, writes style elements.
_DOCS = _POLICY | {"style-src": "'self' 'unsafe-inline'"}


class SecurityHeaders:
    """Adds the policy to every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and add the headers."""
        response = self.get_response(request)
        policy = _DOCS if request.path.startswith("/api/docs/") else _POLICY
        response.setdefault("Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items()))
        response.setdefault("Permissions-Policy", "camera=(), microphone=(self), geolocation=(), payment=(), usb=()")
        return response
