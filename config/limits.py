"""What a request may be before anybody looks at it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

Handler = Callable[[HttpRequest], HttpResponse]

# These take documents, and look at the length themselves.
TAKE_DOCUMENTS = frozenset({"upload", "api-source-list"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def request_limits(get_response: Handler) -> Handler:
    """Refuses long bodies where no document is expected, and forms of odd charsets.

    Anybody may send these, logged in or not, and Django would read all of a body to
    find its CSRF token.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not (
            takes_documents(request)
        ):
            return refusal("This is more than a form holds.", 413)
        if charset_of(request).lower() not in ("utf-8", "utf8"):
            return refusal("Send forms in UTF-8.", 400)
        return get_response(request)

    return middleware


def refusal(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain")


def charset_of(request: HttpRequest) -> str:
    """Of a form's body; anything else is not decoded by it."""
    if request.content_type not in FORMS or not request.content_params:
        return "utf-8"
    return request.content_params.get("charset", "utf-8")


def length_of(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdigit() else 0


def takes_documents(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name in TAKE_DOCUMENTS
    except Resolver404:
        return False


def private_pages(get_response: Handler) -> Handler:
    """Keeps pages of logged-in people out of caches: they show text of documents."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html")
        if page and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
