"""Carts, the item routes and orders: what the shop does, one request after the other."""
import datetime
import decimal
import re
import urllib.parse
import uuid

import pytest

from client import Client, new_user, next_page


def check_out(client, user):
    return client.expect(200, "POST", f"/cart/{user}/checkout").json


def test_putting_an_item_sets_its_quantity_and_opens_a_cart(client):
    user, product_id = new_user(), client.new_product()
    path = f"/cart/{user}/items/{product_id}"
    assert client.expect(200, "PUT", path, {"quantity": 2}).json == {}
    assert client.cart(user) == {product_id: 2}
    client.expect(200, "PUT", path, {"quantity": 5})
    assert client.cart(user) == {product_id: 5}
    client.put_in_cart(user, product_id, 7)
    assert client.cart(user) == {product_id: 7}


def test_putting_an_unknown_item_is_404_and_opens_no_cart(client):
    user = new_user()
    reply = client.put(f"/cart/{user}/items/{uuid.uuid4()}", {"quantity": 1})
    assert (reply.status, reply.detail) == (404, "Product not found")
    assert client.cart(user) is None


def test_deleting_an_item_needs_a_cart_but_not_the_item(client):
    user, kept, gone = new_user(), client.new_product(), client.new_product()
    reply = client.delete(f"/cart/{user}/items/{gone}")
    assert (reply.status, reply.detail) == (404, "No items found in cart")
    client.put_in_cart(user, kept)
    assert client.expect(200, "DELETE", f"/cart/{user}/items/{gone}").json == {}
    client.put_in_cart(user, gone)
    client.expect(200, "DELETE", f"/cart/{user}/items/{gone}")
    assert client.cart(user) == {kept: 1}
    client.expect(200, "DELETE", f"/cart/{user}/items/{kept}")
    assert client.cart(user) == {}


def test_an_item_whose_product_is_gone_may_still_be_removed(client):
    user, kept, gone = new_user(), client.new_product("Kept"), client.new_product("Gone")
    client.put_in_cart(user, kept)
    client.put_in_cart(user, gone)
    client.expect(200, "DELETE", f"/products/{gone}")
    reply = client.post(f"/cart/{user}/checkout")
    assert reply.status == 409 and gone in reply.detail, reply
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": gone})
    assert [item["product_id"] for item in check_out(client, user)["items"]] == [kept]


def test_an_emptied_cart_is_the_same_cart_when_filled_again(client):
    user, product_id = new_user(), client.new_product()
    client.put_in_cart(user, product_id)
    cart_id = client.get(f"/cart/{user}").json[0]["cart_id"]
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": product_id})
    assert client.post(f"/cart/{user}/checkout").detail == "Cart is empty"
    client.put_in_cart(user, product_id)
    assert client.get(f"/cart/{user}").json[0]["cart_id"] == cart_id
    assert check_out(client, user)["order_id"] == cart_id


def test_an_order_is_whole_and_exact(client):
    user = new_user()
    tea, cake = client.new_product("Tea", "0.10"), client.new_product("Käse ☕", "79.61")
    client.put_in_cart(user, tea, 3)
    client.put_in_cart(user, cake, 1000)
    cart_id = client.get(f"/cart/{user}").json[0]["cart_id"]
    order = check_out(client, user)
    assert set(order) == {"order_id", "user_id", "placed_at", "currency", "items", "total"}
    assert (order["order_id"], order["user_id"]) == (cart_id, user)
    assert isinstance(order["currency"], str) and order["currency"]
    assert order["total"] == decimal.Decimal("79610.30")
    assert sorted(order["items"], key=lambda item: item["quantity"]) == [
        {"product_id": tea, "name": "Tea", "unit_price": decimal.Decimal("0.1"), "quantity": 3, "total": decimal.Decimal("0.3")},
        {"product_id": cake, "name": "Käse ☕", "unit_price": decimal.Decimal("79.61"), "quantity": 1000, "total": decimal.Decimal("79610.0")}]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", order["placed_at"])
    placed = datetime.datetime.fromisoformat(order["placed_at"].replace("Z", "+00:00"))
    assert abs((datetime.datetime.now(datetime.timezone.utc) - placed).total_seconds()) < 60
    assert client.get(f"/orders/{user}/{cart_id}").json == order
    assert client.get(f"/orders/{user}").json == [order]


