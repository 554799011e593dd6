from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from catalog.api.access import ApiView, managed_tenant_of, person
from reviewer.downloads import download
from reviewer.exports import export


class ExportParams(serializers.Serializer[object]):
    tenant = serializers.SlugField(help_text="whose values")
    format = serializers.ChoiceField(
        ["json", "csv"],
        default="json",
        help_text="json: one object a line, one line a source; csv: one line a value",
    )
    since = serializers.DateTimeField(
        required=False,
        help_text="only documents released, corrected or promoted since then",
    )


class OneRenderer(BaseContentNegotiation):
    """`format` is a parameter of the export here, not a choice of renderers."""

    def select_parser(
        self, request: Request, parsers: Iterable[BaseParser]
    ) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class ExportView(ApiView):
    """The released values of a tenant, for its managers and admins.

    Every call is recorded as a delivery with exactly the artifacts that it carries;
    the header X-Delivery-Id names it.
    """

    content_negotiation_class = OneRenderer
    # A HEAD would record a delivery that carried nothing.
    http_method_names = ["get", "options"]

    @extend_schema(
        operation_id="export",
        parameters=[ExportParams],
        responses={
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        params = ExportParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        asked: dict[str, Any] = params.validated_data
        tenant = managed_tenant_of(request, asked["tenant"])
        exported = export(
            tenant=tenant,
            recipient=person(request),
            form=asked["format"],
            since=asked.get("since"),
        )
        return download(exported)
