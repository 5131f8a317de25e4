"""Makes requests from an OpenAPI document, with identifiers out of earlier answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def remember(found: object, pool: dict[str, list[object]]) -> None:
    """Keep identifiers out of answers, for the paths of later requests."""
    if isinstance(found, list):
        for item in found:
            remember(item, pool)
    elif isinstance(found, dict):
        for key, value in found.items():
            if isinstance(value, str | int) and (key.endswith("id") or key in {"name", "key"}):
                kept = pool.setdefault(key, [])
                if value not in kept:
                    kept.append(value)
            remember(value, pool)


def requests(
    document: dict[str, Any], pool: dict[str, list[object]]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Make a request for every operation of a document, those that create first."""
    order = ["post", "put", "patch", "get", "delete"]
    rows = [
        (order.index(method), path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in order
    ]
    for _, path, method, operation in sorted(rows, key=lambda row: row[:3]):
        filled, query = path, {}
        for given in operation.get("parameters", []):
            name, schema = given["name"], given.get("schema", {})
            value = _value(schema, document, name, pool)
            if given["in"] == "path":
                filled = filled.replace(f"{{{name}}}", str(value))
            elif given["in"] == "query" and (given.get("required") or name in pool):
                query[name] = value
        options: dict[str, Any] = {"params": query}
        content = operation.get("requestBody", {}).get("content", {})
        for kind, body in content.items():
            value = _value(body.get("schema", {}), document, "", pool)
            if "json" in kind:
                options["json"] = value
            elif "multipart" in kind and isinstance(value, dict):
                options["files"] = {"file": b"text"}
                options["data"] = {k: v for k, v in value.items() if k != "file"}
            elif isinstance(value, dict):
                options["data"] = value
        yield method.upper(), filled, options


def _value(
    schema: dict[str, Any],
    document: dict[str, Any],
    name: str,
    pool: dict[str, list[object]],
    depth: int = 0,
) -> object:
    if "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        return _value(found, document, name, pool, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        if options := [o for o in schema.get(key, []) if o.get("type") != "null"]:
            return _value(options[0], document, name, pool, depth + 1)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kept = pool.get(name) or (pool.get("id") if name.endswith("id") else None)
    if kept and kind not in {"object", "array"}:
        usable = [v for v in kept if kind is None or isinstance(v, int) is (kind == "integer")]
        if usable:
            return usable[-1]
    if kind == "object" or "properties" in schema:
        if depth > 6:
            return {}
        needed = schema.get("required", [])
        return {
            key: _value(inner, document, key, pool, depth + 1)
            for key, inner in schema.get("properties", {}).items()
            if key in needed or depth < 2
            if not (key == "id" and key not in needed)
        }
    if kind == "array":
        return [_value(schema.get("items", {}), document, name, pool, depth + 1)]
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    if kind == "number":
        return 1.0
    if kind == "boolean":
        return True
    if schema.get("format") == "uuid":
        return "00000000-0000-4000-8000-000000000000"
    if schema.get("format") == "date-time":
        return "2024-01-01T00:00:00Z"
    return "name" if kind == "string" else {}
