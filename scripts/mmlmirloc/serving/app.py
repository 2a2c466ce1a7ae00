"""The application: which address gives what."""

from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mmlmirloc import __version__
from mmlmirloc.data.minhash import forget
from mmlmirloc.predicting.cleaning import expected_of
from mmlmirloc.predicting.model_file import whose
from mmlmirloc.serving.answering import (
    Answered,
    as_json,
    as_tsv,
    finite,
    predict,
)
from mmlmirloc.serving.asking import records_of_json, records_of_text, text_of_upload
from mmlmirloc.serving.comparing import compare, compared_as_json, compared_as_tsv, pairs_of, pairs_of_json
from mmlmirloc.serving.explaining import attributions_as_json, attributions_as_tsv, explain
from mmlmirloc.serving.guard import Guard
from mmlmirloc.serving.limits import Limits, Refusal, too_busy
from mmlmirloc.serving.pages import EXAMPLE, TEMPLATES, Pages
from mmlmirloc.serving.queueing import Full, OutOfTime, Queue
from mmlmirloc.serving.schemas import Answer, Card, Changes, Comparison, Explanation, Health, Problem, Question
from mmlmirloc.serving.source import source_archive

API = "/api/v1"
DESCRIPTION = (
    "Predicts from the letters of a {species} {molecule} where in the cell it is found. Sequences are not stored."
)
PROBLEMS = {
    400: "The request ended early.",
    408: "The request took too long to arrive.",
    413: "The request is too large, has too many or too long sequences, or took too long to predict.",
    415: "The body is not JSON.",
    422: "The body is JSON, but not as described, or holds no usable sequences.",
    503: "The server is busy; the header `Retry-After` says how many seconds to wait.",
}
CANNOT_EXPLAIN = "The body is JSON, but not as described, or does not hold one sequence that can be explained."
TSV, JSON = "text/tab-separated-values", "application/json"
FILES = {
    (False, "tsv"): (as_tsv, TSV),
    (False, "json"): (as_json, JSON),
    (True, "tsv"): (attributions_as_tsv, TSV),
    (True, "json"): (attributions_as_json, JSON),
}
"""Whether a prediction is explained and the format of its file, to what writes it and its type."""
COMPARED = {"tsv": (compared_as_tsv, TSV), "json": (compared_as_json, JSON)}
"""Format of a file of comparisons, to what writes it and its type."""
FORM = ("multipart/form-data", "application/x-www-form-urlencoded")
# What browsers are told to keep for a while: it holds nothing of a visitor.
LASTING = {"Cache-Control": "public, max-age=3600"}
# The framework would report validation errors and timings, with what was sent, to whoever is named in the environment.
NO_TELEMETRY = dict.fromkeys(("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False)


def create_app(predictor, limits: Limits | None = None, root_path: str = "") -> FastAPI:
    """Return the application that shows the predictions of ``predictor``.

    Parameters
    ----------
    predictor : mmlmirloc.predicting.Predictor
        Or whatever has its ``predict``, ``locations`` and ``card``. Called from ``limits.workers`` threads.
    limits : Limits, optional
        What one request may cost.
    root_path : str
        Path below which a proxy shows the page, without a final slash. It need not be told where the proxy takes it
        away, since all links are relative.
    """
    limits = limits or Limits()
    site = Site(predictor, limits)

    @asynccontextmanager
    async def lifespan(_):
        yield
        site.queue.close()

    app = FastAPI(
        title="MMLmiRLoc",
        version=__version__,
        description=DESCRIPTION.format(species=whose(site.pages.card), molecule=expected_of(site.pages.card).name),
        # The framework's own pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        # Relative to the address of the description, so that it holds below any path of a proxy.
        servers=[{"url": "."}],
        # The framework's would name a host and a scheme, which a proxy in front has changed.
        redirect_slashes=False,
        lifespan=lifespan,
        routes=[
            Route("/", site.form),
            Route("/predict", site.predict_form, methods=["POST"]),
            # Where a browser ends up that loads the address of a result again.
            Route("/predict", lambda _: RedirectResponse("./", 303)),
            Route("/compare", site.compare_form),
            Route("/compare", site.compare_filled, methods=["POST"]),
            Route("/about", site.about),
            Route("/api", lambda _: HTMLResponse(site.pages.documentation(app.openapi()))),
            Route("/style.css", static("style.css", "text/css")),
            Route("/icon.svg", static("icon.svg", "image/svg+xml")),
            Route("/source.tar.gz", source),
        ],
        exception_handlers={HTTPException: site.not_found, Refusal: site.refused},
    )
    describe(app, site)
    app.openapi = partial(with_question, app.openapi)
    site.paths = paths = {route.path for route in app.routes}
    app.add_middleware(Guard, limits=limits, refuse=site.refuse, paths=paths, root_path=root_path)
    return app


def describe(app: FastAPI, site: "Site") -> None:
    """Add the JSON API."""
    problems = {status: {"model": Problem, "description": text} for status, text in PROBLEMS.items()}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}}
    app.post(
        f"{API}/predict",
        summary="Predict locations",
        responses={200: {"model": Answer}, **problems},
        openapi_extra={"requestBody": body},
    )(site.predict_json)
    app.post(
        f"{API}/explain",
        summary="Explain a prediction",
        responses={200: {"model": Explanation}, **problems, 422: {"model": Problem, "description": CANNOT_EXPLAIN}},
        openapi_extra={"requestBody": body},
    )(site.explain_json)
    compared = {"schema": {"$ref": "#/components/schemas/Comparison"}}
    app.post(
        f"{API}/compare",
        summary="Compare wild types with mutants",
        responses={200: {"model": Changes}, **problems},
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": compared}}},
    )(site.compare_json)
    app.get(f"{API}/model", summary="The model card", response_model=Card)(site.card)
    app.get("/health", summary="Whether the server runs", response_model=Health)(site.health)
    # Which proxies and monitors ask for; the framework answers it for its own routes only.
    app.head(f"{API}/model", include_in_schema=False)(site.card)
    app.head("/health", include_in_schema=False)(site.health)