def test_an_order_keeps_its_prices_and_names(client):
    user, product_id = new_user(), client.new_product("Old name", "10.00")
    client.put_in_cart(user, product_id, 2)
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Name at checkout", "price": 11, "img": "i"})
    order = check_out(client, user)
    assert order["total"] == 22 and order["items"][0]["name"] == "Name at checkout"
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Later", "price": 99, "img": "i"})
    client.expect(200, "DELETE", f"/products/{product_id}")
    assert client.get(f"/orders/{user}/{order['order_id']}").json == order


def test_a_checkout_for_another_total_than_was_shown_buys_nothing(client):
    user, product_id = new_user(), client.new_product(price="10")
    client.put_in_cart(user, product_id, 2)
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Dearer", "price": 10.5, "img": "i"})
    reply = client.post(f"/cart/{user}/checkout?total=20")
    assert (reply.status, reply.detail) == (409, "The total is 21.0 now, not 20.0: a price or the cart has changed")
    assert client.cart(user) == {product_id: 2} and client.get(f"/orders/{user}").json == []
    assert client.expect(200, "POST", f"/cart/{user}/checkout?total=21.00").json["total"] == 21


@pytest.mark.parametrize("total", ["", "x", "-1", "1.001", "nan", "1e99"])
def test_a_total_that_is_no_sum_is_422_and_buys_nothing(client, total):
    user, product_id = new_user(), client.new_product()
    client.put_in_cart(user, product_id)
    reply = client.post(f"/cart/{user}/checkout?total={total}")
    assert reply.status == 422 and reply.errors[0][1] == ["query", "total"], reply
    assert client.cart(user) == {product_id: 1}


def test_the_dearest_line_is_exact(client):
    user, product_id = new_user(), client.new_product(price="9999999999.99")
    client.put_in_cart(user, product_id, 1_000_000)
    order = check_out(client, user)
    assert order["total"] == order["items"][0]["total"] == decimal.Decimal("9999999999990000")
    text = client.get(f"/orders/{user}/{order['order_id']}").text
    assert re.findall(r'"total": ?([0-9.]+)', text) == ["9999999999990000.0"] * 2


def test_a_total_of_many_digits_is_exact(client):
    user, product_id = new_user(), client.new_product(price="9999999999.99")
    client.put_in_cart(user, product_id, 999_999)
    assert check_out(client, user)["total"] == decimal.Decimal("9999999999.99") * 999_999


def test_a_total_that_no_money_holds_is_refused_and_the_cart_stays(client):
    user = new_user()
    products = [client.new_product(price="9999999999.99") for _ in range(12)]
    for product_id in products:
        client.put_in_cart(user, product_id, 1_000_000)
    reply = client.post(f"/cart/{user}/checkout")
    assert reply.status in (409, 422) or (reply.status == 200 and reply.json["total"] == 12 * decimal.Decimal("9999999999990000")), reply
    if reply.status != 200:
        assert client.cart(user) == dict.fromkeys(products, 1_000_000)


def test_a_cart_of_many_lines_is_served_or_limited(client):
    user, products = new_user(), [client.new_product(price="1.01") for _ in range(300)]
    taken = []
    for product_id in products:
        reply = client.post(f"/cart/{user}", {"product_id": product_id, "quantity": 1})
        if reply.status == 200:
            taken.append(product_id)
        else:
            # "Every input has a limit": a cart may have one, but not below a hundred lines.
            assert len(taken) >= 100 and reply.status in (409, 422), reply
    assert client.cart(user) == dict.fromkeys(taken, 1)
    assert check_out(client, user)["total"] == len(taken) * decimal.Decimal("1.01")


# Orders

@pytest.fixture(scope="module")
def buyer(server):
    """A user with 23 orders: (user, order ids in the order they were placed)."""
    user = new_user()
    with Client(server) as client:
        product_id, placed = client.new_product(), []
        for _ in range(23):
            client.put_in_cart(user, product_id)
            placed.append(check_out(client, user)["order_id"])
    return user, placed


@pytest.mark.parametrize("limit", [1, 5, 22, 23, 24, 1000])
def test_orders_come_newest_first_in_pages(client, buyer, limit):
    user, placed = buyer
    met, path = [], f"/orders/{user}?limit={limit}"
    while path:
        reply = client.expect(200, "GET", path)
        assert len(reply.json) <= limit
        met += [order["order_id"] for order in reply.json]
        path = next_page(reply)
    assert met == placed[::-1]


