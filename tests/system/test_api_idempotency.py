"""Idempotency-Key: a request sent twice has one effect and one answer."""
import json
import uuid

import pytest

from client import Client, new_user


def key():
    return f"key-{uuid.uuid4()}"


def send(client, idempotency_key, method, path, body=None, **headers):
    return client.request(method, path, body, {"Idempotency-Key": idempotency_key} | headers)


def replayed(reply):
    value = reply.header("idempotent-replayed")
    assert value in (None, "true"), value
    return value == "true"


def same(first, again):
    """The answer of the first time, and marked as such."""
    return not replayed(first) and replayed(again) and (first.status, first.body) == (again.status, again.body)


@pytest.fixture
def shopper(any_store):
    """(client, user with a cart, the product in it)"""
    with Client(any_store) as client:
        user, product_id = new_user(), client.new_product()
        client.put_in_cart(user, product_id, 1)
        yield client, user, product_id


def test_a_put_is_done_once(shopper):
    client, user, product_id = shopper
    again, body = key(), {"product_id": product_id, "quantity": 4}
    first = send(client, again, "POST", f"/cart/{user}", body)
    client.put_in_cart(user, product_id, 9)
    assert same(first, send(client, again, "POST", f"/cart/{user}", body))
    assert client.cart(user) == {product_id: 9}


def test_a_checkout_is_done_once(shopper):
    client, user, product_id = shopper
    again = key()
    first = send(client, again, "POST", f"/cart/{user}/checkout")
    assert first.status == 200
    client.put_in_cart(user, product_id, 2)
    assert same(first, send(client, again, "POST", f"/cart/{user}/checkout"))
    assert client.cart(user) == {product_id: 2} and len(client.get(f"/orders/{user}").json) == 1


def test_every_write_to_a_cart_takes_a_key(shopper):
    client, user, product_id = shopper
    item = f"/cart/{user}/items/{product_id}"
    for method, path, body in [("POST", f"/cart/{user}", {"product_id": product_id, "quantity": 3}), ("PUT", item, {"quantity": 4}), ("DELETE", item, None),
                               ("DELETE", f"/cart/{user}", {"product_id": product_id}), ("PUT", item, {"quantity": 5}),
                               ("POST", f"/cart/{user}/checkout", None)]:
        again = key()
        first = send(client, again, method, path, body)
        assert first.status == 200 and same(first, send(client, again, method, path, body)), (method, path)


def test_another_request_with_the_same_key_is_422_and_changes_nothing(shopper):
    client, user, product_id = shopper
    other, again = client.new_product(), key()
    body = {"product_id": product_id, "quantity": 4}
    assert send(client, again, "POST", f"/cart/{user}", body).status == 200
    item = f"/cart/{user}/items/{product_id}"
    for method, path, changed in [("POST", f"/cart/{user}", body | {"quantity": 5}), ("POST", f"/cart/{user}", body | {"product_id": other}),
                                  ("DELETE", f"/cart/{user}", {"product_id": product_id}), ("POST", f"/cart/{user}/checkout", None),
                                  ("PUT", item, {"quantity": 4}), ("DELETE", item, None)]:
        reply = send(client, again, method, path, changed)
        assert reply.status == 422 and not replayed(reply), (method, path, reply)
    assert client.cart(user) == {product_id: 4}
    assert replayed(send(client, again, "POST", f"/cart/{user}", body))


def test_keys_belong_to_their_user(shopper):
    client, user, product_id = shopper
    again, other = key(), new_user()
    for who, quantity in [(user, 3), (other, 7)]:
        assert not replayed(send(client, again, "POST", f"/cart/{who}", {"product_id": product_id, "quantity": quantity}))
    assert (client.cart(user), client.cart(other)) == ({product_id: 3}, {product_id: 7})


def test_a_404_is_kept(any_store):
    with Client(any_store) as client:
        user, product_id, again = new_user(), client.new_product(), key()
        first = send(client, again, "POST", f"/cart/{user}/checkout")
        assert (first.status, first.detail) == (404, "User does not have an active cart")
        client.put_in_cart(user, product_id)
        assert same(first, send(client, again, "POST", f"/cart/{user}/checkout"))
        assert client.cart(user) == {product_id: 1}


def test_the_404_of_an_unknown_product_is_kept(any_store):
    with Client(any_store) as client:
        user, product_id, again = new_user(), str(uuid.uuid4()), key()
        body = {"product_id": product_id, "quantity": 1}
        first = send(client, again, "POST", f"/cart/{user}", body)
        assert (first.status, first.detail) == (404, "Product not found")
        client.expect(200, "POST", "/products", {"id": product_id, "name": "n", "price": 1, "img": "i"})
        assert same(first, send(client, again, "POST", f"/cart/{user}", body))
        assert client.cart(user) is None


def test_a_409_is_kept(shopper):
    client, user, product_id = shopper
    again = key()
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": product_id})
    first = send(client, again, "POST", f"/cart/{user}/checkout")
    assert (first.status, first.detail) == (409, "Cart is empty")
    client.put_in_cart(user, product_id)
    assert same(first, send(client, again, "POST", f"/cart/{user}/checkout"))
    assert client.cart(user) == {product_id: 1}