def with_question(original: Callable[[], dict]) -> dict:
    """Return the OpenAPI description with the bodies of questions, which are read off the event loop."""
    description = original()
    _, added = models_json_schema(
        [(Question, "validation"), (Comparison, "validation")], ref_template="#/components/schemas/{model}"
    )
    description["components"]["schemas"].update(added["$defs"])
    return description


class Site:
    """The handlers of one predictor."""

    def __init__(self, predictor, limits: Limits):
        self.predictor, self.limits = predictor, limits
        self.known = predictor.known
        self.pages = Pages(finite(predictor.card), list(predictor.locations), limits, self.known is not None)
        self.paths: set[str] = set()
        self.queue = Queue(limits.workers, limits.queue, limits.seconds, limits.wait)

    async def form(self, request: Request) -> Response:
        """Show the form, with the example if it was asked for."""
        return HTMLResponse(self.pages.form(EXAMPLE if "example" in request.query_params else ""))

    async def about(self, request: Request) -> Response:
        """Show the page about the model."""
        return HTMLResponse(self.pages.about())

    async def card(self) -> Response:
        """Return who made the model of what, how good it is and what its limits are."""
        return JSONResponse(self.pages.card)

    async def health(self) -> Health:
        """Return at once, however busy the server is."""
        return Health(status="ok")

    async def predict_json(self, request: Request) -> Response:
        """Predict the locations of all sequences of a request; give `records` or `fasta`."""
        return await self._answer_json(request, predict, as_json)

    async def explain_json(self, request: Request) -> Response:
        """Tell what each base of one sequence adds to its prediction: each is changed to each of the three others."""
        return await self._answer_json(request, explain, attributions_as_json)

    async def compare_json(self, request: Request) -> Response:
        """Tell what mutations change, and whether the fold models of the model disagree by as much anyway."""
        return await self._answer_json(request, compare, compared_as_json, pairs_of_json)

    async def compare_form(self, request: Request) -> Response:
        """Show the form that compares."""
        return HTMLResponse(self.pages.compare())

    async def compare_filled(self, request: Request) -> Response:
        """Compare what was typed; as a page or a file."""
        texts = ("", "")
        try:
            fields = await fields_of(request, self.limits)
            texts = tuple(fields.get(name, "") for name in ("wild_type", "mutant"))
            if not all(isinstance(text, str) for text in texts):
                texts = ("", "")
                raise Refusal(422, "The form cannot be read", "The sequences are text.")
            form, read = str(fields.get("format", "page")), partial(pairs_of, *texts)
            if form in COMPARED:
                return downloaded(await self._answer(request, compare, read, *COMPARED[form]), f"compared.{form}")
            write = lambda compared, stop: self.pages.compare(*texts, compared.records).encode()  # noqa: E731
            return await self._answer(request, compare, read, write, "text/html")
        except Refusal as refusal:
            return HTMLResponse(self.pages.compare(*texts, problem=refusal), refusal.status, dict(refusal.headers))

    async def _answer_json(
        self, request: Request, ask: Callable, write: Callable, read: Callable | None = None
    ) -> Response:
        if media_type(request) != JSON:
            raise Refusal(415, "The body has to be JSON", "Send it with 'Content-Type: application/json'.")
        body = await request.body()
        read = partial(read, body) if read else partial(records_of_json, body, self.known)
        return await self._answer(request, ask, read, write, JSON)

    async def predict_form(self, request: Request) -> Response:
        """Predict or explain what was typed or uploaded; as a page or a file."""
        text = ""
        try:
            form = await read_form(request, self.limits)
            text = form.text
            ask, read = explain if form.explain else predict, partial(records_of_text, text, self.known)
            chosen = (form.explain, form.format)
            if chosen in FILES:
                answer = await self._answer(request, ask, read, *FILES[chosen])
                return downloaded(answer, f"{'attributions.' if form.explain else ''}{form.format}")
            return await self._answer(
                request,
                ask,
                read,
                lambda answered, stop: self.pages.results(answered, text, stop).encode(),
                "text/html",
            )
        except Refusal as refusal:
            return HTMLResponse(self.pages.form(text, refusal), refusal.status, dict(refusal.headers))

    async def _answer(self, request: Request, ask: Callable, read: Callable, write: Callable, kind: str) -> Response:
        """Read, predict or explain, and write in a worker thread."""

        def work(stop):
            try:
                answered = ask(self.predictor, read(), self.limits, stop)
                return answered, write(answered, stop)
            finally:
                # Visitors are promised that nothing is kept.
                forget()

        answered: Answered
        try:
            answered, content = await self.queue.run(work)
        except Full:
            raise too_busy(self.limits) from None
        except OutOfTime:
            message = f"The prediction took longer than {self.limits.seconds:g} seconds"
            raise Refusal(413, message, "Send fewer or shorter sequences at a time.") from None
        request.scope["notes"].update(answered.numbers())
        return Response(content, media_type=kind)

    async def not_found(self, request: Request, error: HTTPException) -> Response:
        """Answer for an address or a method that there is not."""
        path = request.scope["path"]
        if error.status_code == 404 and path.removesuffix("/") in self.paths and not path.endswith("//"):
            return RedirectResponse(f"../{path.split('/')[-2]}", 307)
        words = {404: "There is nothing at this address", 405: "This address does not take this kind of request"}
        message = words.get(error.status_code, str(error.detail))
        return self.refuse(request.scope, Refusal(error.status_code, message, "", error.headers or {}))

    async def refused(self, request: Request, refusal: Refusal) -> Response:
        """Answer for a request that a handler refused."""
        return self.refuse(request.scope, refusal)

    def refuse(self, scope: dict, refusal: Refusal) -> Response:
        """Return a refusal as JSON for programs, as a page for readers."""
        path, headers = scope["path"], dict(refusal.headers)
        if path.startswith(f"{API}/") or path in {"/health", "/openapi.json"}:
            problem = Problem(
                status=refusal.status, message=refusal.message, hint=refusal.hint, request=scope.get("visit", "")
            )
            return JSONResponse(problem.model_dump(), refusal.status, headers)
        return HTMLResponse(self.pages.problem(refusal, path), refusal.status, headers)


