"""Bodies: what is JSON, what is not, and errors that name every wrong field in one answer, in the order path, query, body."""
import json
import uuid

import pytest

from client import new_user

JSON = {"content-type": "application/json"}


def product(**changes):
    return {"id": str(uuid.uuid4()), "name": "Tea", "price": 1, "img": "i"} | changes


@pytest.mark.parametrize("body", [b'{"name":"\xff"}', b'\xff', b'{"id":"\xc3\x28"}', b'{"name":"\xed\xa0\x80"}', b'{"name":"\xc0\x80"}', b'{"a":1}\xfe',
                                  b'{"name":"\xf5\x80\x80\x80"}', b'{"name":"\xe2\x82'])
def test_a_body_that_is_not_utf_8_is_400(client, body):
    reply = client.request("POST", "/products", body, JSON)
    assert (reply.status, reply.json) == (400, {"detail": "There was an error parsing the body"})


@pytest.mark.parametrize("body", ["{", "}", '{"id":', '{"id" 1}', "{'id': 1}", '{"id": 1,}', "[1,]", "{} x", '{"a":1}{"b":2}', "nul", "tru", "01", "+1", "1.", ".5",
                                  '"abc', '"\\x"', '"\\u12"', '"a\nb"', '{"a":"\t"}', "\u00a0{}", "// {}", "{/**/}", "1e", "--1", '{1:2}'])
def test_what_is_no_json_says_where(client, body):
    reply = client.request("POST", "/products", body, JSON)
    assert reply.status == 422, reply
    (kind, loc), = reply.errors
    assert kind == "json_invalid" and loc[0] == "body" and isinstance(loc[1], int) and 0 <= loc[1] <= len(body.encode()), reply


@pytest.mark.parametrize("body", ["[]", "1", "1.5", '"text"', "true", "[[]]", '[{"id":1}]', '""', "0", "false"])
def test_json_that_is_no_object_is_no_product(client, body):
    reply = client.request("POST", "/products", body, JSON)
    assert (reply.status, reply.errors) == (422, [("model_attributes_type", ["body"])])


def test_null_is_no_body(client):
    reply = client.request("POST", "/products", "null", JSON)
    assert (reply.status, reply.errors) in [(422, [("missing", ["body"])]), (422, [("model_attributes_type", ["body"])])]


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON", "application/json;charset=utf-8", "application/json ; charset=UTF-8",
                                  "application/problem+json", "application/vnd.shop.v1+json; q=1", "Application/Vnd.Api+Json", None])
def test_a_body_of_these_types_or_of_none_is_json(client, kind):
    body = product()
    client.expect(200, "POST", "/products", json.dumps(body), {"content-type": kind} if kind else {})
    assert client.get(f"/products/{body['id']}").status == 200


