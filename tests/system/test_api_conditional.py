"""ETag, If-None-Match and If-Match: reads that need not travel, writes that must not overwrite."""
import concurrent.futures
import re
import uuid

import pytest

from client import Client, new_user

STRONG = re.compile(r'"[\x21\x23-\x7e]+"')


@pytest.fixture
def product(client):
    product_id = client.new_product()
    return f"/products/{product_id}", client.get(f"/products/{product_id}").header("etag")


@pytest.fixture
def cart(client):
    """(user, product in the cart, ETag)"""
    user, product_id = new_user(), client.new_product()
    client.put_in_cart(user, product_id)
    return user, product_id, client.get(f"/cart/{user}").header("etag")


def test_products_and_carts_have_strong_etags(client, product, cart):
    assert STRONG.fullmatch(product[1]) and STRONG.fullmatch(cart[2])
    assert client.head(product[0]).header("etag") == product[1]
    assert client.get(product[0]).header("etag") == product[1]
    assert client.get(f"/cart/{cart[0]}").header("etag") == cart[2]


@pytest.mark.parametrize("value", ["{}", "W/{}", "*", '"x", {}', '{}, "x"', '"x",{},"y"', 'W/"x", W/{}', '"a,b", {}', ' {} ', ',{}', '"", {}'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_client_has_already_is_304(client, product, cart, method, value):
    for path, etag in (product, (f"/cart/{cart[0]}", cart[2])):
        reply = client.request(method, path, headers={"If-None-Match": value.replace("{}", etag)})
        assert (reply.status, reply.body) == (304, b""), reply
        assert reply.header("etag") == etag
        # The connection is still in step.
        assert client.get(path).status == 200


@pytest.mark.parametrize("value", ['"x"', 'W/"x"', '"x", "y"', '""'])
def test_what_the_client_does_not_have_comes_whole(client, product, cart, value):
    for path in (product[0], f"/cart/{cart[0]}"):
        assert client.get(path, if_none_match=value).status == 200


def test_a_change_changes_the_etag(client, product, cart):
    path, old = product
    client.expect(200, "PUT", path, {"id": str(uuid.uuid4()), "name": "Other", "price": 1, "img": "i"})
    assert client.get(path, if_none_match=old).status == 200
    assert client.get(path).header("etag") != old
    user, product_id, old = cart
    seen = {old}
    for quantity in range(2, 12):
        client.put_in_cart(user, product_id, quantity)
        reply = client.get(f"/cart/{user}", if_none_match=old)
        assert reply.status == 200
        old = reply.header("etag")
        seen.add(old)
    assert len(seen) == 11


def test_the_carts_of_one_user_never_share_an_etag(client, cart):
    user, product_id, etag = cart
    client.expect(200, "POST", f"/cart/{user}/checkout")
    client.put_in_cart(user, product_id)
    assert client.get(f"/cart/{user}").header("etag") != etag


def test_an_unknown_thing_is_404_whatever_the_client_has(client):
    for value in ("*", '"x"'):
        assert client.get(f"/products/{uuid.uuid4()}", if_none_match=value).status == 404
        assert client.get(f"/cart/{new_user()}", if_none_match=value).status == 404


def writes(user, product_id):
    return [("POST", f"/cart/{user}", {"product_id": product_id, "quantity": 7}), ("PUT", f"/cart/{user}/items/{product_id}", {"quantity": 7}),
            ("DELETE", f"/cart/{user}", {"product_id": product_id}), ("DELETE", f"/cart/{user}/items/{product_id}", None),
            ("POST", f"/cart/{user}/checkout", None)]


@pytest.mark.parametrize("which", range(5), ids=["post", "put item", "delete", "delete item", "checkout"])
@pytest.mark.parametrize("value", ["{}", "*", '"x", {}', '{},"y"'])
def test_a_write_to_the_version_read_is_done(client, cart, which, value):
    user, product_id, etag = cart
    method, path, body = writes(user, product_id)[which]
    client.expect(200, method, path, body, {"If-Match": value.replace("{}", etag)})
    assert client.cart(user) != {product_id: 1}


@pytest.mark.parametrize("which", range(5), ids=["post", "put item", "delete", "delete item", "checkout"])
@pytest.mark.parametrize("value", ['"x"', "W/{}", 'W/{}, "x"', '""'])
def test_a_write_to_another_version_is_412_and_changes_nothing(client, cart, which, value):
    user, product_id, etag = cart
    method, path, body = writes(user, product_id)[which]
    reply = client.request(method, path, body, {"If-Match": value.replace("{}", etag)})
    assert reply.status == 412 and reply.detail, reply
    assert client.cart(user) == {product_id: 1} and client.get(f"/cart/{user}").header("etag") == etag


@pytest.mark.parametrize("value", ["x", '"x', "W/x", '"x" "y"'])
def test_an_if_match_that_is_no_list_of_etags_never_matches(client, cart, value):
    user, product_id, _ = cart
    for method, path, body in writes(user, product_id):
        assert client.request(method, path, body, {"If-Match": value}).status in (400, 412, 422)
    assert client.cart(user) == {product_id: 1}


def test_an_old_version_stays_old(client, cart):
    user, product_id, etag = cart
    client.expect(200, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": 2}, {"If-Match": etag})
    client.expect(412, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": 3}, {"If-Match": etag})
    assert client.cart(user) == {product_id: 2}


@pytest.mark.parametrize("value", ["*", '"x"'])
def test_without_a_cart_nothing_matches(client, value):
    user, product_id = new_user(), client.new_product()
    client.expect(412, "POST", f"/cart/{user}", {"product_id": product_id}, {"If-Match": value})
    assert client.cart(user) is None


def test_an_if_match_after_checkout_does_not_open_a_new_cart(client, cart):
    user, product_id, etag = cart
    client.expect(200, "POST", f"/cart/{user}/checkout")
    client.expect(412, "POST", f"/cart/{user}", {"product_id": product_id}, {"If-Match": etag})
    assert client.cart(user) is None


def test_of_eight_writers_of_one_version_one_wins(server, client, cart):
    user, product_id, etag = cart

    def write(quantity):
        with Client(server) as own:
            reply = own.request("POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity}, {"If-Match": etag})
            return quantity, reply.status

    for _ in range(20):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            outcomes = dict(pool.map(write, range(2, 10)))
        winners = [quantity for quantity, status in outcomes.items() if status == 200]
        assert len(winners) == 1 and sorted(outcomes.values()) == [200] + [412] * 7, outcomes
        assert client.cart(user) == {product_id: winners[0]}
        etag = client.get(f"/cart/{user}").header("etag")


def test_an_etag_means_the_same_after_a_restart(start):
    server, user = start(), new_user()
    with Client(server) as client:
        product_id = client.new_product()
        client.put_in_cart(user, product_id)
        etags = [client.get(path).header("etag") for path in (f"/cart/{user}", f"/products/{product_id}")]
    server.kill()
    server.start()
    with Client(server) as client:
        assert client.get(f"/cart/{user}", if_none_match=etags[0]).status == 304
        assert client.get(f"/products/{product_id}", if_none_match=etags[1]).status == 304
        client.expect(200, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": 2}, {"If-Match": etags[0]})
