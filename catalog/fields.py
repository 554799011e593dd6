"""SHA-256 as 32 bytes in the database, as 64 hex digits everywhere else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

DIGITS = 64


class HashField(models.CharField):  # type: ignore[type-arg]
    """A hash in half of the bytes that its hex text takes, in rows and in indexes.

    Raises ValidationError for what is not 64 hex digits.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = DIGITS
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, list(args), dict(kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bytea"

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bytea"

    def from_db_value(self, value: bytes | None, *args: Any) -> str | None:
        return None if value is None else bytes(value).hex()

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes):
            return value
        if hasattr(value, "resolve_expression"):
            return value
        try:
            return bytes.fromhex(str(value))
        except ValueError as error:
            raise ValidationError("A hash is 64 hex digits.") from error
