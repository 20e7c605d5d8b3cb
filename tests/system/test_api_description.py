"""/openapi.json describes what is served, keeps the sample's names, and its pages load from this server alone."""
import gzip
import re
import urllib.parse
import uuid

import pytest

from client import Client, new_user
from description import METHODS, operations, resolve, violations

OPERATION_IDS = {
    ("get", "/"): "home__get",
    ("get", "/products"): "products_products_get",
    ("post", "/products"): "upload_product_products_post",
    ("get", "/products/{product_id}"): "product_products__product_id__get",
    ("put", "/products/{product_id}"): "update_product_products__product_id__put",
    ("delete", "/products/{product_id}"): "delete_product_products__product_id__delete",
    ("get", "/cart/{user_id}"): "cart_cart__user_id__get",
    ("post", "/cart/{user_id}"): "add_to_cart_cart__user_id__post",
    ("delete", "/cart/{user_id}"): "delete_from_cart_cart__user_id__delete",
    ("post", "/cart/{user_id}/checkout"): "checkout_cart__user_id__checkout_post",
}
ADDED = {("put", "/cart/{user_id}/items/{product_id}"), ("delete", "/cart/{user_id}/items/{product_id}"), ("get", "/orders/{user_id}"),
         ("get", "/orders/{user_id}/{order_id}"), ("post", "/products/import"), ("get", "/products/export")}


@pytest.fixture(scope="module")
def api(server):
    with Client(server) as client:
        return client.expect(200, "GET", "/openapi.json").json


def answer_schema(api, method, path, status="200"):
    answer = resolve(api, operations(api)[method, path]["responses"][status])
    return answer["content"]["application/json"]["schema"]


def all_nodes(value):
    yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from all_nodes(child)


def test_it_is_valid(api):
    assert re.fullmatch(r"3\.[01]\.\d+", api["openapi"])
    assert api["info"]["title"] and api["info"]["version"]
    for path, item in api["paths"].items():
        assert path.startswith("/") and set(item) <= METHODS | {"summary", "description", "parameters", "servers"}
    ids = [operation["operationId"] for operation in operations(api).values()]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[A-Za-z0-9_]+", operation_id) for operation_id in ids)
    for node in all_nodes(api):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            resolve(api, node)


def test_every_operation_is_described_whole(api):
    for (method, path), operation in operations(api).items():
        where = f"{method} {path}"
        assert operation.get("summary"), where
        assert operation["responses"], where
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[1-5](\d\d|XX)|default", status), where
            answer = resolve(api, answer)
            assert answer["description"], where
            for kind, content in answer.get("content", {}).items():
                assert "/" in kind and (not kind.startswith("application/json") or content["schema"] is not None), where
        parameters = [resolve(api, p) for p in operation.get("parameters", []) + api["paths"][path].get("parameters", [])]
        assert len({(p["in"], p["name"]) for p in parameters}) == len(parameters), where
        assert {p["name"] for p in parameters if p["in"] == "path"} == set(re.findall(r"{(\w+)}", path)), where
        for parameter in parameters:
            assert parameter["in"] in ("path", "query", "header", "cookie") and parameter["schema"], where
            assert parameter["in"] != "path" or parameter["required"] is True, where
        if "requestBody" in operation:
            assert resolve(api, operation["requestBody"])["content"], where


def test_the_samples_operation_ids_stay(api):
    assert {key: operations(api)[key]["operationId"] for key in OPERATION_IDS} == OPERATION_IDS


def test_the_samples_schemas_stay(api):
    schemas = api["components"]["schemas"]
    assert {"Product", "CartItem", "HTTPValidationError", "ValidationError"} <= set(schemas)
    assert set(schemas["Product"]["properties"]) == {"id", "name", "price", "img"}
    assert set(schemas["Product"]["required"]) == {"id", "name", "price", "img"}
    assert set(schemas["CartItem"]["properties"]) == {"product_id", "quantity"}
    assert "product_id" in schemas["CartItem"]["required"]
    assert {"loc", "msg", "type"} <= set(schemas["ValidationError"]["properties"])
    assert "detail" in schemas["HTTPValidationError"]["properties"]
    for (method, path), name in {("post", "/products"): "Product", ("put", "/products/{product_id}"): "Product", ("post", "/cart/{user_id}"): "CartItem"}.items():
        body = resolve(api, operations(api)[method, path]["requestBody"])
        assert body["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{name}"} and body["required"] is True


def test_every_route_is_described_and_every_description_is_a_route(api, client):
    assert set(OPERATION_IDS) | ADDED <= set(operations(api))
    for method, path in operations(api):
        filled = path.replace("{user_id}", "u").replace("{product_id}", str(uuid.uuid4())).replace("{order_id}", str(uuid.uuid4()))
        if path in ("/changes", "/query"):
            continue
        reply = client.request(method.upper(), filled)
        assert reply.status != 405 and (reply.status, reply.body) != (404, b'{"detail":"Not Found"}'), (method, path, reply)


