"""Statistics as pure functions of counts: no database, no settings.

Each is tested against values that others published; its docstring names the source.
"""
