"""`engines["ocr"]`: the engine of an alias of settings.ENGINES, made once a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from catalog.hashing import digest_of


def role_of(alias: str) -> str:
    """The word by which a step asks: "ocr" for "ocr_tesseract"."""
    return alias.partition("_")[0]


class EngineHandler:
    """Alias to instance, as django.core.files.storage.storages does it."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._made_with: dict[str, Any] = {}

    @cached_property
    def backends(self) -> dict[str, dict[str, Any]]:
        return dict(settings.ENGINES)

    def __contains__(self, alias: str) -> bool:
        return alias in self.backends

    def __getitem__(self, alias: str) -> Any:
        """Raises ImproperlyConfigured for an unknown alias or a broken backend."""
        if alias not in self._made:
            backend, parameters = self.backend(alias), self.backends[alias]
            self._made[alias] = backend(
                **{**parameters.get("RUNTIME", {}), **parameters.get("OPTIONS", {})}
            )
        return self._made[alias]

    def backend(self, alias: str) -> Any:
        """The class of an alias, not made yet. Raises ImproperlyConfigured."""
        try:
            return import_string(self.backends[alias]["BACKEND"])
        except (KeyError, ImportError) as error:
            raise ImproperlyConfigured(
                f"settings.ENGINES has no working engine {alias!r}: {error}"
            ) from error

    def for_role(self, role: str) -> list[str]:
        """Aliases of the engines that a step which asks for the role can be given."""
        return [alias for alias in self.backends if role_of(alias) == role]

    def made_with(self, alias: str, options: Mapping[str, Any]) -> Any:
        """The alias's engine with options of a version's own, made once a process.

        Raises ImproperlyConfigured, also where the backend does not take them.
        """
        parameters = self.backends.get(alias, {})
        if options == parameters.get("OPTIONS", {}):
            return self[alias]
        key = digest_of({"alias": alias, "options": dict(options)})
        if key not in self._made_with:
            backend = self.backend(alias)
            try:
                # What a version froze goes before what this machine says of the same.
                made = backend(**{**parameters.get("RUNTIME", {}), **options})
            except (TypeError, ValueError) as error:
                raise ImproperlyConfigured(
                    f"the engine {alias!r} cannot be made with these options: {error}"
                ) from error
            self._made_with[key] = made
        return self._made_with[key]

    def forget(self) -> None:
        """Make engines anew: the settings changed."""
        self._made.clear()
        self._made_with.clear()
        self.__dict__.pop("backends", None)


engines = EngineHandler()


def _on_setting_changed(*, setting: str, **kwargs: Any) -> None:
    if setting == "ENGINES":
        engines.forget()


setting_changed.connect(_on_setting_changed, dispatch_uid="engines.forget")