def test_parameters_have_the_samples_names(api):
    parameters = {(method, path): {p["name"] for p in map(lambda p: resolve(api, p), operation.get("parameters", []))} for (method, path), operation in operations(api).items()}
    assert {"limit", "after", "q"} <= parameters["get", "/products"]
    assert {"limit", "after"} <= parameters["get", "/orders/{user_id}"]
    for operation in [("post", "/cart/{user_id}"), ("delete", "/cart/{user_id}"), ("post", "/cart/{user_id}/checkout"),
                      ("put", "/cart/{user_id}/items/{product_id}"), ("delete", "/cart/{user_id}/items/{product_id}")]:
        assert "idempotency-key" in {name.lower() for name in parameters[operation]}, operation


def test_answers_are_as_described(api, client):
    user, product_id = new_user(), client.new_product()
    client.put_in_cart(user, product_id, 2)
    cart = client.get(f"/cart/{user}").json
    order = client.expect(200, "POST", f"/cart/{user}/checkout").json
    for method, path, value in [("get", "/products", client.get("/products").json), ("get", "/products/{product_id}", client.get(f"/products/{product_id}").json),
                                ("get", "/cart/{user_id}", cart), ("post", "/cart/{user_id}/checkout", order),
                                ("get", "/orders/{user_id}", client.get(f"/orders/{user}").json),
                                ("get", "/orders/{user_id}/{order_id}", client.get(f"/orders/{user}/{order['order_id']}").json)]:
        schema = answer_schema(api, method, path)
        assert list(violations(api, schema, value)) == [], (method, path)
        # A real schema: it must not describe just anything.
        assert list(violations(api, schema, 7)) and (not isinstance(value, dict) or list(violations(api, schema, {}))), (method, path)
    refused = client.post("/products", {})
    assert list(violations(api, {"$ref": "#/components/schemas/HTTPValidationError"}, refused.json)) == []


# The pages

def places(page, base):
    """Every address that the page loads something from."""
    for attribute in re.finditer(r"""\b(?:src|href)\s*=\s*["']([^"']+)["']""", page):
        if not attribute.group(1).startswith(("#", "data:")):
            yield urllib.parse.urljoin(base, attribute.group(1))


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/", "/shop", "/dashboard", "/start"])
def test_the_pages_load_from_this_server_alone(server, client, path):
    page = client.get(path, accept="text/html")
    assert page.status == 200 and page.header("content-type").startswith("text/html")
    loaded = [place for place in places(page.text, server.url + path)]
    scripts = re.findall(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']([^"']+)["']""", page.text)
    for script in scripts:
        assert urllib.parse.urlsplit(urllib.parse.urljoin(server.url + path, script)).netloc in (server.netloc, ""), script
    for place in loaded:
        parts = urllib.parse.urlsplit(place)
        if parts.netloc == server.netloc:
            assert client.get(urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))).status == 200, place
    assert any(place.endswith(".js") for place in loaded)
    if path in ("/docs", "/redoc"):
        assert "/openapi.json" in page.text


def assets(client, server):
    found = set()
    for path in ("/docs", "/redoc"):
        page = client.get(path, accept="text/html").text
        found |= {urllib.parse.urlsplit(place).path for place in places(page, server.url + path) if urllib.parse.urlsplit(place).netloc == server.netloc}
    return sorted(path for path in found if path.endswith((".js", ".css")))


def test_assets_come_gzipped_to_those_who_ask(server, client):
    paths = assets(client, server)
    assert len(paths) >= 2
    for path in paths:
        plain = client.get(path, accept_encoding="identity")
        assert plain.status == 200 and plain.header("content-encoding") is None and plain.body
        zipped = client.get(path, accept_encoding="gzip, deflate, br")
        assert zipped.header("content-encoding") == "gzip", path
        assert gzip.decompress(zipped.body) == plain.body and len(zipped.body) < len(plain.body)
        assert "accept-encoding" in (zipped.header("vary") or "").lower() and "accept-encoding" in (plain.header("vary") or "").lower()
        assert client.get(path, accept_encoding="gzip;q=0").header("content-encoding") is None
        head = client.head(path, accept_encoding="gzip")
        assert (head.header("content-length"), head.header("content-encoding")) == (zipped.header("content-length"), "gzip")


def test_assets_have_etags(server, client):
    for path in assets(client, server):
        for coding in ("identity", "gzip"):
            etag = client.get(path, accept_encoding=coding).header("etag")
            reply = client.get(path, accept_encoding=coding, if_none_match=etag)
            assert etag and (reply.status, reply.body, reply.header("etag")) == (304, b"", etag), path
        assert re.match(r"(text|application)/(javascript|css)", client.get(path).header("content-type")), path
