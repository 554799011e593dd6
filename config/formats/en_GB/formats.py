"""How the admin writes times: as the other pages do."""

from __future__ import annotations

DATETIME_FORMAT = "j M Y, H:i"
