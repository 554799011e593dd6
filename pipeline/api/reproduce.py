from __future__ import annotations

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.access import ApiView, person
from catalog.api.problems import Unavailable
from catalog.models import DerivedArtifact
from pipeline.models import ReplayObservation
from pipeline.reproducing import asking
from pipeline.reproducing.wording import sentence

MOST_TIMES = 5


class ReproduceParams(serializers.Serializer[object]):
    times = serializers.IntegerField(
        default=1, min_value=1, max_value=MOST_TIMES, help_text="how often"
    )


class ReproducedSerializer(serializers.Serializer[object]):
    artifact_id = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=ReplayObservation.Verdict.choices)
    times = serializers.IntegerField(help_text="how often it was made again")
    same = serializers.IntegerField(help_text="how often the same came out")
    sentence = serializers.CharField(help_text="the verdict, explained")
    detail = serializers.DictField(help_text="names of steps and components; no text")


class ReproduceView(ApiView):
    """Make an artifact again exactly as it was made, and compare. Nothing is stored but
    that it was tried. It takes as long as reading the document does.
    """

    @extend_schema(
        operation_id="artifacts_reproduce",
        request=ReproduceParams,
        responses=ReproducedSerializer,
    )
    def post(self, request: Request, artifact_id: UUID) -> Response:
        artifact = _visible(request, artifact_id)
        params = ReproduceParams(data=request.data)
        params.is_valid(raise_exception=True)
        try:
            found = asking.reproduce_now(
                artifact=artifact,
                times=params.validated_data["times"],
                user=person(request),
            )
        except asking.TooOften:
            raise Throttled(detail=asking.TOO_OFTEN) from None
        except asking.Busy:
            raise Unavailable(asking.BUSY) from None
        body = {
            "artifact_id": artifact.pk,
            "verdict": found.verdict,
            "times": found.times,
            "same": found.same,
            "sentence": sentence(found.observed(None)),
            "detail": found.detail,
        }
        return Response(ReproducedSerializer(body).data)


def _visible(request: Request, artifact_id: UUID) -> DerivedArtifact:
    """Raises Http404."""
    rows = DerivedArtifact.objects.visible_to(person(request))
    found = rows.select_related("source", "generation__source")
    artifact = found.filter(pk=artifact_id).first()
    if artifact is None:
        raise Http404
    return artifact
