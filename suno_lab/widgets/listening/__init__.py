"""Blind listening tests: in a notebook, or as a file for listeners elsewhere."""

from __future__ import annotations
