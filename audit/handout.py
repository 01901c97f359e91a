"""One document as one HTML file: the same view, no server, nothing fetched, opens from disk."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from audit.library import Document, Library
from audit.pages import Pages
from audit.pictures import Pictures
from pipeline.trace import TraceError, find_document

# A page of text at this resolution and quality is legible at twice its size and takes about 100 kB.
_DPI, _QUALITY = 100, 45


def write(outputs: Path, key: str, file: Path, language: str = "vi") -> int:
    """Write the view of a document; the size of the file in bytes.

    Raises:
        TraceError: no document or several fit the key, there are no datasets, or the file can't be written.
    """
    library = Library(outputs)
    document = library.document(find_document(outputs, key)["document_id"])
    pages, pictures = Pages(library), Pictures(outputs)
    leaves = [
        (number, {**pages.leaf(document, number), "picture": _picture(pictures, library, document, number)})
        for number in document.sheets
    ]
    style, script = (files("audit").joinpath("static", name).read_text("utf-8") for name in ("audit.css", "audit.js"))
    context = {
        **pages.document(document, None),
        "server": False,
        "picture": next((leaf["picture"] for number, leaf in leaves if number), "data:,"),
        "leaves": leaves,
        "style": style,
        "script": script,
        "policy": f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}",
    }
    data = pages.render("handout.html", language, **context).encode()
    try:
        file.write_bytes(data)
    except OSError as error:
        raise TraceError(f"không ghi được {file}: {error.strerror}") from error
    return len(data)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _picture(pictures: Pictures, library: Library, document: Document, number: int) -> str:
    """A page as data URI; nothing of a page that can't be shown."""
    source: Any = library.source(document)
    if source is None or not document.sheets[number].has_picture:
        return "data:,"
    try:
        data = pictures.small(document.id, source, number, _DPI, _QUALITY)
    except TraceError:
        return "data:,"
    return "data:image/webp;base64," + base64.b64encode(data).decode()
