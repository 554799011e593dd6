from __future__ import annotations

import hashlib

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.status import HTTP_204_NO_CONTENT
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from catalog.api.access import ApiView, person


class FromOnePlace(SimpleRateThrottle):
    scope = "token-place"
    rate = "20/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"token-place-{request.META.get('REMOTE_ADDR', '')}"


class ForOneName(SimpleRateThrottle):
    """Guessing one person's password from many places is as slow as from one."""

    scope = "token-name"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        given = request.data if isinstance(request.data, dict) else {}
        name = str(given.get("username", "")).casefold()
        return f"token-name-{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"


class TokenKeySerializer(Serializer[object]):
    token = CharField()


class TokenView(ApiView):
    """The key that scripts log in with: `Authorization: Token <key>`."""

    def get_permissions(self) -> list[BasePermission]:
        asks = self.request.method == "POST"
        return [AllowAny() if asks else IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        asks = self.request.method == "POST"
        return [FromOnePlace(), ForOneName()] if asks else []

    @extend_schema(request=AuthTokenSerializer, responses=TokenKeySerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Get your token for your name and password."""
        form = AuthTokenSerializer(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        token, _ = Token.objects.get_or_create(user=form.validated_data["user"])
        return Response({"token": token.key})

    @extend_schema(
        request=None, responses={204: OpenApiResponse(description="It is void now.")}
    )
    def delete(self, request: Request) -> Response:
        """Make your token void, as after it was seen by others."""
        Token.objects.filter(user=person(request)).delete()
        return Response(status=HTTP_204_NO_CONTENT)
