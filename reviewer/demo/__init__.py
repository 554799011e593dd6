"""Our own invoices and receipts of firms that do not exist, drawn for the demo."""

from __future__ import annotations
