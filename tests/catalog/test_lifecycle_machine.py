"""Register, read, promote, correct, roll back, erase, crash: any order keeps the rules.

A longer search, by hand:

    .venv/bin/python -m pytest --ds=tests.settings --hypothesis-profile=long \
        tests/catalog/test_lifecycle_machine.py
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from catalog import fsck
from catalog.ids import new_id
from catalog.models import DerivedArtifact, Generation, Promotion, Tenant
from catalog.services import (
    HumanValue,
    PromotionRefused,
    Reading,
    compare_by_hash,
    erase,
    promote,
    record_human_artifact,
    register_source,
    release,
    roll_back,
    store_generation,
)
from tests.catalog.crashes import Crash, crashing, state_of_the_store
from tests.catalog.lifecycle_model import Original, Read, Replaced
from tests.catalog.stores import settle
from tests.factories import (
    PDF,
    field_artifact,
    make_tenant,
    make_user,
    make_version,
    ocr_artifact,
)

T = TypeVar("T")
SLOTS = ("total", "date", "tax")
values = st.sampled_from(["1.00", "2.00", "3.00"])
readings = st.dictionaries(st.sampled_from(SLOTS), values, max_size=3)
# The statement at which the process dies; most live.
crash = st.one_of(st.none(), st.integers(1, 25))


def findings(*, but: Sequence[str] = ()) -> list[fsck.Finding]:
    """What fsck finds, with all checks but these."""
    return [
        finding
        for check in fsck.checks()
        if check.name not in but
        for step in check.steps(fsck.Scope(), None)
        for finding in step.findings
    ]


class Lifecycle(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        # Whatever an example does is undone at its end.
        self.example = transaction.atomic()
        # Or what must not lie inside of another transaction would refuse to.
        self.example._from_testcase = True  # type: ignore[attr-defined]
        self.example.__enter__()
        self.originals: dict[tuple[int, int], Original] = {}
        self.versions = 0

    @initialize()
    def house(self) -> None:
        self.tenants: list[Tenant] = [make_tenant("harbour"), make_tenant("meadow")]
        self.person: User = make_user(f"person-{new_id()}")
        for tenant in (0, 1):
            self.register(tenant=tenant, number=0, at=None)
        for original in list(self.originals.values()):
            for total in ("1.00", "2.00", "3.00"):
                self.store(original, {"total": total}, complete=True, accepted=False)

    def teardown(self) -> None:
        # What takes longer, once.
        found = findings()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        assert found == []

    # What happens.

    def attempt(self, verb: Callable[[], T], at: int | None) -> T | None:
        """What the verb gives; None where it crashed, and then nothing has changed."""
        before = state_of_the_store() if at else None
        try:
            with crashing(at):
                return verb()
        except Crash:
            assert state_of_the_store() == before
            return None

    def some(self, data: st.DataObject, found: list[T]) -> T:
        number = data.draw(st.integers(0, len(found) - 1))
        return found[number]

    def kept(self) -> list[Original]:
        return [o for o in self.originals.values() if not o.erased]

    def with_current(self) -> list[Original]:
        return [o for o in self.kept() if o.current]

    @rule(tenant=st.integers(0, 1), number=st.integers(0, 1), at=crash)
    def register(self, tenant: int, number: int, at: int | None) -> None:
        def verb() -> Any:
            return register_source(
                tenant=self.tenants[tenant],
                stream=io.BytesIO(PDF + str(number).encode()),
                name="invoice.pdf",
            )

        try:
            with crashing(at):
                done = verb()
        except Crash:
            # The row may be there, its caller only was not told; so it asks again.
            done = verb()
        known = self.originals.get((tenant, number))
        if known is None or known.erased:
            # The same bytes may come again; they are another source then.
            self.originals[tenant, number] = Original(done.source)
        else:
            assert (done.source, done.created) == (known.source, False)

    @precondition(lambda self: self.kept())
    @rule(
        data=st.data(),
        says=readings,
        complete=st.sampled_from([True, True, True, False]),
        accepted=st.booleans(),
        at=crash,
    )
    def read(
        self,
        *,
        data: st.DataObject,
        says: dict[str, str],
        complete: bool,
        accepted: bool,
        at: int | None,
    ) -> None:
        original = self.some(data, self.kept())
        accepted = accepted and complete
        self.store(original, says, complete=complete, accepted=accepted, at=at)

    def store(
        self,
        original: Original,
        says: dict[str, str],
        *,
        complete: bool,
        accepted: bool,
        at: int | None = None,
    ) -> None:
        self.versions += 1
        version = make_version(
            version=f"1.{self.versions}.0", active=self.versions == 1
        )
        reading = Reading(
            pipeline_name="doc-extract",
            pipeline_version=version.version,
            complete=complete,
            disposition="auto_accept" if accepted else "human_review",
            reason="all_critical" if accepted else "verify_conflict",
            artifacts=[
                ocr_artifact(),
                *(field_artifact(slot, value) for slot, value in says.items()),
            ],
        )

        def verb() -> Generation:
            return store_generation(source=original.source, reading=reading)

        if generation := self.attempt(verb, at):
            read = Read(generation, dict(says), accepted)
            original.read(read, complete=complete)

    @precondition(lambda self: any(o.candidates for o in self.with_current()))
    @rule(data=st.data(), at=crash)
    def promote(self, data: st.DataObject, at: int | None) -> None:
        waiting = [o for o in self.with_current() if o.candidates]
        chosen = data.draw(st.lists(st.sampled_from(waiting), min_size=1, unique_by=id))
        new = {id(o): self.some(data, o.candidates) for o in chosen}
        ids = [read.generation.pk for read in new.values()]
        rows = Generation.objects.filter(pk__in=ids)
        compare_by_hash(candidates=rows)
        if done := self.attempt(lambda: promote(candidates=rows), at):
            assert done.generations == len(chosen)
            of_source = {p.source_id: p for p in done.batch.promotions.all()}
            for original in chosen:
                promotion = of_source[original.source.pk]
                original.put_in_place(new[id(original)], promotion.pk)

    @precondition(lambda self: any(o.candidates for o in self.with_current()))
    @rule(data=st.data())
    def promote_what_is_current(self, data: st.DataObject) -> None:
        original = self.some(data, self.with_current())
        assert original.current is not None
        rows = Generation.objects.filter(pk=original.current.generation.pk)
        before = state_of_the_store()
        with pytest.raises(PromotionRefused):
            promote(candidates=rows)
        assert state_of_the_store() == before

    @precondition(lambda self: any(o.undoable for o in self.with_current()))
    @rule(data=st.data(), at=crash)
    def roll_back(self, data: st.DataObject, at: int | None) -> None:
        found = [o for o in self.with_current() if o.undoable]
        chosen = data.draw(st.lists(st.sampled_from(found), min_size=1, unique_by=id))
        undone: dict[int, Replaced] = {id(o): o.undoable[0] for o in chosen}
        ids = [p.promotion_id for p in undone.values()]
        rows = Promotion.objects.filter(pk__in=ids)
        if done := self.attempt(lambda: roll_back(promotions=rows), at):
            of_source = {p.source_id: p for p in done.batch.promotions.all()}
            for original in chosen:
                was, now = undone[id(original)], of_source[original.source.pk]
                back = Read(now.new_generation, dict(was.old.says), was.old.released)
                was.undone = True
                original.put_in_place(back, now.pk)

    @precondition(lambda self: self.with_current())
    @rule(data=st.data(), slot=st.sampled_from(SLOTS), value=values, at=crash)
    def correct(
        self, data: st.DataObject, slot: str, value: str, at: int | None
    ) -> None:
        original = self.some(data, self.with_current())
        assert original.current is not None
        # The question may have been asked about what is superseded by now.
        asked = self.some(data, [original.current, *original.superseded])
        answer = HumanValue(
            slot=slot,
            payload=field_artifact(slot, value).payload or {},
            region=None,
            decision_id=new_id(),
            actor=self.person,
        )

        def verb() -> DerivedArtifact:
            return record_human_artifact(generation=asked.generation, answer=answer)

        if self.attempt(verb, at):
            original.answer(slot, value)

    @precondition(lambda self: self.with_current())
    @rule(data=st.data(), at=crash)
    def release(self, data: st.DataObject, at: int | None) -> None:
        original = self.some(data, self.with_current())
        assert original.current is not None
        generation = original.current.generation

        def verb() -> bool:
            # As whoever calls it does: one statement is not undone by itself here.
            with transaction.atomic():
                release(generation=generation)
            return True

        if self.attempt(verb, at):
            original.current.released = True

    @precondition(lambda self: self.kept())
    @rule(data=st.data(), at=crash)
    def erase(self, data: st.DataObject, at: int | None) -> None:
        original = self.some(data, self.kept())

        def verb() -> Any:
            return erase(source=original.source, basis="request")

        try:
            with crashing(at):
                verb()
        except Crash:
            # Cut off between its steps, it goes on when it is asked again.
            verb()
        original.erase()

    # What must be so after each step.

    @invariant()
    def fsck_finds_nothing(self) -> None:
        settle()
        assert findings(but=("blobs", "unclaimed", "parents", "payloads")) == []

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        current = {g.source_id: g for g in Generation.objects.current()}
        expected = [o for o in self.kept() if o.current]
        assert set(current) == {o.source.pk for o in expected}
        for original in expected:
            read, now = original.current, current[original.source.pk]
            assert read is not None
            assert now.pk == read.generation.pk
            assert (now.released_at is not None) == read.released
            fields = DerivedArtifact.objects.live_in(now).filter(kind="field")
            said = {a.slot: (a.payload or {})["value"] for a in fields}
            assert said == read.says
            by_people = {a.slot for a in fields if a.origin == "human"}
            assert by_people == set(original.answers)
            assert {slot: said[slot] for slot in by_people} == original.answers


def as_wanted() -> settings:
    common = settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    if settings.get_current_profile_name() == "long":
        return settings(common, max_examples=300, stateful_step_count=50)
    return settings(common, max_examples=8, stateful_step_count=20)


@pytest.mark.django_db
def test_no_life_breaks_the_rules(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {
            "BACKEND": "catalog.stores.disk.DiskStore",
            "OPTIONS": {"location": str(tmp_path / "blobs")},
        },
    }
    run_state_machine_as_test(Lifecycle, settings=as_wanted())
