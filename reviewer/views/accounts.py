from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class UserRequest(HttpRequest):
    """A request of a logged-in person, as views behind `login_needed` get it."""

    user: User
    htmx: HtmxDetails


# Wrong passwords a name and minute, in each web process.
MOST_FAILURES = 10


class Login(LoginView):
    """Guessing one person's password is slow, from however many places."""

    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if cache.get(self._failures(), 0) < MOST_FAILURES:
            return super().post(request, *args, **kwargs)
        messages.error(request, "Too many wrong passwords: wait a minute.")
        context = self.get_context_data(form=AuthenticationForm(request))
        return self.render_to_response(context, status=429)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        cache.add(self._failures(), 0, timeout=60)
        cache.incr(self._failures())
        return super().form_invalid(form)

    def _failures(self) -> str:
        name = self.request.POST.get("username", "").casefold()
        digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()
        return f"login-failures-{digest}"


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
