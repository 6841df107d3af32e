"""The API's description at `/docs`, on the machine itself alone and with no asset from another host."""

from importlib.resources import files

from fastapi import FastAPI, HTTPException, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

LOOPBACK = ("127.0.0.1", "::1")
ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}


def on_this_machine(request: Request) -> bool:
    """Whether the request came over the loopback interface."""
    return request.client is not None and request.client.host in LOOPBACK


def install_api_docs(app: FastAPI) -> None:
    """Serves `/docs` and `/openapi.json`; the application is made with `openapi_url=None`, so that it has no others."""
    folder = files("fastapi_offline") / "static"

    def require_this_machine(request: Request) -> None:
        if not on_this_machine(request):
            raise HTTPException(404)

    @app.get("/openapi.json", include_in_schema=False)
    def description(request: Request) -> JSONResponse:
        require_this_machine(request)
        return JSONResponse(app.openapi())

    @app.get("/docs", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        require_this_machine(request)
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="/docs/favicon.png",
        )

    @app.get("/docs/{name}", include_in_schema=False)
    def asset(request: Request, name: str) -> FileResponse:
        require_this_machine(request)
        if name not in ASSETS:
            raise HTTPException(404)
        return FileResponse(str(folder / name), media_type=ASSETS[name])
