"""Icons in templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateDoesNotExist, TemplateSyntaxError

ICONS = Path(settings.BASE_DIR) / "templates" / "icons"


def test_an_icon_is_its_drawing() -> None:
    drawn = Template("a {% icon review %} b").render(Context())
    assert drawn == f"a {(ICONS / 'review.svg').read_text()} b"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{% icon %}", TemplateSyntaxError),
        ("{% icon review large %}", TemplateSyntaxError),
        ("{% icon no_such_icon %}", TemplateDoesNotExist),
    ],
)
def test_a_wrong_icon_is_an_error_of_the_template(
    text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Template(text)
