"""Golden cases over the API: the list, retiring and restoring, agreement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED

from catalog.api.access import MANAGERS, ApiView, managed_tenant_of, person
from catalog.api.problems import Conflict
from catalog.api.questions import ScopeParams, params_of
from catalog.api.views import GoldenCaseViewSet
from catalog.models import GoldenRetirement, Tenant
from catalog.services import RetirementRefused, restore_golden, retire_golden
from reviewer import agreement
from reviewer.golden_filter import GoldenSearchFilter


class RetireSerializer(serializers.Serializer[object]):
    slot = serializers.CharField(
        required=False, default="", max_length=100, help_text="of one value"
    )
    because = serializers.CharField(max_length=200)


class RetirementSerializer(serializers.ModelSerializer[GoldenRetirement]):
    actor = serializers.CharField(
        source="actor.username", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = GoldenRetirement
        fields = ["retirement_id", "slot", "act", "because", "actor", "at"]


VERB: dict[str, Any] = {
    "detail": True,
    "methods": ["post"],
    "filterset_class": None,
    "pagination_class": None,
}


class GoldenCases(GoldenCaseViewSet):
    """Sources with their agreed true values. Retiring is for managers and admins."""

    filterset_class = GoldenSearchFilter

    @extend_schema(request=RetireSerializer, responses={201: RetirementSerializer})
    @action(**VERB)
    def retire(self, request: Request, pk: str) -> Response:
        """The case, or its value of one slot, counts no more. 409: `detail` says why
        it makes no sense."""
        return self._act(request, retire_golden)

    @extend_schema(request=RetireSerializer, responses={201: RetirementSerializer})
    @action(**VERB)
    def restore(self, request: Request, pk: str) -> Response:
        """What was retired counts again."""
        return self._act(request, restore_golden)

    @extend_schema(responses=RetirementSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def retirements(self, request: Request, pk: str) -> Response:
        """What was retired and restored of it, oldest first."""
        rows = GoldenRetirement.objects.of_case(self.get_object())
        return Response(RetirementSerializer(rows, many=True).data)

    def _act(self, request: Request, verb: Callable[..., GoldenRetirement]) -> Response:
        case = self.get_object()
        managed_tenant_of(request, case.source.tenant.slug)
        form = RetireSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            told = verb(case_id=case.pk, actor=person(request), **form.validated_data)
        except RetirementRefused as refused:
            raise Conflict(str(refused)) from refused
        return Response(RetirementSerializer(told).data, status=HTTP_201_CREATED)


class AgreementSerializer(serializers.Serializer[object]):
    """Of the latest answers that came beside somebody else's."""

    field = serializers.CharField(help_text="of line items without their number")
    compared = serializers.IntegerField()
    agreed = serializers.IntegerField()
    share = serializers.FloatField()
    lower = serializers.FloatField(help_text="of 95 %")
    upper = serializers.FloatField()
    kappa = serializers.FloatField(
        allow_null=True, help_text="Cohen's, of what was said of the machine's value"
    )
    kappa_lower = serializers.FloatField(allow_null=True)
    kappa_upper = serializers.FloatField(allow_null=True)


class AgreementView(ApiView):
    """How far reviewers agree, by field; for managers and admins."""

    @extend_schema(
        operation_id="agreement",
        parameters=[ScopeParams],
        responses=AgreementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        slug = params_of(ScopeParams, request)["tenant"]
        led = Tenant.objects.led_by(person(request), *MANAGERS).distinct()
        tenants = [managed_tenant_of(request, slug)] if slug else list(led)
        if not tenants:
            raise PermissionDenied("Only managers and admins may ask this.")
        rows = agreement.by_field(agreement.pairs_of(tenants))
        return Response([row.as_json() for row in rows])
