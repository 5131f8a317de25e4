"""The names of FastAPI and Starlette that the project model knows, by canonical dotted name."""

from __future__ import annotations

DEPENDS = frozenset({"fastapi.Depends", "fastapi.params.Depends"})
SECURITY = frozenset({"fastapi.Security", "fastapi.params.Security"})
MARKERS = DEPENDS | SECURITY

APP_CLASS = "fastapi.FastAPI"
ROUTER_CLASS = "fastapi.APIRouter"
APPS = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette", "cadwyn.Cadwyn"})
ROUTERS = frozenset({"fastapi.APIRouter", "starlette.routing.Router", "cadwyn.VersionedAPIRouter"})
CONSTRUCTORS = APPS | ROUTERS
CONSTRUCTOR_NAMES = frozenset({"FastAPI", "Starlette", "APIRouter", "Cadwyn", "VersionedAPIRouter"})
"""What their calls are usually written as; `Router` is too common a word to look for."""
MODULES = ("fastapi", "starlette")

VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
"""Decorators of a router or an application that add a route for one method."""
ROUTE_DECORATORS = VERBS | {"api_route", "route", "websocket", "websocket_route"}
OTHER_DECORATORS = frozenset({"middleware", "exception_handler", "on_event"})
DECORATORS = ROUTE_DECORATORS | OTHER_DECORATORS
DEFAULT_METHODS = ("GET",)
PLAIN = frozenset({"route", "add_route", "websocket_route", "add_websocket_route"})
"""Starlette's own routes: FastAPI looks neither for parameters nor for dependencies in them."""
WEBSOCKET = frozenset(
    {"websocket", "websocket_route", "add_api_websocket_route", "add_websocket_route"}
)
ADDERS = frozenset({"add_api_route", "add_route", "add_api_websocket_route", "add_websocket_route"})
INCLUDERS = frozenset({"include_router", "generate_and_include_versioned_routers"})
"""What includes a router; the second is Cadwyn's, which takes any number of them."""
OTHER_ADDERS = frozenset(
    {"add_middleware", "add_exception_handler", "add_event_handler", "host", "mount", *INCLUDERS}
)
CALLED = ADDERS | (OTHER_ADDERS - {"host"})
METHODS = DECORATORS | ADDERS | OTHER_ADDERS
"""All that registers something when it is called on an application or a router."""

ATTRIBUTES = {
    "openapi_url": "/openapi.json",
    "docs_url": "/docs",
    "redoc_url": "/redoc",
    "swagger_ui_oauth2_redirect_url": "/docs/oauth2-redirect",
    "title": "FastAPI",
    "version": "0.1.0",
    "prefix": "",
    "root_path": "",
}
"""Attributes of applications and routers that have these values when nothing else is said."""
PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(VERBS, ("path",)),
    "api_route": ("path",),
    "route": ("path", "methods", "name", "include_in_schema"),
    "websocket": ("path", "name"),
    "websocket_route": ("path", "name"),
    "add_api_route": ("path", "endpoint"),
    "add_route": ("path", "endpoint", "methods", "name", "include_in_schema"),
    "add_api_websocket_route": ("path", "endpoint", "name"),
    "add_websocket_route": ("path", "endpoint", "name"),
    "include_router": ("router",),
    "generate_and_include_versioned_routers": ("router",),
    "mount": ("path", "app", "name"),
    "host": ("host", "app", "name"),
    "middleware": ("middleware_type",),
    "add_middleware": ("middleware_class",),
    "exception_handler": ("exc_class_or_status_code",),
    "add_exception_handler": ("exc_class_or_status_code", "handler"),
    "on_event": ("event_type",),
    "add_event_handler": ("event_type", "func"),
}
"""Names of the positional parameters of what registers something."""
FUNCTION_KEYWORDS = {"route": "func"}
ROUTE_CLASSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "fastapi.routing.APIRoute": ("add_api_route", ("path", "endpoint")),
    "fastapi.routing.APIWebSocketRoute": ("add_api_websocket_route", ("path", "endpoint")),
    "starlette.routing.Route": ("add_route", ("path", "endpoint")),
    "starlette.routing.WebSocketRoute": ("add_websocket_route", ("path", "endpoint")),
    "starlette.routing.Mount": ("mount", ("path", "app", "routes", "name")),
}
"""Route objects made by hand: what adding one is the same as, and their positional parameters."""

STATUS_MODULE = "starlette.status"
STATUS_PREFIX = "HTTP_"
STATUS_ENUM = "http.HTTPStatus"

