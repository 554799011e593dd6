"""Recipes in the database: each once, so that a later miss can be explained."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.memo.recipe import Recipe
from pipeline.models import MemoRecipe


def keep_recipes(recipes: Iterable[Recipe]) -> None:
    """Write those that are not there yet, in the caller's transaction."""
    new = {recipe.digest: recipe for recipe in recipes}
    known = MemoRecipe.objects.filter(digest__in=new).values_list("digest", flat=True)
    for digest in known:
        del new[digest]
    # In one order, so that two workers who bring the same ones cannot deadlock.
    MemoRecipe.objects.bulk_create(
        [
            MemoRecipe(digest=digest, components=dict(new[digest].components))
            for digest in sorted(new)
        ],
        ignore_conflicts=True,
    )
