"""The auditor's browser application: pages made here, a small script of our own, nothing from anywhere else.

Safe by these rules: it answers on the loopback address only, or elsewhere to who brings the token; no part of an
address becomes a path of the file system; templates escape everything; the content security policy lets no script
run but /static/audit.js; what writes must bring the token that the page carries, from the page's own origin.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from audit import across
from audit.library import Document, Library, NotFoundError
from audit.pages import Pages
from audit.pictures import Pictures
from audit.search import places
from audit.spot import spot
from audit.wordings import LANGUAGES, Wording, told, wording
from pipeline.trace import TraceError

Answer = Callable[[Request], Awaitable[Response]]

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STATIC = {"audit.css": "text/css; charset=utf-8", "audit.js": "text/javascript; charset=utf-8"}
# Resolutions in which a page may be asked for; others would fill the memory.
_DPI = {"1": 110, "2": 190}
_LARGEST_FORM = 200_000
# How many of several records that may be meant are named.
_NAMED = 5
LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")


class _PageNumber(Convertor[int]):
    """The number of a page in an address: no longer than numbers of pages are."""

    regex = "[0-9]{1,6}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("page", _PageNumber())


def create_app(outputs: Path, token: str | None = None) -> Starlette:
    """The application over an outputs folder; with a token, only who brings it is answered, under any host name."""
    site = Site(outputs)
    routes = [
        Route("/", site.documents),
        Route("/d/{id}", site.document),
        Route("/d/{id}/around", site.around),
        Route("/d/{id}/p/{page:page}", site.leaf),
        Route("/d/{id}/p/{page:page}.webp", site.picture),
        Route("/d/{id}/p/{page:page}/words", site.words),
        Route("/d/{id}/p/{page:page}/found", site.found),
        Route("/d/{id}/records/{name}", site.add_form),
        Route("/d/{id}/records/{name}", site.add, methods=["POST"]),
        Route("/r/{id}", site.record),
        Route("/r/{id}/form", site.form),
        Route("/r/{id}/review", site.review, methods=["POST"]),
        Route("/search", site.search),
        Route("/spot", site.spot),
        *(Route(f"/{page}", site.over_all(page)) for page in across.PAGES),
        Route("/language/{language}", site.language),
        Route("/static/{name}", site.static),
    ]
    handlers: Mapping[Any, Any] = {NotFoundError: site.not_found, TraceError: site.no_data, HTTPException: site.failed}
    guard = Middleware(BaseHTTPMiddleware, dispatch=_Guard(token, site))
    app = Starlette(routes=routes, middleware=[guard], exception_handlers=handlers)
    app.state.site = site
    return app


class _Guard:
    """Stands before every request: who may ask, who may write, and what headers go with the answer."""

    def __init__(self, token: str | None, site: Site) -> None:
        self._site = site
        # the browser keeps a digest, never the token itself
        self._key = None if token is None else _key(token)

    async def __call__(self, request: Request, answer: Answer) -> Response:
        response = self._refused(request) or await self._answered(request, answer)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def _answered(self, request: Request, answer: Answer) -> Response:
        try:
            return await answer(request)
        except Exception:  # a fault of ours: told like everything else, under the same policy
            logging.getLogger(__name__).exception("%s %s", request.method, request.url.path[:200])
            say = self._site.say(request)
            return self._site.refusal(request, 500, say("error.fault"), say("error.fault_hint"))

    def _refused(self, request: Request) -> Response | None:
        say = self._site.say(request)
        if self._key is None and not LOOPBACK.fullmatch(request.headers.get("host", "")):
            # a name that a stranger made point here (DNS rebinding) is no loopback name
            return self._site.refusal(request, 403, say("error.forbidden"), refused=True)
        if self._key is not None and not _same(request.cookies.get("key", ""), self._key):
            if request.url.path.startswith("/static/"):
                return None  # the page that asks for the token looks like the others
            if not _same(_key(request.query_params.get("token", "")), self._key):
                return self._site.refusal(request, 401, say("error.token"), say("error.token_hint"), refused=True)
            return self._welcome(request)
        if request.method not in ("GET", "HEAD"):
            return self._refused_write(request, say)
        return None

    def _welcome(self, request: Request) -> Response:
        """Lead to the address that was asked for, without the token; links from mails and other pages find the cookie."""
        rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "token"])
        response = RedirectResponse(_ours(request.url.path + (f"?{rest}" if rest else "")), 303)
        response.set_cookie("key", str(self._key), httponly=True, samesite="lax")
        return response

    def _refused_write(self, request: Request, say: Wording) -> Response | None:
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        given = request.headers.get("x-write-token", "")
        if foreign or not _same(given, self._site.write_token):
            return JSONResponse({"error": say("error.write")}, 403)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > _LARGEST_FORM:
            return JSONResponse({"error": say("error.bad", reason="Content-Length")}, 413)
        return None


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _ours(address: str) -> str:
    """An address of the application; "//elsewhere" would lead away."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"


