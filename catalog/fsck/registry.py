"""Which checks there are; rooms above register theirs when they are ready."""

from __future__ import annotations

from catalog.fsck.artifacts import ARTIFACTS, LINEAGE, SLOTS
from catalog.fsck.base import Check
from catalog.fsck.belongings import DELIVERIES, ERASURES, GOLDEN_CASES, SEARCH_PAGES
from catalog.fsck.counts import Parents, Tally
from catalog.fsck.cycles import Cycles
from catalog.fsck.generations import GENERATIONS, PROMOTIONS, SOURCES
from catalog.fsck.golden_sets import GoldenSets
from catalog.fsck.ledger import Ledger
from catalog.fsck.payloads import PAYLOADS
from catalog.fsck.stored_bytes import BLOBS, UnclaimedBlobs

# Rows before bytes: what is quick and worst comes first.
_CHECKS: list[Check] = [
    Ledger(),
    Tally(),
    Parents(),
    SOURCES,
    GENERATIONS,
    PROMOTIONS,
    ARTIFACTS,
    SLOTS,
    LINEAGE,
    Cycles(),
    SEARCH_PAGES,
    GOLDEN_CASES,
    GoldenSets(),
    DELIVERIES,
    ERASURES,
    PAYLOADS,
    BLOBS,
    UnclaimedBlobs(),
]


def checks() -> tuple[Check, ...]:
    return tuple(_CHECKS)


def register(check: Check) -> None:
    """Have fsck run one more check. A name is registered once."""
    if all(known.name != check.name for known in _CHECKS):
        _CHECKS.append(check)


def words() -> dict[str, str]:
    """Every word that a finding may bear, with its sentence."""
    return {word: says for check in _CHECKS for word, says in check.finds.items()}
