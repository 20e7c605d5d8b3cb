"""What counts as a price, a quantity, a product id, a user id and a body; and how a 422 names what does not."""
import decimal
import json
import random
import re
import urllib.parse
import uuid

import pytest

from client import Client, new_user

JSON = {"content-type": "application/json"}


def product(price="1", name='"Tea"', product_id=None, img='"i"'):
    """A product's JSON text with the given texts pasted in."""
    return f'{{"id":"{product_id or uuid.uuid4()}","name":{name},"price":{price},"img":{img}}}'


def upload(client, **texts):
    return client.request("POST", "/products", product(**texts), JSON)


# Prices

@pytest.mark.parametrize("sent, printed", [
    ("79.61", "79.61"), ('"79.61"', "79.61"), ("12.5", "12.5"), ('"12.50"', "12.5"), ("1000", "1000.0"), ("1000.0", "1000.0"), ("1000.00", "1000.0"),
    ("0", "0.0"), ('"0"', "0.0"), ("0.0", "0.0"), ("0.01", "0.01"), ("0.1", "0.1"), ("0.10", "0.1"), ("1e2", "100.0"), ("1E+2", "100.0"),
    ("1e-2", "0.01"), ("1234e-2", "12.34"), ("0.5e1", "5.0"), ('"1e2"', "100.0"), ("9999999999.99", "9999999999.99"),
    ('"9999999999.99"', "9999999999.99"), ("9999999999.98", "9999999999.98"), ("9999999999", "9999999999.0"), ("8589934592.01", "8589934592.01"),
    ("4.35", "4.35"), ("1.15", "1.15"), ("2.675e1", "26.75"), ("1000000", "1000000.0"), ("33333333.33", "33333333.33"),
])
def test_a_price_is_kept_exactly_and_printed_shortest(client, sent, printed):
    product_id = str(uuid.uuid4())
    assert upload(client, price=sent, product_id=product_id).status == 200
    got = client.get(f"/products/{product_id}").text
    assert re.search(r'"price": ?([^,}]+)', got).group(1) == printed


def test_every_cent_survives(client):
    random_cents = random.Random(20240229)
    for cents in [random_cents.randrange(10 ** random_cents.randrange(1, 13)) for _ in range(300)]:
        price, product_id = decimal.Decimal(cents) / 100, str(uuid.uuid4())
        text = format(price, "f")
        assert upload(client, price=random_cents.choice([text, f'"{text}"']), product_id=product_id).status == 200, text
        assert client.get(f"/products/{product_id}").json["price"] == price


@pytest.mark.parametrize("sent, kinds", [
    ("-1", {"greater_than_equal"}), ("-0.01", {"greater_than_equal"}), ('"-1"', {"greater_than_equal"}),
    ("10000000000", {"less_than_equal"}), ('"10000000000"', {"less_than_equal"}), ("1e11", {"less_than_equal"}), ("1e300", {"less_than_equal"}),
    ("1.234", {"decimal_max_places"}), ('"1.234"', {"decimal_max_places"}), ("0.001", {"decimal_max_places"}), ("1e-3", {"decimal_max_places"}),
    ("9999999999.989", {"decimal_max_places"}), ("1.005", {"decimal_max_places"}), ("1e-400", {"decimal_max_places"}),
    ("0.0000000000000000001", {"decimal_max_places"}),
    ('"NaN"', {"finite_number"}), ('"nan"', {"finite_number"}), ('"Infinity"', {"finite_number"}), ('"-inf"', {"finite_number"}),
    ("1e400", {"finite_number", "less_than_equal"}), ("-1e400", {"finite_number", "greater_than_equal"}),
    ('"1e400"', {"finite_number", "less_than_equal"}),
    ("NaN", {"json_invalid", "finite_number"}), ("Infinity", {"json_invalid", "finite_number"}), ("-Infinity", {"json_invalid", "finite_number"}),
    ('"abc"', {"float_parsing"}), ('""', {"float_parsing"}), ('"1,5"', {"float_parsing"}), ('"12.5 EUR"', {"float_parsing"}), ('"0x10"', {"float_parsing"}),
    ('"1.2.3"', {"float_parsing"}), ('"--1"', {"float_parsing"}), ('"1e"', {"float_parsing"}), ('"\\u0661"', {"float_parsing"}),
    ("null", {"float_type"}), ("true", {"float_type"}), ("false", {"float_type"}), ("[]", {"float_type"}), ("{}", {"float_type"}), ("[1]", {"float_type"}),
])
def test_what_is_no_price_is_named(client, sent, kinds):
    reply = upload(client, price=sent)
    assert reply.status == 422, reply
    (kind, loc), = reply.errors
    assert kind in kinds, reply
    assert loc == ["body", "price"] or (kind == "json_invalid" and loc[0] == "body"), reply


