"""Finds its way in an API description: operations, references, and values that are not as described."""
import re

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


def operations(api):
    return {(method, path): operation for path, item in api["paths"].items() for method, operation in item.items() if method in METHODS}


def resolve(api, schema):
    while "$ref" in schema:
        assert schema["$ref"].startswith("#/"), schema
        target = api
        for part in schema["$ref"][2:].split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        schema = target
    return schema


def violations(api, schema, value, where="$"):
    """Where `value` is not what `schema` says; the part of JSON Schema that descriptions of APIs use."""
    schema = resolve(api, schema)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            found = [list(violations(api, option, value, where)) for option in schema[choice]]
            if all(found):
                yield from found[0]
            return
    for part in schema.get("allOf", []):
        yield from violations(api, part, value, where)
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    wanted = schema.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    number = not isinstance(value, (bool, str, list, dict, type(None)))
    if wanted and not any(number and (kind == "number" or value == int(value)) if kind in ("number", "integer") else isinstance(value, kinds[kind])
                          for kind in wanted):
        yield f"{where}: {value!r} is no {wanted}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} not in {schema['enum']}"
    if number and "minimum" in schema and value < schema["minimum"] or number and "maximum" in schema and value > schema["maximum"]:
        yield f"{where}: {value!r} out of range"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from violations(api, schema["items"], item, f"{where}[{number}]")
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}: no {name}"
        for name, item in value.items():
            if name in schema.get("properties", {}):
                yield from violations(api, schema["properties"][name], item, f"{where}.{name}")
            elif "properties" in schema and schema.get("additionalProperties", True) is False:
                yield f"{where}: {name} is not described"
