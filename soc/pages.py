"""Pages that are not the API: the front end's one page, and what is said when something went wrong."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@ensure_csrf_cookie
def front_end(_request: HttpRequest, path: str = "") -> HttpResponse:
    """The front end's page, for every path that nothing else answers: the front end's router knows the rest.

    A path that names a file is not a page: a missing picture or script is answered with 404, never with HTML.
    """
    if "." in path.rsplit("/", 1)[-1]:
        return _page(404, _("There is nothing at this address."))
    try:
        page = (settings.FRONT_END / "index.html").read_bytes()
    except FileNotFoundError:
        return _page(
            503,
            _(
                "The front end is not built. Run `make run`, which builds it, or `npm ci && npm run build` in frontend/."
            ),
        )
    return HttpResponse(page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001  (Django's signature)
    """Answers what Django itself refuses: a malformed or suspicious request."""
    return _error(request, 400, "bad_request", _("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """Answers a request that Django itself forbids."""
    return _error(request, 403, "permission_denied", _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """Answers an address that does not exist."""
    return _error(request, 404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answers what was not foreseen: a sentence, never a traceback."""
    return _error(
        request, 500, "error", _("Something went wrong here. It has been logged. Try again, or tell the operator.")
    )


def unknown_api(request: HttpRequest, path: str) -> HttpResponseBase:  # noqa: ARG001
    """Answers an API address that does not exist, with the API's error shape."""
    return not_found(request, Exception())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:  # noqa: ARG001
    """Answers a request without the page's token."""
    return _error(request, 403, "csrf", _("This page is out of date. Reload it and try again."))


def _error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)
    return _page(status, message)


def _page(status: int, message: str) -> HttpResponse:
    page = format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>Vigie</title><main><h1>Vigie</h1><p>{}</p></main>',
        get_language() or "en",
        message,
    )
    return HttpResponse(page, status=status)