# Quantities

@pytest.mark.parametrize("sent, count", [
    ("1", 1), ("1000000", 1000000), ('"7"', 7), ("3.0", 3), ("1e2", 100), ("1.5e1", 15), ('"3.0"', 3), ("1e6", 1000000), ("20e-1", 2),
])
def test_a_quantity_is_a_number_whose_value_is_an_integer(client, sent, count):
    user, product_id = new_user(), client.new_product()
    client.expect(200, "POST", f"/cart/{user}", f'{{"product_id":"{product_id}","quantity":{sent}}}', JSON)
    assert client.cart(user) == {product_id: count}
    assert re.search(r'"product_quantity": ?(\d+)[,}]', client.get(f"/cart/{user}").text).group(1) == str(count)


@pytest.mark.parametrize("sent, kinds", [
    ("0", {"greater_than_equal"}), ("-1", {"greater_than_equal"}), ('"0"', {"greater_than_equal"}), ("-99999999999999999999", {"greater_than_equal"}),
    ("1000001", {"less_than_equal"}), ("2147483648", {"less_than_equal"}), ("4294967297", {"less_than_equal"}), ("18446744073709551617", {"less_than_equal"}),
    ("99999999999999999999999999", {"less_than_equal"}), ("1e7", {"less_than_equal"}), ('"99999999999999999999"', {"less_than_equal"}),
    ("1e400", {"less_than_equal", "finite_number", "int_parsing"}),
    ("3.5", {"int_from_float"}), ("1e-1", {"int_from_float"}), ("1.0000000001", {"int_from_float"}),
    ('"3.5"', {"int_parsing", "int_from_float"}), ('"x"', {"int_parsing"}), ('""', {"int_parsing"}), ('"1 2"', {"int_parsing"}), ('"0x1"', {"int_parsing"}),
    ("null", {"int_type"}), ("true", {"int_type"}), ("[]", {"int_type"}), ("{}", {"int_type"}), ("[1]", {"int_type"}),
])
@pytest.mark.parametrize("route", ["cart", "item"])
def test_what_is_no_quantity_is_named(client, route, sent, kinds):
    user, product_id = new_user(), client.new_product()
    if route == "cart":
        reply = client.request("POST", f"/cart/{user}", f'{{"product_id":"{product_id}","quantity":{sent}}}', JSON)
    else:
        reply = client.request("PUT", f"/cart/{user}/items/{product_id}", f'{{"quantity":{sent}}}', JSON)
    assert reply.status == 422, reply
    (kind, loc), = reply.errors
    assert kind in kinds and loc == ["body", "quantity"], reply
    assert client.cart(user) is None


# Product ids

HEX = "6b1b36cbd2bf4f3e8d6a0123456789ab"
WRITTEN = str(uuid.UUID(HEX))
FORMS = [WRITTEN, WRITTEN.upper(), HEX, HEX.upper(), f"{{{WRITTEN}}}", f"{{{HEX}}}", f"{{{WRITTEN.upper()}}}", f"urn:uuid:{WRITTEN}", f"urn:uuid:{HEX}",
         f"urn:uuid:{WRITTEN.upper()}", f"urn:uuid:{{{WRITTEN}}}", f"urn:{WRITTEN}", f"uuid:{WRITTEN}", f"{{{WRITTEN}", f"{WRITTEN}}}",
         f"{HEX[:4]}-{HEX[4:]}", "-".join(HEX), f"{HEX[:16]}--{HEX[16:]}"]
NO_FORMS = [HEX[:-1], HEX + "0", WRITTEN[:-1] + "g", WRITTEN + "-0", f"uuid {WRITTEN}", f" {WRITTEN}", f"{WRITTEN} ", f"({WRITTEN})", "not-a-uuid", "0",
            f"URN:UUID:{WRITTEN}", WRITTEN.replace("-", "_")]


def test_the_forms_are_those_that_python_takes():
    assert {uuid.UUID(form) for form in FORMS} == {uuid.UUID(HEX)}
    for form in NO_FORMS:
        with pytest.raises(ValueError):
            uuid.UUID(form)


