"""Why a file could not be read, in words for the person who sent it."""

from __future__ import annotations


class ReadError(Exception):
    """The file can't be read at all; the message names what is wrong, in Vietnamese."""
