"""What can be done by a key on the desk, the usual key of each, and a person's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from reviewer.models import OwnKeys

# Keys that no browser and no screen reader wants for itself on every page.
NAMED = (
    *("Enter", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"),
    *("PageUp", "PageDown", "Home", "End", "Insert"),
    *("F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"),
)


@dataclass(frozen=True, slots=True)
class Action:
    """usual: its key as browsers name it, by which the page's scripts know it."""

    name: str
    usual: str
    words: str


ACTIONS = (
    Action("confirm", "Enter", "Confirm the value, or save"),
    Action("first", "1", "First other reading, or the older version"),
    Action("second", "2", "Second other reading, or the newer version"),
    Action("third", "3", "Third other reading, or neither version"),
    Action("type", "c", "Type the right value"),
    Action("pick", "w", "Pick the value on the page"),
    Action("absent", "a", "The document does not say"),
    Action("unreadable", "u", "It cannot be read"),
    Action("next_field", "ArrowDown", "Next field"),
    Action("last_field", "ArrowUp", "Field before"),
    Action("lines", "l", "To the line items and back"),
    Action("undo", "z", "Take the last answer back"),
    Action("skip", "s", "Skip the case"),
    Action("next_case", "n", "Begin, or next case"),
    Action("hold", "h", "Hold the case longer"),
    Action("comment", "m", "Write a comment"),
    Action("senior", "e", "Ask a senior"),
    Action("give_back", "r", "Return to the first reviewer"),
    Action("zoom_in", "+", "Zoom in"),
    Action("zoom_out", "-", "Zoom out"),
    Action("whole", "0", "The whole page"),
    Action("turn", "t", "Turn the picture"),
    Action("contrast", "i", "Contrast of the picture"),
    Action("keys", "?", "Show or hide the keys"),
)


class KeysRefused(Exception):
    """The keys cannot be used so; the message says what to do."""


def keys_of(user: User) -> dict[str, str]:
    """Every action's key, the person's own where there is one."""
    own = OwnKeys.objects.of(user)
    return {a.name: (own.keys if own else {}).get(a.name, a.usual) for a in ACTIONS}


def for_scripts(user: User) -> str:
    """What the page's scripts need to know, as JSON: {"own": {usual key: own key},
    "off": whether letters, digits and signs are no keys}; "" where all is usual.
    """
    own = OwnKeys.objects.of(user) if user.is_authenticated else None
    if own is None:
        return ""
    moved = {a.usual: own.keys[a.name] for a in ACTIONS if a.name in own.keys}
    return json.dumps({"own": moved, "off": own.no_signs})


def save_keys(*, user: User, keys: Mapping[str, str], no_signs: bool) -> OwnKeys:
    """Keep a person's keys; actions that are not named keep their usual ones.

    Raises KeysRefused.
    """
    wanted = {a.name: _clean(a, keys.get(a.name, a.usual)) for a in ACTIONS}
    _check_apart(wanted)
    usual = {a.name: a.usual for a in ACTIONS}
    changed = {name: key for name, key in wanted.items() if key != usual[name]}
    return OwnKeys.objects.update_or_create(
        user=user,
        defaults={
            "keys": changed,
            "no_signs": no_signs,
            "changed_at": timezone.now(),
        },
    )[0]


def reset_keys(*, user: User) -> None:
    OwnKeys.objects.filter(pk=user.pk).delete()


def _clean(action: Action, key: str) -> str:
    """As the scripts compare it: letters are the same under Caps Lock."""
    key = key.strip()
    if not key:
        return ""
    if len(key) == 1 and key.isprintable():
        return key.lower()
    named = {name.lower(): name for name in NAMED}
    if key.lower() in named:
        return named[key.lower()]
    raise KeysRefused(
        f"“{key[:20]}” cannot be the key for “{action.words}”: take one letter, digit"
        f" or sign, or one of {', '.join(NAMED)}."
    )


def _check_apart(wanted: Mapping[str, str]) -> None:
    words = {a.name: a.words for a in ACTIONS}
    taken: dict[str, str] = {}
    for name, key in wanted.items():
        if key and key in taken:
            raise KeysRefused(
                f"“{key}” cannot do both “{words[taken[key]]}” and “{words[name]}”:"
                " give one of them another key, or none."
            )
        taken[key] = name