@pytest.mark.parametrize("form", FORMS)
def test_a_product_id_may_be_written_in_every_form_of_pythons(client, form):
    user = new_user()
    client.expect(200, "POST", "/products", product(product_id=form, name=json.dumps(form)), JSON)
    path = urllib.parse.quote(form, safe="")
    assert client.get(f"/products/{path}").json == {"id": WRITTEN, "img": "i", "name": form, "price": 1}
    client.expect(200, "POST", f"/cart/{user}", {"product_id": form, "quantity": 2})
    assert client.cart(user) == {WRITTEN: 2}
    client.expect(200, "PUT", f"/cart/{user}/items/{path}", {"quantity": 3})
    assert client.cart(user) == {WRITTEN: 3}
    client.expect(200, "DELETE", f"/cart/{user}/items/{path}")
    assert client.cart(user) == {}


@pytest.mark.parametrize("form", NO_FORMS)
def test_what_is_no_product_id_is_named_wherever_it_stands(client, form):
    path = urllib.parse.quote(form, safe="")
    for reply, place in [(client.get(f"/products/{path}"), ["path", "product_id"]),
                         (client.delete(f"/products/{path}"), ["path", "product_id"]),
                         (client.post("/products", {"id": form, "name": "n", "price": 1, "img": "i"}), ["body", "id"]),
                         (client.post("/cart/u", {"product_id": form}), ["body", "product_id"]),
                         (client.delete("/cart/u", {"product_id": form}), ["body", "product_id"]),
                         (client.put(f"/cart/u/items/{path}", {"quantity": 1}), ["path", "product_id"]),
                         (client.delete(f"/cart/u/items/{path}"), ["path", "product_id"]),
                         (client.get(f"/orders/u/{path}"), ["path", "order_id"])]:
        assert (reply.status, reply.errors) == (422, [("uuid_parsing", place)])


# User ids

@pytest.mark.parametrize("encoded, user", [
    ("a", "a"), ("a" * 256, "a" * 256), ("%61" * 256, "a" * 256), ("%C3%A9" * 128, "é" * 128), ("%F0%9F%9B%92" * 64, "🛒" * 64),
    ("a%20b", "a b"), ("a+b", "a+b"), ("a%2Bb", "a+b"), ("a%25b", "a%b"), ("a%3Fb%23c", "a?b#c"), ("a~!$&'()*,;=:@b", "a~!$&'()*,;=:@b"),
    ("%22%5C%7B%7D", '"\\{}'), ("checkout", "checkout"), ("items", "items"), ("..a", "..a"), ("%e2%82%ac", "€"), ("null", "null"), ("0", "0"),
])
def test_a_user_id_is_any_text(client, encoded, user):
    product_id = client.new_product()
    client.expect(200, "POST", f"/cart/{encoded}", {"product_id": product_id})
    assert [line["user_id"] for line in client.get(f"/cart/{encoded}").json] == [user]
    order = client.expect(200, "POST", f"/cart/{encoded}/checkout").json
    assert order["user_id"] == user
    assert client.get(f"/orders/{encoded}").json[0]["user_id"] == user


@pytest.mark.parametrize("encoded", ["a" * 257, "%C3%A9" * 128 + "a", "%F0%9F%9B%92" * 65, "a" * 5000])
@pytest.mark.parametrize("method, path", [("GET", "/cart/{}"), ("POST", "/cart/{}/checkout"), ("GET", "/orders/{}")])
def test_a_user_id_beyond_256_bytes_is_too_long(client, encoded, method, path):
    reply = client.request(method, path.format(encoded))
    assert (reply.status, reply.errors) == (422, [("string_too_long", ["path", "user_id"])])


@pytest.mark.parametrize("encoded", ["%00", "a%00b", "%0A", "a%0D%0Ab", "%09", "%1F", "%7F",
                                     "%", "a%", "%4", "a%4", "%zz", "%4g", "%%41", "%u0041",
                                     "%FF", "a%C3", "%C3a", "%C0%80", "%E2%82", "%ED%A0%80", "%F4%90%80%80", "%F8%88%80%80%80", "%80"])
def test_control_characters_and_broken_encoding_are_no_user_id(client, encoded):
    for reply in (client.get(f"/cart/{encoded}"), client.post(f"/cart/{encoded}", {"product_id": str(uuid.uuid4())})):
        assert reply.status in (400, 422), reply


def test_users_that_resemble_each_other_are_different(client):
    product_id, root = client.new_product(), uuid.uuid4().hex
    users = [f"{root}a", f"{root}A", f"{root}a%20", f"{root}", f"{root}%C3%A9", f"{root}e%CC%81", f"{root}a.", f"{root}%61%61"]
    for quantity, user in enumerate(users, 1):
        client.put_in_cart(user, product_id, quantity)
    assert [client.cart(user)[product_id] for user in users] == list(range(1, len(users) + 1))
