"""Database and blobs as one thing that can be put back.

A backup is a dump of one snapshot of the database, and every blob that the snapshot's
rows name. Blobs never change and are written before their rows; so it is enough that
none of them is deleted between the snapshot and its copy, and the gate sees to that.
"""

from __future__ import annotations


class BackupError(Exception):
    """What stands in the way, and what to do about it."""
