"""Headers that limit what a page may do, and the id that ties a request's log lines."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from catalog.blobs import BlobUnavailable

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# The API's two reading pages style themselves from their scripts; no other page may.
API_PAGES_POLICY = {
    **POLICY,
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
}
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger("config.requests")


def join(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def content_security_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = API_PAGES_POLICY if shows_api_page(request) else POLICY
        response.headers.setdefault("Content-Security-Policy", join(policy))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


class StorageTrouble:
    """A page whose bytes cannot be had at the moment says so, and when to come back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, BlobUnavailable):
            return None
        log.warning("storage_unavailable", code=exception.code)
        return HttpResponse(
            "The storage of the documents does not answer: try again in a minute.\n",
            status=503,
            content_type="text/plain",
            headers={"Retry-After": "60"},
        )


def shows_api_page(request: HttpRequest) -> bool:
    view = getattr(request.resolver_match and request.resolver_match.func, "cls", None)
    pages = (SpectacularSwaggerView, SpectacularRedocView)
    return isinstance(view, type) and issubclass(view, pages)


def is_chatter(request: HttpRequest) -> bool:
    """What pages fetch by themselves; one line for each would bury the others."""
    match = request.resolver_match
    return (
        request.path in ("/healthz", "/readyz")
        or request.path.startswith(settings.STATIC_URL)
        or (match is not None and match.url_name in ("run-status", "task-extend"))
    )


def request_log(get_response: Handler) -> Handler:
    """Logs one line a request. The query string stays out: people search for text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        begin = time.perf_counter()
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        if not is_chatter(request):
            user = getattr(request, "user", None)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - begin) * 1000),
                user=user.pk if user is not None else None,
            )
        return response

    return middleware