@pytest.mark.parametrize("refused", ["422", "json", "utf-8", "412", "413"])
def test_what_the_shop_never_saw_is_not_kept(shopper, refused):
    client, user, product_id = shopper
    again, kind = key(), {"content-type": "application/json"}
    good = json.dumps({"product_id": product_id, "quantity": 6})
    body, headers, status = {"422": (good.replace("6", "0"), {}, 422), "json": ("{", {}, 422), "utf-8": (b'{"\xff":1}', {}, 400),
                             "412": (good, {"If-Match": '"no such version"'}, 412), "413": (b" " * 2_000_000, {}, 413)}[refused]
    try:
        reply = send(client, again, "POST", f"/cart/{user}", body, **kind, **headers)
        assert reply.status == status, reply
    except (BrokenPipeError, ConnectionResetError):
        # The server may refuse a body too large and close while it is still being sent.
        assert refused == "413"
    first = send(client, again, "POST", f"/cart/{user}", good, **kind)
    assert first.status == 200 and not replayed(first)
    assert client.cart(user) == {product_id: 6}


@pytest.mark.parametrize("value", ["", "a" * 256, "a b", "a\tb", "caf\u00e9", "a" * 5000])
def test_a_key_that_is_none_is_named(shopper, value):
    client, user, product_id = shopper
    for method, path, body in [("POST", f"/cart/{user}", {"product_id": product_id, "quantity": 3}), ("POST", f"/cart/{user}/checkout", None),
                               ("DELETE", f"/cart/{user}/items/{product_id}", None)]:
        reply = send(client, value, method, path, body)
        assert reply.status == 422, reply
        assert [loc for _, loc in reply.errors] == [["header", "idempotency-key"]], reply
    assert client.cart(user) == {product_id: 1}


@pytest.mark.parametrize("value", ["a", "a" * 255, "!~\"#{}", '"quoted-key"', "0"])
def test_a_key_is_1_to_255_visible_characters(shopper, value):
    client, user, product_id = shopper
    body = {"product_id": product_id, "quantity": 3}
    first = send(client, value, "POST", f"/cart/{user}", body)
    assert first.status == 200 and same(first, send(client, value, "POST", f"/cart/{user}", body))


def test_keys_are_told_apart_by_case_and_length(shopper):
    client, user, product_id = shopper
    root = uuid.uuid4().hex
    for quantity, value in enumerate([root, root.upper() + "X", root + "x", root + "X", root[:-1]], 1):
        assert not replayed(send(client, value, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity}))
        assert client.cart(user) == {product_id: quantity}


def test_a_bad_key_is_named_with_the_other_errors(shopper):
    client, user, _ = shopper
    reply = send(client, "a b", "POST", f"/cart/{user}", {"quantity": 0})
    assert reply.status == 422
    assert sorted(loc for _, loc in reply.errors) == [["body", "product_id"], ["body", "quantity"], ["header", "idempotency-key"]]


def test_a_retry_of_what_succeeded_is_replayed_though_its_if_match_is_old(shopper):
    client, user, product_id = shopper
    again, version = key(), client.get(f"/cart/{user}").header("etag")
    body = {"product_id": product_id, "quantity": 8}
    first = send(client, again, "POST", f"/cart/{user}", body, **{"If-Match": version})
    assert first.status == 200
    assert same(first, send(client, again, "POST", f"/cart/{user}", body, **{"If-Match": version}))


def test_many_keys_are_kept_at_once(shopper):
    client, user, product_id = shopper
    keys = [key() for _ in range(200)]
    for quantity, value in enumerate(keys, 1):
        send(client, value, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity})
    for quantity, value in enumerate(keys, 1):
        assert replayed(send(client, value, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity}))
    assert client.cart(user) == {product_id: 200}


@pytest.mark.parametrize("way", ["kill", "stop"])
def test_kept_answers_survive_the_server(start, way):
    server, sent = start(), []
    with Client(server) as client:
        user, product_id = new_user(), client.new_product()
        for method, path, body in [("POST", f"/cart/{new_user()}/checkout", None), ("POST", f"/cart/{user}", {"product_id": product_id, "quantity": 2}),
                                   ("POST", f"/cart/{user}/checkout", None)]:
            again = key()
            sent.append((again, method, path, body, send(client, again, method, path, body)))
    assert [first.status for *_, first in sent] == [404, 200, 200]
    getattr(server, way)()
    server.start()
    with Client(server) as client:
        for *request, first in sent:
            assert same(first, send(client, *request)), request
        assert client.cart(user) is None and len(client.get(f"/orders/{user}").json) == 1


def test_another_total_with_the_same_key_is_another_request(client):
    user, product_id = new_user(), client.new_product(price="10")
    client.put_in_cart(user, product_id)
    key = str(uuid.uuid4())
    assert client.request("POST", f"/cart/{user}/checkout?total=9", headers={"Idempotency-Key": key}).status == 409
    assert client.request("POST", f"/cart/{user}/checkout?total=10", headers={"Idempotency-Key": key}).status == 422
    again = client.request("POST", f"/cart/{user}/checkout?total=9", headers={"Idempotency-Key": key})
    assert again.status == 409 and again.header("idempotent-replayed") == "true"
    assert client.cart(user) == {product_id: 1}
