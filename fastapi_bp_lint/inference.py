"""What astroid says of the few calls whose receiver nothing in the project tells.

Packages of the project's environment are read, never imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi_bp_lint.facts.rescue import decode
from fastapi_bp_lint.finding import Certainty
from fastapi_bp_lint.knowledge.tables import ancestry, canonical, owners, primitive
from fastapi_bp_lint.project.values import UNKNOWN, External, Function, Held

if TYPE_CHECKING:
    from fastapi_bp_lint.facts.model import Call
    from fastapi_bp_lint.project.modules import Module

_ENVIRONMENTS = (".venv", "venv", "env")
_FILE = "inferred.json"
_VERSION = 1


class Inference:
    """Answers what the receiver of a call is; *folder* keeps the answers from run to run.

    *text* gives the bytes of a file of the project by its path under *root*. *asked* counts the
    calls that were asked about, *told* those that got an answer.
    """

    def __init__(self, root: Path, text: Callable[[str], bytes], folder: Path) -> None:
        self._root = root
        self._text = text
        self._file = folder / _FILE
        self._packages = packages(root)
        self._digests: dict[str, str] = {}
        self._kept = self._read()
        self._fresh: dict[str, Any] = {}
        self._trees: dict[str, Any] = {}
        self.asked = self.told = 0

    def __call__(self, call: Call, function: Function) -> Held:
        """Return the primitives that *call*, made in *function*, may be of; unknown if none."""
        self.asked += 1
        module = function.module
        key = f"{module.path}:{':'.join(map(str, call.span))}"
        kept = self._kept.get(key)
        if kept is None or not all(self._digest(p) == d for p, d in kept["read"].items()):
            names = self._names(call, module)
            kept = {"names": names, "read": {p: self._digest(p) for p in self._seen(module)}}
        self._fresh[key] = kept
        self.told += bool(kept["names"])
        values = tuple(External(name) for name in kept["names"])
        return Held(values, Certainty.LIKELY) if values else UNKNOWN

    def save(self) -> None:
        """Keep the answers of this run for the next; what cannot be written is not kept."""
        told = {"version": _VERSION, "packages": self._stamp(), "calls": self._fresh}
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            ignore = self._file.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", "utf-8")
            part = self._file.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(told), "utf-8")
            part.replace(self._file)

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads(self._file.read_text("utf-8"))
            calls = dict(told["calls"])
            is_ours = told["version"] == _VERSION and told["packages"] == self._stamp()
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return calls if is_ours and all(map(_is_answer, calls.values())) else {}

    def _stamp(self) -> list[list[Any]]:
        """Return what changes when a package of the environment is installed or removed."""
        found: list[list[Any]] = []
        for folder in self._packages:
            with contextlib.suppress(OSError):
                found.append([folder, os.stat(folder).st_mtime_ns])  # noqa: PTH116 - a string
        return found

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            try:
                told = blake2b(self._text(path), digest_size=16).hexdigest()
            except OSError:
                told = ""
            self._digests[path] = told
        return self._digests[path]

    def _seen(self, module: Module) -> set[str]:
        """Return the files of the project that astroid has read."""
        found = {module.path}
        root = f"{self._root}{os.sep}"
        for tree in list(_astroid().astroid_cache.values()):
            file = tree.file or ""
            if file.startswith(root) and not any(file.startswith(p) for p in self._packages):
                found.add(Path(file).relative_to(self._root).as_posix())
        return found

    def _names(self, call: Call, module: Module) -> list[str]:
        """Return the primitives that *call* may be of, none where something else is possible."""
        with _reading([self._base(module), *self._packages]):
            try:
                node = self._node(call, module)
                receivers = list(node.func.expr.infer()) if node is not None else []
                found = [_name(receiver, node.func.attrname) for receiver in receivers]
            except Exception:  # noqa: BLE001 - whatever astroid cannot do says nothing of the code
                return []
        told = [name for name in found if name is not None]
        return sorted(set(told)) if all(told) else []

    def _base(self, module: Module) -> str:
        """Return the folder from which *module* is imported."""
        parts = module.name.split(".")
        file = self._root / module.path
        depth = len(parts) if file.name == "__init__.py" else len(parts) - 1
        return str(file.parents[depth])

    def _node(self, call: Call, module: Module) -> Any:  # noqa: ANN401 - of astroid
        """Return astroid's node of *call*, a method's, None where there is none."""
        from astroid import nodes  # noqa: PLC0415 - an extra

        text = decode(self._text(module.path))
        if module.path not in self._trees:
            from astroid.builder import AstroidBuilder  # noqa: PLC0415 - an extra

            builder = AstroidBuilder(_astroid())
            file = str(self._root / module.path)
            self._trees[module.path] = builder.string_build(text, module.name, file)
        lines = text.split("\n")
        span = call.span
        start = span.line, _bytes(lines, span.line, span.column)
        end = span.end_line, _bytes(lines, span.end_line, span.end_column)
        for node in self._trees[module.path].nodes_of_class(nodes.Call):
            if (node.lineno, node.col_offset) == start and isinstance(node.func, nodes.Attribute):
                if (node.end_lineno, node.end_col_offset) == end:
                    return node
        return None


def packages(root: Path) -> tuple[str, ...]:
    """Return where the packages of the project's environment lie.

    That of the project's own folder, else the active one, else the one that runs the linter.
    """
    active = [os.environ.get(name, "") for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    for place in (*[root / name for name in _ENVIRONMENTS], *map(Path, filter(None, active))):
        found = [*place.glob("lib/python*/site-packages"), *place.glob("Lib/site-packages")]
        if found:
            return tuple(map(str, found))
    paths = sysconfig.get_paths()
    return tuple(dict.fromkeys((paths["purelib"], paths["platlib"])))


def _astroid() -> Any:  # noqa: ANN401 - of astroid
    """Return astroid's manager, which shall import nothing."""
    from astroid.manager import AstroidManager  # noqa: PLC0415 - an extra

    manager: Any = AstroidManager()
    manager.always_load_extensions = False
    manager.extension_package_whitelist = set()
    # One of its hooks imports what it has to do with GTK.
    hooks = [h for h in manager._failed_import_hooks if "gi" not in h.__name__.split("_")]  # noqa: SLF001
    manager._failed_import_hooks[:] = hooks  # noqa: SLF001
    return manager