class InMemory(MultiPartParser):
    """Keeps uploads in memory, whose size the guard bounds, and never on disk."""

    spool_max_size = 1 << 40


class Form(NamedTuple):
    """The form of the page, filled in."""

    text: str
    """What was typed or uploaded."""
    format: str
    """How the answer was asked for."""
    explain: bool
    """Whether it is to say which bases matter."""


async def fields_of(request: Request, limits: Limits) -> Mapping[str, Any]:
    """Return the fields of a form, text or uploads; a :class:`Refusal` when it is broken."""
    kind = media_type(request)
    # Browsers send UTF-8. Another character set would be decoded as asked, which some make very slow.
    if kind not in FORM or "charset" in request.headers["content-type"].lower():
        raise Refusal(415, "This is not the form of the page", "Programs use the API instead.")
    try:
        if kind == FORM[0]:
            parser = InMemory(
                request.headers, request.stream(), max_files=1, max_fields=8, max_part_size=limits.body_bytes
            )
        else:
            parser = FormParser(request.headers, request.stream(), max_fields=8, max_part_size=limits.body_bytes)
        return await parser.parse()
    except MultiPartException as error:
        raise Refusal(422, "The form cannot be read", error.message) from None


async def read_form(request: Request, limits: Limits) -> Form:
    """Return what was filled in.

    Raises
    ------
    Refusal
        When the form is broken, is filled in twice, or the upload is not text.
    """
    fields = await fields_of(request, limits)
    typed, upload = fields.get("sequences", ""), fields.get("file", "")
    if not isinstance(typed, str):
        raise Refusal(422, "The form cannot be read", "The sequences are text.")
    uploaded = "" if isinstance(upload, str) else await run_in_threadpool(text_of_upload, await upload.read(), limits)
    if typed.strip() and uploaded.strip():
        raise Refusal(422, "There are both typed sequences and a file", "Empty the text, or choose no file.")
    text = uploaded if uploaded.strip() else typed
    return Form(text, str(fields.get("format", "page")), bool(fields.get("explain")))


def media_type(request: Request) -> str:
    """Return the type of a request's body, without parameters."""
    return Headers(scope=request.scope).get("content-type", "").partition(";")[0].strip().lower()


def downloaded(response: Response, ending: str) -> Response:
    """Tell the browser to save ``response`` as a file."""
    response.headers["Content-Disposition"] = f'attachment; filename="mmlmirloc.{ending}"'
    return response


def static(name: str, kind: str) -> Callable:
    """Return a handler that gives a file of the templates' folder."""
    content = (TEMPLATES / name).read_bytes()
    return lambda _: Response(content, media_type=kind, headers=LASTING)


def source(request: Request) -> Response:
    """Give the source of this program (in a thread, since packing it takes a moment)."""
    return downloaded(Response(source_archive(), media_type="application/gzip", headers=LASTING), "tar.gz")
