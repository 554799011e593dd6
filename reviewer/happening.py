"""One thing that happened to a source, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """icon names a picture of templates/icons; who is empty for the machine's own."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    who: str = ""

    @property
    def icon_path(self) -> str:
        return f"icons/{self.icon}.svg"


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
