"""Which module a file is: source roots, packages, and what a dotted name means to whom."""

from __future__ import annotations

import pytest

from fastapi_bp_lint.facts.extract import extract
from fastapi_bp_lint.project.modules import Modules


def linked(*roots: str, **files: str) -> Modules:
    """Link files that are named with two underscores for a slash."""
    named = {
        path.replace("__init__", "<>").replace("__", "/").replace("<>", "__init__") + ".py": text
        for path, text in files.items()
    }
    return Modules({path: extract(text.encode(), path) for path, text in named.items()}, roots)


def names(modules: Modules) -> dict[str, str]:
    return {module.path: module.name for module in modules}


def test_a_src_folder_that_nothing_names_is_a_root() -> None:
    found = linked(src__app__main="from app import db", src__app__db="")
    assert names(found) == {"src/app/main.py": "app.main", "src/app/db.py": "app.db"}


def test_a_src_folder_that_imports_name_is_a_package() -> None:
    found = linked(src__app__main="from src.app import db", src__app__db="")
    assert names(found)["src/app/db.py"] == "src.app.db"


def test_a_package_at_the_root_is_named_from_there() -> None:
    modules = linked(app__main="from app.core import config", app__core__config="")
    assert names(modules) == {
        "app/main.py": "app.main",
        "app/core/config.py": "app.core.config",
    }
    importer = modules.by_path["app/main.py"]
    assert modules.find("app.core.config", importer) is modules.by_path["app/core/config.py"]
    assert modules.is_package("app.core", importer)
    assert not modules.is_package("app.nothing", importer)


def test_a_backend_beside_a_frontend_is_a_root() -> None:
    modules = linked(backend__app__main="from app import db", backend__app__db="", frontend__x="")
    assert modules.by_path["backend/app/db.py"].name == "app.db"


def test_each_app_of_a_monorepo_sees_its_own_modules() -> None:
    modules = linked(
        one__app__main="from app import db",
        one__app__db="",
        two__app__main="from app import db",
        two__app__db="",
    )
    for folder in ("one", "two"):
        importer = modules.by_path[f"{folder}/app/main.py"]
        found = modules.find("app.db", importer)
        assert found is modules.by_path[f"{folder}/app/db.py"]


def test_configured_roots_come_before_guessed_ones() -> None:
    modules = linked("deep/code", deep__code__app__main="")
    assert modules.by_path["deep/code/app/main.py"].name == "app.main"


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("from . import db", "app.api"),
        ("from .db import engine", "app.api.db"),
        ("from .. import core", "app"),
        ("from ..core import config", "app.core"),
        ("import os.path", "os.path"),
    ],
)
def test_relative_imports_count_from_the_package(statement: str, target: str) -> None:
    modules = linked(app____init__="", app__api____init__="", app__api__users=statement)
    importer = modules.by_path["app/api/users.py"]
    assert modules.target(importer.facts.imports[0], importer) == target


def test_in_a_package_the_first_dot_is_itself() -> None:
    modules = linked(app____init__="from . import db", app__db="")
    importer = modules.by_path["app/__init__.py"]
    assert importer.is_package
    assert importer.name == "app"
    assert modules.target(importer.facts.imports[0], importer) == "app"


def test_tests_are_told_by_name_and_folder() -> None:
    modules = linked(tests__x="", app__test_y="", app__y_test="", conftest="", app__contest="")
    told = {module.path: module.is_test for module in modules}
    assert told == {
        "tests/x.py": True,
        "app/test_y.py": True,
        "app/y_test.py": True,
        "conftest.py": True,
        "app/contest.py": False,
    }


def test_folders_inside_a_package_need_no_init_to_be_named_with_it() -> None:
    found = names(
        linked(
            app____init__="",
            app__llms____init__="",
            app__llms__proxy__chat__config="from ...plain import config",
            app__llms__other__chat__config="",
            app__llms__plain____init__="",
            app__llms__plain__config="",
        )
    )
    assert found["app/llms/proxy/chat/config.py"] == "app.llms.proxy.chat.config"
    assert found["app/llms/other/chat/config.py"] == "app.llms.other.chat.config"


def test_a_script_below_a_folder_that_nothing_can_import_is_named_alone() -> None:
    files = {"app/__init__.py": "", "app/own-tools/scripts/run.py": ""}
    modules = Modules({path: extract(text.encode(), path) for path, text in files.items()})
    assert modules.by_path["app/own-tools/scripts/run.py"].name == "run"
