"""Who may see and do what. A foreign tenant's rows are not there: 404, never 403."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.problems import TooLarge, problem
from catalog.models import Membership, Tenant

MANAGERS = (Membership.Role.MANAGER, Membership.Role.ADMIN)


class ApiView(APIView):
    """For logged-in people only, with the API's one form of refusal."""

    permission_classes = [IsAuthenticated]

    def body_limit(self) -> int:
        """How many bytes a request may send; files of forms count too."""
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return limit

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # First of all, since whoever asks for the data reads all of it.
        if announced_bytes(request) > self.body_limit():
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def get_exception_handler(
        self,
    ) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return problem


class OwnRows(ApiView, GenericAPIView[Any]):
    """Serves what `visible_to` gives the user, and nothing else."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = cast("Any", super().get_queryset())
        return cast("QuerySet[Any]", rows.visible_to(self.request.user))


def announced_bytes(request: Request) -> int:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isdecimal() else 0


def person(request: Request) -> User:
    """Who asks; views that call this let nobody in without log-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def tenant_of(request: Request, slug: str, *, crops_too: bool = False) -> Tenant:
    """The user's tenant of this name; crops_too: also one of which the user sees only
    crops. Raises Http404.
    """
    tenants = Tenant.objects
    own = tenants.joined_by if crops_too else tenants.visible_to
    tenant = own(request.user).filter(slug=slug).first()
    if tenant is None:
        raise Http404
    return tenant


def managed_tenant_of(request: Request, slug: str) -> Tenant:
    """The same, for managers and admins. Raises Http404, PermissionDenied."""
    tenant = tenant_of(request, slug)
    led = Tenant.objects.led_by(request.user, *MANAGERS)
    if not led.filter(pk=tenant.pk).exists():
        raise PermissionDenied(
            f"Only managers and admins of {tenant.slug} may do this: ask one of them."
        )
    return tenant