@pytest.mark.parametrize("kind", ["text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "application/jsonp", "application/octet-stream", "application/json-patch", "json"])
def test_a_body_of_another_type_is_not_read_as_json(client, kind):
    reply = client.request("POST", "/products", json.dumps(product()), {"content-type": kind})
    assert (reply.status, reply.errors) == (422, [("model_attributes_type", ["body"])])


def test_unknown_members_are_ignored_however_deep(client):
    body = product(extra={"a": [1, {"b": None}], "": 0}, __proto__={"id": 1})
    client.expect(200, "POST", "/products", body)
    assert set(client.get(f"/products/{body['id']}").json) == {"id", "name", "price", "img"}


def test_of_a_repeated_member_the_last_counts(client):
    body = product()
    text = json.dumps(body)[:-1] + ', "name": "Last", "price": 2}'
    client.expect(200, "POST", "/products", text, JSON)
    got = client.get(f"/products/{body['id']}").json
    assert (got["name"], got["price"]) == ("Last", 2)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"id":[', '[{"a":'])
@pytest.mark.parametrize("depth", [100, 10_000, 100_000])
def test_deep_nesting_is_refused_not_followed(client, opening, depth):
    reply = client.request("POST", "/products", opening * depth, JSON)
    assert reply.status == 422, reply
    assert client.get("/health/live").status == 200


def test_deep_nesting_that_is_complete_is_answered(client):
    for depth in (20, 500, 100_000):
        body = json.dumps(product())[:-1] + ', "extra": ' + "[" * depth + "]" * depth + "}"
        reply = client.request("POST", "/products", body, JSON)
        assert reply.status in ((200,) if depth == 20 else (200, 422)), reply


@pytest.mark.parametrize("name", ["\\ud800", "\\udc00\\ud800", "a\\ud83dz", "\\u0000", "a\\u0000b", "\\u001f", "\\uffff", "\\ud83d\\ude00", "\\/", "\\b\\f\\n\\r\\t"])
def test_odd_characters_in_a_name_come_back_or_are_refused(client, name):
    product_id = str(uuid.uuid4())
    text = f'{{"id":"{product_id}","name":"{name}","price":1,"img":"i"}}'
    reply = client.request("POST", "/products", text, JSON)
    assert reply.status in (200, 400, 422), reply
    if reply.status == 200:
        assert client.get(f"/products/{product_id}").json["name"] == json.loads(f'"{name}"')
    else:
        # Only what is no Unicode text, or holds NUL, may be refused.
        assert "\\ud8" in name or "\\udc" in name or "\\u0000" in name or "\\uffff" in name


def test_long_texts_come_back_whole_or_are_named(client):
    for size in (200, 1000, 10_000, 100_000):
        body = product(name="é" * size)
        reply = client.post("/products", body)
        if reply.status == 200:
            assert client.get(f"/products/{body['id']}").json["name"] == body["name"]
        else:
            assert size > 200 and (reply.status, reply.errors) == (422, [("string_too_long", ["body", "name"])]), reply


def test_every_wrong_field_is_named_path_first(client):
    reply = client.put("/products/notauuid", {"name": 1, "price": "x"})
    assert reply.status == 422
    assert reply.errors[0] == ("uuid_parsing", ["path", "product_id"])
    assert sorted(reply.errors[1:]) == [("float_parsing", ["body", "price"]), ("missing", ["body", "id"]), ("missing", ["body", "img"]),
                                        ("string_type", ["body", "name"])]


def test_both_path_parameters_are_named(client):
    reply = client.put(f"/cart/{'a' * 257}/items/x", {"quantity": 0})
    assert reply.status == 422
    assert reply.errors == [("string_too_long", ["path", "user_id"]), ("uuid_parsing", ["path", "product_id"]),
                            ("greater_than_equal", ["body", "quantity"])]


def test_an_error_shows_the_input_it_is_about(client):
    errors = {tuple(error["loc"]): error for error in client.post("/products", {"id": "zz", "price": "abc", "img": 5}).detail}
    assert errors["body", "id"]["input"] == "zz"
    assert errors["body", "price"]["input"] == "abc"
    assert errors["body", "img"]["input"] == 5
    assert errors["body", "name"]["input"] == {"id": "zz", "price": "abc", "img": 5}
    assert client.get("/products?limit=abc").detail[0]["input"] == "abc"
    assert client.get("/products/notauuid").detail[0]["input"] == "notauuid"


@pytest.mark.parametrize("method, path", [("POST", "/products"), ("PUT", f"/products/{uuid.uuid4()}"), ("POST", "/cart/u"), ("DELETE", "/cart/u"),
                                          ("PUT", f"/cart/u/items/{uuid.uuid4()}")])
def test_a_missing_body_is_named(client, method, path):
    reply = client.request(method, path)
    assert (reply.status, reply.errors) == (422, [("missing", ["body"])])


@pytest.mark.parametrize("body", ["", "garbage", "[]", '{"a": 1}', b"\xff\xfe"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_checkout_ignores_any_body(client, body, kind):
    user = new_user()
    client.put_in_cart(user, client.new_product())
    client.expect(200, "POST", f"/cart/{user}/checkout", body, {"content-type": kind} if kind else {})


def test_a_refused_request_changes_nothing(client):
    user, kept = new_user(), client.new_product()
    client.put_in_cart(user, kept, 5)
    for body in ({"product_id": kept, "quantity": 0}, {"product_id": kept, "quantity": "x"}, {"quantity": 3}, {}, {"product_id": "x"}):
        client.expect(422, "POST", f"/cart/{user}", body)
    assert client.cart(user) == {kept: 5}
    client.expect(422, "POST", "/products", {"id": kept, "name": "Changed", "price": -1, "img": "i"})
    assert client.get(f"/products/{kept}").json["name"] == "Tea"