RESPONSES = {
    "starlette.responses.RedirectResponse": 307,
}
"""Response classes whose status differs from 200 when nothing else is said."""
RESPONSE = "starlette.responses.Response"
STREAMS = frozenset({"starlette.responses.StreamingResponse", "fastapi.sse.EventSourceResponse"})
PAGES = frozenset({"starlette.responses.HTMLResponse"})
DEFAULT_STATUS = 200
NO_BODY = frozenset({204, 205, 304})

SPECIAL_PARAMETERS = frozenset(
    {
        "starlette.requests.Request",
        "starlette.requests.HTTPConnection",
        "starlette.websockets.WebSocket",
        "starlette.responses.Response",
        "starlette.background.BackgroundTasks",
        "fastapi.BackgroundTasks",
        "fastapi.security.SecurityScopes",
    }
)
"""Types of parameters that FastAPI fills from the request itself."""
BACKGROUND = frozenset(
    {
        "starlette.background.BackgroundTasks",
        "fastapi.BackgroundTasks",
        "starlette.background.BackgroundTask",
    }
)
FIELDS = {
    "fastapi.Path": "path",
    "fastapi.params.Path": "path",
    "fastapi.Query": "query",
    "fastapi.params.Query": "query",
    "fastapi.Header": "header",
    "fastapi.params.Header": "header",
    "fastapi.Cookie": "cookie",
    "fastapi.params.Cookie": "cookie",
    "fastapi.Body": "body",
    "fastapi.params.Body": "body",
    "fastapi.Form": "form",
    "fastapi.params.Form": "form",
    "fastapi.File": "file",
    "fastapi.params.File": "file",
}
"""What says where a parameter comes from."""
FORM = "form"
FILE = "file"
UPLOADS = frozenset({"fastapi.UploadFile", "starlette.datastructures.UploadFile"})
SECURITY_MODULE = "fastapi.security."
SECURITY_FORMS = frozenset(
    {
        "fastapi.security.OAuth2PasswordRequestForm",
        "fastapi.security.OAuth2PasswordRequestFormStrict",
        "fastapi.security.SecurityScopes",
        "fastapi.security.HTTPAuthorizationCredentials",
        "fastapi.security.HTTPBasicCredentials",
    }
)
"""Classes of `fastapi.security` that are no schemes: as a dependency they run in a thread."""

CLASS_BASED_VIEWS = frozenset(
    {
        "fastapi_utils.cbv.cbv",
        "fastapi_restful.cbv.cbv",
        "fastapi_class.View",
        "fastapi_router_controller.Controller",
    }
)
"""Class decorators that turn ``self`` of a route method into a dependency on the class."""

HTTP_MIDDLEWARE = "starlette.middleware.base.BaseHTTPMiddleware"
DISPATCH = "dispatch"
ROUTE_HANDLER = "get_route_handler"
ROUTES = frozenset({"fastapi.routing.APIRoute", "starlette.routing.Route"})
MIDDLEWARE = "starlette.middleware.Middleware"
ON_EVENT = "on_event"
EVENT_HANDLERS = frozenset({ON_EVENT, "add_event_handler"})
EVENTS = frozenset({"startup", "shutdown"})
LATE_INITIALISERS = frozenset({"__post_init__", "__attrs_post_init__", "model_post_init"})
"""Methods that run right after the fields of an object are set."""
FIELDS_WITH_DEFAULT = frozenset({"field", "Field", "ib", "attrib"})
SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings"})
SCHEMAS = frozenset({"pydantic.BaseModel", "sqlmodel.SQLModel"})

URL_MAKERS = frozenset(
    {
        "starlette.requests.HTTPConnection.url_for",
        "starlette.applications.Starlette.url_path_for",
        "starlette.routing.Router.url_path_for",
    }
)
"""Methods that make the URL of a route from its name."""

HTTP_EXCEPTION = "starlette.exceptions.HTTPException"
"""What turns into a response whose status is its first argument."""
EXCEPTION_STATUS = "status_code"

TOKEN_SCHEMES = {
    "fastapi.security.OAuth2PasswordBearer": 0,
    "fastapi.security.OAuth2AuthorizationCodeBearer": 1,
}
"""Security schemes that tell clients where tokens are -> the position of that argument."""
SCHEME_URL = "tokenUrl"
REQUEST_JSON = "starlette.requests.Request.json"
RAW_BODIES = ("body", "stream", "form")
"""Methods of a request that read it otherwise: to check a signature, to pass it on."""
RECEIVERS = {
    "receive_text": "iter_text",
    "receive_bytes": "iter_bytes",
    "receive_json": "iter_json",
}
"""Methods of a websocket -> what iterates over the same, up to the end of the connection."""
WEBSOCKET_CLASS = "starlette.websockets.WebSocket"
DISCONNECTED = "WebSocketDisconnect"
