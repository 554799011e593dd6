"""Icons, put into a template when it is compiled: a desk has dozens of them."""

from __future__ import annotations

from django import template
from django.template.base import Parser, TextNode, Token
from django.template.loader import get_template

register = template.Library()


@register.tag
def icon(parser: Parser, token: Token) -> TextNode:
    """{% icon review %}: the drawing of templates/icons/review.svg."""
    try:
        _, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError(
            "An icon has one name: {% icon review %}."
        ) from None
    return TextNode(get_template(f"icons/{name}.svg").render())
