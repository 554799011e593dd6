"""{% url %}, as Django's, for pages with many of them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as djangos
from django.utils.html import conditional_escape

from reviewer.addresses import address_of

register = template.Library()


class PlainAddress(URLNode):
    """Of a page without a namespace, by position, written where it stands."""

    def render(self, context: Context) -> str:
        values: list[Any] = [value.resolve(context) for value in self.args]
        found = address_of(self.view_name.resolve(context), *values)
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = djangos(parser, token)
    name = node.view_name.var
    plain = isinstance(name, str) and ":" not in name and not node.view_name.filters
    if node.kwargs or node.asvar or not plain:
        return node
    return PlainAddress(node.view_name, node.args, node.kwargs, node.asvar)
