"""Our own invoices and receipts of firms that do not exist, drawn for the demo."""

from __future__ import annotations

from reviewer.demo.documents import generate
from reviewer.demo.model import DemoDocument

__all__ = ["DemoDocument", "generate"]
