"""Where blobs lie: a store a back end, each one of Django's storages."""

from __future__ import annotations