@contextlib.contextmanager
def _reading(folders: Sequence[str]) -> Iterator[None]:
    """Let modules be looked for in *folders* and in the standard library only."""
    _astroid()  # its own modules come from where the linter lives
    before = list(sys.path)
    own = sysconfig.get_paths()
    standard = [own["stdlib"], own["platstdlib"], f"{own['platstdlib']}{os.sep}lib-dynload"]
    sys.path[:] = [*folders, *dict.fromkeys(standard)]
    try:
        yield
    finally:
        sys.path[:] = before


def _name(receiver: Any, method: str) -> str | None:  # noqa: ANN401 - of astroid
    """Return the primitive that *method* of *receiver* is, "" for anything else, None for None."""
    from astroid import bases, nodes, util  # noqa: PLC0415 - an extra

    if isinstance(receiver, nodes.Const) and receiver.value is None:
        return None
    if isinstance(receiver, util.UninferableBase):
        return ""
    if isinstance(receiver, nodes.Module):
        return _primitive([receiver.name], method)
    if isinstance(receiver, bases.Instance) and isinstance(receiver._proxied, nodes.ClassDef):  # noqa: SLF001
        cls = receiver._proxied  # noqa: SLF001
        return _primitive(map(_public, (cls, *cls.ancestors())), method)
    return ""


def _public(cls: Any) -> str:  # noqa: ANN401 - of astroid
    """Return the name that the tables have for a class, which they know by where it is offered."""
    name = str(cls.qname())
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:end])
        offered = canonical(f"{module}.{parts[-1]}")
        if offered in owners() and (end == len(parts) - 1 or _offers(module, parts[-1], name)):
            return offered
    return name


def _offers(module: str, name: str, defined: str) -> bool:
    """Whether what *module* calls *name* is the class of the full name *defined*."""
    tree = _astroid().ast_from_module_name(module)
    return any(getattr(found, "qname", str)() == defined for found in tree.igetattr(name))


def _primitive(owners: Iterable[str], method: str) -> str:
    for owner in owners:
        for base in ancestry(canonical(owner)):
            row = primitive(canonical(f"{base}.{method}"))
            if row is not None:
                return row.name if row.form in {"call", "method"} else ""
    return ""


def _bytes(lines: Sequence[str], line: int, column: int) -> int:
    """Return a column in bytes of UTF-8, which is how syntax trees count."""
    return len(lines[line - 1][:column].encode())


def _is_answer(kept: object) -> bool:
    return (
        isinstance(kept, dict)
        and isinstance(kept.get("read"), dict)
        and isinstance(kept.get("names"), list)
        and all(isinstance(name, str) for name in kept["names"])
    )