def _same(given: str, wanted: str) -> bool:
    """Equality in a time that does not tell how much of it was right."""
    return hmac.compare_digest(given.encode(), wanted.encode())


class Site:
    """The pages of the application by address."""

    def __init__(self, outputs: Path) -> None:
        self.library = Library(outputs)
        self.pictures = Pictures(outputs)
        self.pages = Pages(self.library)
        self.write_token = secrets.token_urlsafe(24)
        self._files = {name: files("audit").joinpath("static", name).read_bytes() for name in _STATIC}

    # language

    def spoken(self, request: Request) -> str:
        language = request.cookies.get("language", "")
        return language if language in LANGUAGES else LANGUAGES[0]

    def say(self, request: Request) -> Wording:
        return wording(self.spoken(request))

    async def language(self, request: Request) -> Response:
        language = request.path_params["language"]
        if language not in LANGUAGES:
            raise NotFoundError(language)
        response = RedirectResponse(_ours(request.query_params.get("back", "/")), 303)
        response.set_cookie("language", language, samesite="lax", max_age=31_536_000)
        return response

    # pages

    async def _html(
        self, request: Request, template: str, make: Callable[..., dict[str, Any]], *known: Any
    ) -> Response:
        context = await run_in_threadpool(make, *known)
        return HTMLResponse(await run_in_threadpool(self._rendered, request, template, context))

    def _rendered(self, request: Request, template: str, context: Mapping[str, Any]) -> str:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        shared = {"write_token": "" if context.get("refused") else self.write_token, "here": here, "server": True}
        return self.pages.render(template, self.spoken(request), **shared, **context)

    async def documents(self, request: Request) -> Response:
        return await self._html(request, "documents.html", self.pages.documents, dict(request.query_params))

    async def document(self, request: Request) -> Response:
        return await self._html(request, "document.html", self._document, request)

    def _document(self, request: Request) -> dict[str, Any]:
        page = request.query_params.get("page", "")
        document = self._of(request)
        return self.pages.document(document, int(page) if page.isdecimal() and len(page) < 7 else None)

    def _of(self, request: Request) -> Document:
        return self.library.document(request.path_params["id"])

    async def leaf(self, request: Request) -> Response:
        return await self._html(request, "leaf.html", self._leaf, request)

    def _leaf(self, request: Request) -> dict[str, Any]:
        return self.pages.leaf(self._of(request), request.path_params["page"])

    async def around(self, request: Request) -> Response:
        return await self._html(request, "around.html", lambda: self.pages.around(self._of(request)))

    async def picture(self, request: Request) -> Response:
        try:
            data = await run_in_threadpool(self._picture, request)
        except TraceError as error:
            return Response(str(error), 404, media_type="text/plain")
        kept = {"Cache-Control": "private, max-age=86400, immutable"}
        return Response(data, media_type="image/webp", headers=kept)

    def _picture(self, request: Request) -> bytes:
        row = self.library.find(request.path_params["id"])
        source = self.library.store.source(row["document_id"])
        if source is None:
            raise TraceError(self.say(request)("page.source_missing"))
        dpi = _DPI.get(request.query_params.get("x", "1"), _DPI["1"])
        return self.pictures.picture(row["document_id"], source, request.path_params["page"], dpi)

    async def found(self, request: Request) -> Response:
        try:
            boxes = await run_in_threadpool(self._found, request)
        except TraceError:
            boxes = []
        return JSONResponse(boxes)

    def _found(self, request: Request) -> list[tuple[float, ...]]:
        """Where the words that were searched stand on a page."""
        document_id = self.library.find(request.path_params["id"])["document_id"]
        source = self.library.store.source(document_id)
        words = self.pictures.words(document_id, source, request.path_params["page"]) if source else []
        query = request.query_params.get("q", "")[:200]
        return [words[place][1] for place in places([text for text, _ in words], query)]

    async def record(self, request: Request) -> Response:
        return await self._html(request, "record.html", self.pages.record, request.path_params["id"])

    async def search(self, request: Request) -> Response:
        query = request.query_params.get("q", "")[:200]
        return await self._html(request, "search.html", self.pages.search, query)

    async def spot(self, request: Request) -> Response:
        return await self._html(request, "spot.html", spot, self.library, dict(request.query_params))

    def over_all(self, page: str) -> Answer:
        make = getattr(across, page)

        async def answer(request: Request) -> Response:
            return await self._html(request, f"{page}.html", make, self.library, dict(request.query_params))

        return answer

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            raise NotFoundError(name)
        return Response(self._files[name], media_type=_STATIC[name], headers={"Cache-Control": "no-cache"})

    # reviews

    async def form(self, request: Request) -> Response:
        return await self._html(request, "form.html", self.pages.form, request.path_params["id"])

    async def add_form(self, request: Request) -> Response:
        name, quote = request.path_params["name"], request.query_params.get("quote", "")[:5000]
        return await self._html(request, "form.html", self.pages.add_form, self._of(request), name, quote)

    async def words(self, request: Request) -> Response:
        found = await run_in_threadpool(self._words, request)
        return JSONResponse(found)

    def _words(self, request: Request) -> dict[str, Any]:
        frame = _frame(request.path_params["page"], request.query_params)
        return self.pages.words(self._of(request), frame) if frame else {"quote": "", "boxes": []}

    async def review(self, request: Request) -> Response:
        return await self._written(request, self.pages.review, request.path_params["id"])

    async def add(self, request: Request) -> Response:
        return await self._written(request, self.pages.add, self._of(request), request.path_params["name"])

    async def _written(self, request: Request, write: Callable[..., dict[str, Any]], *known: Any) -> Response:
        from audit.reviewing import FormError, StaleError

        form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
        try:
            return JSONResponse(await run_in_threadpool(write, *known, form, self.say(request)))
        except FormError as error:
            return JSONResponse({"error": str(error)}, 409 if isinstance(error, StaleError) else 422)

    # refusals

    def refusal(
        self, request: Request, status: int, message: str, hint: str = "", *, refused: bool = False
    ) -> Response:
        """A page that says why not; to who is refused it tells nothing else, least of all the token for writing."""
        told = {"message": message, "hint": hint, "status": status, "refused": refused}
        return HTMLResponse(self._rendered(request, "error.html", told), status)

    async def not_found(self, request: Request, error: Exception) -> Response:
        say = self.say(request)
        if isinstance(error, NotFoundError) and error.several:
            some = ", ".join(error.several[:_NAMED])
            hint = say("error.several_hint", count=len(error.several), some=some)
            return self.refusal(request, 404, say("error.several", beginning=error.args[0]), hint)
        return self.refusal(request, 404, say("error.not_found"), say("error.not_found_hint"))

    async def no_data(self, request: Request, error: Exception) -> Response:
        return self.refusal(request, 404, self.say(request)("error.no_data"), told(str(error), self.spoken(request)))

    async def failed(self, request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return await self.not_found(request, error)
        return self.refusal(request, error.status_code, self.say(request)("error.bad", reason=error.detail))


def _frame(page: int, asked: Mapping[str, str]) -> Any:
    from schemas.place import Box

    try:
        x0, y0, x1, y1 = (float(asked[name]) for name in ("x0", "y0", "x1", "y1"))
    except (KeyError, ValueError):
        return None
    return Box(page, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