def test_a_new_order_does_not_shift_the_pages(client, server):
    user, product_id, placed = new_user(), client.new_product(), []

    def buy():
        client.put_in_cart(user, product_id)
        placed.append(check_out(client, user)["order_id"])

    for _ in range(6):
        buy()
    first = client.get(f"/orders/{user}?limit=3")
    before = list(placed)
    buy()
    second = client.get(next_page(first))
    assert [o["order_id"] for o in first.json + second.json] == before[::-1]


def test_orders_are_ten_unless_told(client, buyer):
    user, placed = buyer
    reply = client.get(f"/orders/{user}")
    assert [order["order_id"] for order in reply.json] == placed[::-1][:10] and next_page(reply)


def test_a_user_without_orders_has_an_empty_list(client):
    reply = client.expect(200, "GET", f"/orders/{new_user()}")
    assert reply.json == [] and reply.header("link") is None


@pytest.mark.parametrize("limit, kind", [("0", "greater_than_equal"), ("1001", "less_than_equal"), ("x", "int_parsing")])
def test_a_bad_limit_of_orders_is_named(client, buyer, limit, kind):
    reply = client.get(f"/orders/{buyer[0]}?limit={limit}")
    assert (reply.status, reply.errors) == (422, [(kind, ["query", "limit"])])


@pytest.mark.parametrize("after", ["garbage", "%FF", "a" * 1000])
def test_a_cursor_of_ones_own_making_is_no_server_error(client, buyer, after):
    assert client.get(f"/orders/{buyer[0]}?after={after}").status in (200, 400, 422)


def test_an_order_is_found_only_by_its_own_user(client, buyer):
    user, placed = buyer
    assert client.get(f"/orders/{user}/{placed[3]}").json["order_id"] == placed[3]
    assert client.get(f"/orders/{user}/{placed[3].upper()}").status == 200
    for reply in (client.get(f"/orders/{new_user()}/{placed[3]}"), client.get(f"/orders/{user}/{uuid.uuid4()}"),
                  client.get(f"/orders/{user[:-1]}/{placed[3]}")):
        assert reply.status == 404 and "order" in reply.detail.lower(), reply


def test_an_open_cart_is_no_order(client):
    user = new_user()
    client.put_in_cart(user, client.new_product())
    cart_id = client.get(f"/cart/{user}").json[0]["cart_id"]
    assert client.get(f"/orders/{user}/{cart_id}").status == 404
    assert client.get(f"/orders/{user}").json == []


def test_orders_of_users_whose_ids_begin_alike_are_kept_apart(client):
    product_id, root = client.new_product(), uuid.uuid4().hex
    users = [root, root + "a", root + "%20", root + "%EF%BF%BD", root + "~"]
    placed = {}
    for user in users:
        client.put_in_cart(user, product_id)
        placed[user] = check_out(client, user)["order_id"]
    for user in users:
        assert [order["order_id"] for order in client.get(f"/orders/{user}").json] == [placed[user]]


def test_orders_survive_a_kill_in_their_order(start):
    server, user, placed = start(), new_user(), []
    for _ in range(3):
        with Client(server) as client:
            product_id = client.new_product()
            for _ in range(3):
                client.put_in_cart(user, product_id, len(placed) + 1)
                placed.append(check_out(client, user))
            client.put_in_cart(user, product_id, 9)
        server.kill()
        server.start()
        with Client(server) as client:
            assert client.get(f"/orders/{user}").json == placed[::-1]
            assert client.cart(user) == {product_id: 9}
            client.expect(200, "DELETE", f"/cart/{user}", {"product_id": product_id})


def test_link_keeps_the_user_as_it_was_encoded(client):
    user, product_id = "a%20b%3F%26%25" + uuid.uuid4().hex, client.new_product()
    for _ in range(3):
        client.put_in_cart(user, product_id)
        check_out(client, user)
    first = client.get(f"/orders/{user}?limit=2")
    assert urllib.parse.unquote(urllib.parse.urlsplit(next_page(first)).path) == urllib.parse.unquote(f"/orders/{user}")
    assert len(client.get(next_page(first)).json) == 1
