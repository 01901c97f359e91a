"""Over all documents: which are one, which tasks are the same work, which figures one indicator, what is cited.

`link` runs after documents were stored and looks at what is new since it last ran: its memory is the
published datasets themselves.
"""

from __future__ import annotations

from pipeline.link.run import link

__all__ = ["link"]
