from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class UserRequest(HttpRequest):
    """A request of a logged-in person, as views behind `login_needed` get it."""

    user: User
    htmx: HtmxDetails


class Login(LoginView):
    template_name = "registration/login.html"
    redirect_authenticated_user = True


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def login_needed(view: View) -> View:
    """Only for people who are logged in; scripts get an answer that they can act on.

    A page goes to the log-in and comes back; for a fragment, the whole page goes there.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(_log_in_from(cast(UserRequest, request)))
        return redirect_to_login(
            request.get_full_path() if request.method == "GET" else ""
        )

    return cast(View, guarded)


def _log_in_from(request: UserRequest) -> str:
    """The log-in that leads back to the page of which a fragment was asked for."""
    back = request.htmx.current_url_abs_path or resolve_url("queue")
    return f"{resolve_url('login')}?{urlencode({'next': back})}"
