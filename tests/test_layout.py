"""How a project is laid out, as `--show-settings` says it: by domain, by type, in a single file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastapi_bp_lint.cli.app import run
from tests import mdcase

ROUTER = "from fastapi import APIRouter\n\nrouter = APIRouter()\n"
FACTORY = """from fastapi import APIRouter


def get_router():
    router = APIRouter()
    return router
"""
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
SCHEMA = "from pydantic import BaseModel\n\n\nclass Post(BaseModel):\n    id: int\n"
TABLE = """from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class Post(Base):
    __tablename__ = "post"
"""


def two(folder: str, **modules: str) -> dict[str, str]:
    """Return the same modules in two domains below *folder*."""
    return {f"{folder}{d}/{m}.py": t for d in ("auth", "posts") for m, t in modules.items()}


def shown(
    files: dict[str, str], root: Path, capsys: pytest.CaptureFixture[str], config: str = ""
) -> list[str]:
    mdcase.write({**files, mdcase.CONFIG: config}, root)
    assert run(["--show-settings", str(root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("layout: "))
    return lines[start:]


CASES = {
    "domain": (
        two("src/", router=ROUTER, service="X = 1\n") | {"src/main.py": "import src.auth.router\n"},
        ["layout: by domain, in a package each"]
        + [f"domain src/{d}: router, service" for d in ("auth", "posts")],
    ),
    "app package": (
        two("app/", router=ROUTER, schemas=SCHEMA) | {"app/main.py": APP},
        ["layout: by domain, in a package each"]
        + [f"domain app/{d}: router, schemas" for d in ("auth", "posts")],
    ),
    "domains": (
        two("src/domains/", router=ROUTER, tokens="", models=TABLE),
        ["layout: by domain, in a folder of domains"]
        + [f"domain src/domains/{d}: models, router, no role (tokens)" for d in ("auth", "posts")],
    ),
    "root": (
        two("", router=ROUTER, config="X = 1\n") | {"main.py": "import auth.router\n"},
        ["layout: by domain, in packages at the source root"]
        + [f"domain {d}: config, router" for d in ("auth", "posts")],
    ),
    "versioned": (
        two("app/api/v1/", endpoints=ROUTER, deps="X = 1\n", schemas=SCHEMA),
        ["layout: by domain, below a version"]
        + [
            f"domain app/api/v1/{d}: dependencies (deps), router (endpoints), schemas"
            for d in ("auth", "posts")
        ],
    ),
    "by type": (
        {
            f"app/{folder}/{name}.py": text
            for folder, text in (("routers", ROUTER), ("models", TABLE), ("schemas", SCHEMA))
            for name in ("auth", "posts")
        },
        [
            "layout: by type",
            "folder app/models: models",
            "folder app/routers: router",
            "folder app/schemas: schemas",
        ],
    ),
    "by type, the meaning of models and schemas swapped": (
        {
            f"app/{folder}/{name}.py": text
            for folder, text in (("api", ROUTER), ("models", SCHEMA), ("schemas", TABLE))
            for name in ("auth", "posts")
        },
        [
            "layout: by type",
            "folder app/api: router",
            "folder app/models: schemas",
            "folder app/schemas: models",
        ],
    ),
    "routers beside one module of models": (
        {f"lib/router/{name}.py": FACTORY for name in ("auth", "register", "users")}
        | {"lib/models.py": TABLE, "lib/manager.py": "X = 1\n"},
        ["layout: by type", "folder lib/router: router"],
    ),
    "two routers beside a module are too few": (
        {f"lib/router/{name}.py": FACTORY for name in ("auth", "users")} | {"lib/models.py": TABLE},
        ["layout: none that is known; the rules about domains are silent"],
    ),
    "a monorepo, each service in its own way": (
        {f"one/app/{f}/x.py": t for f, t in (("routers", ROUTER), ("schemas", SCHEMA))}
        | {f"two/app/{f}/x.py": t for f, t in (("routes", ROUTER), ("crud", "X = 1\n"))},
        [
            "layout: by type",
            "folder one/app/routers: router",
            "folder one/app/schemas: schemas",
            "folder two/app/crud: service",
            "folder two/app/routes: router",
        ],
    ),
    "single file": (
        {"main.py": APP},
        ["layout: the routes stand in the module of the application"],
    ),
    "factories of routers stand elsewhere": (
        two("src/", config="X = 1\n", utils="X = 1\n")
        | {f"src/{d}/{d}_{n}.py": "X = 1\n" for d in ("auth", "posts") for n in range(2)}
        | {f"web/v1/{d}/factory.py": FACTORY for d in ("auth", "posts")},
        ["layout: none that is known; the rules about domains are silent"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_layout_is_recognised(
    files: dict[str, str], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(files, tmp_path, capsys) == expected


def test_the_configuration_names_roles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = two("src/", web=ROUTER, usecases="X = 1\n", service="X = 1\n")
    config = '[structure.roles]\nservice = ["usecases"]\n'
    assert shown(files, tmp_path, capsys, config)[1:] == [
        f"domain src/{d}: router (web), service (usecases), no role (service)"
        for d in ("auth", "posts")
    ]


def test_the_configuration_names_folders_of_domains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "pkg/modules/auth/a.py": "X = 1\n",
        "pkg/modules/auth/inner/b.py": "X = 1\n",
        "pkg/modules/posts/a.py": "X = 1\n",
        "pkg/common/a.py": "X = 1\n",
    }
    config = (
        '[structure]\ndomains = ["pkg/modules/*", "pkg/nothing"]\nshared = ["pkg.common", "x"]\n'
    )
    assert shown(files, tmp_path, capsys, config) == [
        "layout: by domain, in a folder of domains",
        "domain pkg/modules/auth: no role (a, inner/)",
        "domain pkg/modules/posts: no role (a)",
        'warning: structure.domains: no folder of modules is "pkg/nothing"',
        'warning: structure.shared: no module is "x"',
    ]


def test_a_shared_package_is_no_domain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = two("src/", router=ROUTER, service="X = 1\n")
    files |= {"src/mail/service.py": "X = 1\n", "src/mail/config.py": "X = 1\n"}
    assert "domain src/mail: config, service" in shown(files, tmp_path, capsys)
    config = '[structure]\nshared = ["src.mail"]\n'
    assert len(shown(files, tmp_path, capsys, config)) == 3
