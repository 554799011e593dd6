"""Measuring a version by golden cases. scores.py and figures.py are pure."""
