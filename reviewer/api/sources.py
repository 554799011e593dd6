from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_202_ACCEPTED,
)
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.api.access import OwnRows, person, tenant_of
from catalog.api.files import blob_response
from catalog.api.pages import NewestFirst
from catalog.api.problems import Conflict, Erased, TooLarge, Unavailable
from catalog.api.questions import params_of
from catalog.api.serializers import ArtifactSerializer, ErasureSerializer
from catalog.blobs import BlobTooLarge
from catalog.erasing.report import erasure_as_json
from catalog.models import (
    DerivedArtifact,
    Erasure,
    Generation,
    SourceMedia,
    Way,
    What,
)
from catalog.models.tenant import may_erase
from catalog.services import (
    EraseRefused,
    ResidueFound,
    SourceErased,
    TenantOffBoarded,
    erase,
    note_seen,
)
from pipeline import policies
from pipeline.intake import Received, receive
from pipeline.services import NoActiveVersion
from reviewer.api import source_serializers as serializers
from reviewer.api.filters import SourceFilter
from reviewer.api.history import HistorySerializer, PairParams, PairSerializer
from reviewer.side_by_side import chosen
from reviewer.timeline import timeline_of
from reviewer.uploads import JUST_ERASED

# What a form may weigh beyond its file: boundaries and the tenant's name.
FORM_BYTES = 64 * 1024
ADMINS_ONLY = "Only admins of its tenant may erase a document: ask one of them."


class SourceViewSet(OwnRows, ReadOnlyModelViewSet[SourceMedia]):
    """Originals, and what the current reading of each says."""

    queryset = SourceMedia.objects.with_current_generation()
    filterset_class = SourceFilter
    pagination_class = NewestFirst
    parser_classes = [MultiPartParser]

    def body_limit(self) -> int:
        limit: int = settings.MAX_UPLOAD_BYTES + FORM_BYTES
        return limit

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "list" and "erased" not in self.request.query_params:
            return cast("QuerySet[Any]", cast("Any", rows).kept())
        return rows

    def _note(self, source: SourceMedia, what: What) -> None:
        note_seen(user=person(self.request), source=source, what=what, way=Way.API)

    def get_serializer_class(self) -> type[serializers.SourceSerializer]:
        if self.action == "retrieve":
            return serializers.SourceDetailSerializer
        return serializers.SourceSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What is read of a document, as it stands now.

        Under a lazy policy this also asks, once, for what is behind to be read anew.
        """
        source = self.get_object()
        policies.somebody_reads(source_id=source.pk, user=person(request))
        self._note(source, What.VALUES)
        return Response(self.get_serializer(source).data)

    @extend_schema(
        request={"multipart/form-data": serializers.UploadSerializer},
        responses={
            201: serializers.UploadedSerializer,
            200: serializers.UploadedSerializer,
        },
    )
    def create(self, request: Request) -> Response:
        """Upload a document. 201: new; 200: the tenant had these bytes already.

        A document that the gate refuses is stored too, and `run` says at once why.
        """
        form = serializers.UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        received = self._receive(request, given["tenant"], given["file"])
        body = {
            "created": received.created,
            "source_id": received.source.pk,
            "content_hash": received.source.content_hash,
            "run": received.run,
        }
        code = HTTP_201_CREATED if received.created else HTTP_200_OK
        return Response(serializers.UploadedSerializer(body).data, status=code)

    def _receive(
        self, request: Request, slug: str, file: UploadedFile[bytes]
    ) -> Received:
        tenant = tenant_of(request, slug)
        try:
            return receive(
                tenant=tenant,
                stream=file,
                name=file.name or "",
                user=person(request),
                limit=settings.MAX_UPLOAD_BYTES,
            )
        except BlobTooLarge as error:
            raise TooLarge(_limit_sentence()) from error
        except TenantOffBoarded as error:
            raise Conflict(str(error)) from error
        except SourceErased as error:
            raise Conflict(JUST_ERASED) from error
        except NoActiveVersion as error:
            raise Unavailable(
                "No pipeline version is active: an admin must activate one."
            ) from error

    @extend_schema(
        parameters=[serializers.EraseParams],
        responses={200: ErasureSerializer, 202: ErasureSerializer},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Erase the document with all that was made of it, for admins of its tenant.

        200: erased, and nothing is left; 202: erased, but the scan found something
        that an operator must look at; 409: a legal hold is in force.
        """
        source = self.get_object()
        if not may_erase(request.user, source):
            raise PermissionDenied(ADMINS_ONLY)
        params = serializers.EraseParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        erasure = _erased(source, params.validated_data["reference"], person(request))
        code = HTTP_200_OK if erasure.finished_at else HTTP_202_ACCEPTED
        told = ErasureSerializer(erasure_as_json(erasure)).data
        return Response(told, status=code)

    @extend_schema(responses=serializers.StatusSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def status(self, request: Request, pk: str) -> Response:
        """Where the source stands: poll this after an upload."""
        source = self.get_object()
        run = source.runs.select_related("pipeline_version").first()
        current = next(iter(source.current_generations), None)
        tasks = source.review_tasks.open().not_closed_to(person(request))
        task = tasks.release_first().first()
        data = {
            "source_id": source.pk,
            "run": run,
            "document_type": current.document_type if current else "",
            "released_at": current.released_at if current else None,
            "review_task_id": task.pk if task else None,
        }
        return Response(serializers.StatusSerializer(data).data)

    @extend_schema(responses=ArtifactSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def artifacts(self, request: Request, pk: str) -> Response:
        """All that any version made of the source; artifacts/?source= filters too."""
        own = DerivedArtifact.objects.visible_to(person(request))
        rows = own.filter(source=self.get_object())
        page = self.paginate_queryset(rows.defer("payload"))
        return self.get_paginated_response(ArtifactSerializer(page, many=True).data)

    @extend_schema(responses=HistorySerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Readings, promotions, decisions, deliveries, holds, erasure; newest first."""
        source = self.get_object()
        self._note(source, What.VALUES)
        told = [moment.as_json() for moment in timeline_of(source, person(request))]
        return Response({"source_id": source.pk, "history": told})

    @extend_schema(parameters=[PairParams], responses=PairSerializer)
    @action(
        detail=True,
        url_path="side-by-side",
        filterset_class=None,
        pagination_class=None,
    )
    def side_by_side(self, request: Request, pk: str) -> Response:
        """What two readings of the source say, slot by slot."""
        source = self.get_object()
        asked = params_of(PairParams, request)
        generations = list(Generation.objects.filter(source=source))
        self._note(source, What.VALUES)
        left, right = (str(asked.get(side, "")) for side in ("left", "right"))
        pair = chosen(generations, left, right, person(request))
        none: dict[str, Any] = {
            "left": None,
            "right": None,
            "comparison": None,
            "differing": 0,
            "rows": [],
        }
        return Response(pair.as_json() if pair else none)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The original's bytes, as a download."""
        source = self.get_object()
        if source.erased_at is not None:
            raise Erased
        self._note(source, What.ORIGINAL)
        return blob_response(source.content_hash, source.mime_type, source.name)


def _erased(source: SourceMedia, reference: str, user: User) -> Erasure:
    """Finished, unless the scan found something. Raises Conflict."""
    try:
        return erase(
            source=source,
            basis=Erasure.Basis.REQUEST,
            reference=reference,
            actor=user,
        )
    except EraseRefused as error:
        raise Conflict(str(error)) from error
    except ResidueFound as error:
        return error.erasure


def _limit_sentence() -> str:
    megabytes = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return f"The file is larger than {megabytes} MB: split it or lower its resolution."
