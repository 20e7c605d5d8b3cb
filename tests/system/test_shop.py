"""Concurrent shoppers: nothing lost, nothing twice, and an answer in time whatever the load."""
import concurrent.futures
import contextlib
import threading
import uuid

import pytest

from client import Client, new_user
from server import DEADLINE_SECONDS, TESTED_STORE, wait_until
from wire import Closed, Wire, request

USERS = 50


class Crowd:
    """Threads with a connection each, which do their part of a round at the same moment."""

    def __init__(self, server, size):
        self._clients = [Client(server) for _ in range(size)]
        self._barrier = threading.Barrier(size, timeout=DEADLINE_SECONDS)
        self._pool = concurrent.futures.ThreadPoolExecutor(size)

    def __enter__(self):
        # Connected beforehand, so that a round's requests really leave together.
        self.at_once([lambda client: client.get("/health/live")] * len(self._clients))
        return self

    def __exit__(self, *_):
        self._pool.shutdown()
        for client in self._clients:
            client.close()

    def at_once(self, actions):
        assert len(actions) == len(self._clients)

        def act(client, action):
            self._barrier.wait()
            return action(client)

        return [future.result() for future in [self._pool.submit(act, *pair) for pair in zip(self._clients, actions)]]


@pytest.fixture
def shop(any_store):
    with Client(any_store) as client:
        yield client


def put(user, product_id, quantity=1):
    return lambda client: client.post(f"/cart/{user}", {"product_id": product_id, "quantity": quantity})


def check_out(user, **headers):
    return lambda client: client.request("POST", f"/cart/{user}/checkout", headers=headers)


def quantities(order):
    return {item["product_id"]: item["quantity"] for item in order["items"]}


def test_eight_products_put_into_a_new_cart_at_once_are_all_in_it(any_store, shop):
    products = [shop.new_product(f"Tea {n}") for n in range(8)]
    with Crowd(any_store, 8) as crowd:
        for _ in range(USERS):
            user = new_user()
            replies = crowd.at_once([put(user, product_id, n) for n, product_id in enumerate(products, 1)])
            assert [reply.status for reply in replies] == [200] * 8
            assert shop.cart(user) == {product_id: n for n, product_id in enumerate(products, 1)}


def test_eight_quantities_of_one_product_leave_one_of_them(any_store, shop):
    product_id = shop.new_product()
    with Crowd(any_store, 8) as crowd:
        for _ in range(USERS):
            user = new_user()
            assert [r.status for r in crowd.at_once([put(user, product_id, n) for n in range(1, 9)])] == [200] * 8
            assert list(shop.cart(user)) == [product_id] and 1 <= shop.cart(user)[product_id] <= 8


def test_a_put_that_races_a_checkout_is_in_the_order_or_in_the_next_cart(any_store, shop):
    first, late = shop.new_product("First"), [shop.new_product(f"Late {n}") for n in range(7)]
    with Crowd(any_store, 8) as crowd:
        for _ in range(USERS):
            user = new_user()
            shop.put_in_cart(user, first)
            checked_out, *puts = crowd.at_once([check_out(user)] + [put(user, product_id) for product_id in late])
            assert [reply.status for reply in (checked_out, *puts)] == [200] * 8
            ordered, left = quantities(checked_out.json), shop.cart(user) or {}
            assert not ordered.keys() & left.keys(), "in the order and in the next cart"
            assert ordered | left == dict.fromkeys([first, *late], 1)
            assert [quantities(order) for order in shop.get(f"/orders/{user}").json] == [ordered]


def test_of_four_checkouts_at_once_one_gets_the_order(any_store, shop):
    product_id = shop.new_product()
    with Crowd(any_store, 4) as crowd:
        for _ in range(USERS):
            user = new_user()
            shop.put_in_cart(user, product_id, 3)
            replies = crowd.at_once([check_out(user)] * 4)
            assert sorted(reply.status for reply in replies) == [200, 404, 404, 404]
            orders = [reply.json for reply in replies if reply.status == 200]
            assert shop.get(f"/orders/{user}").json == orders and quantities(orders[0]) == {product_id: 3}
            assert shop.cart(user) is None


def test_checkouts_and_puts_at_once_make_every_cart_an_order_once(any_store, shop):
    products = [shop.new_product(f"Tea {n}") for n in range(4)]
    user, rounds = new_user(), 100
    with Crowd(any_store, 8) as crowd:
        answered = []
        for _ in range(rounds):
            replies = crowd.at_once([check_out(user)] * 4 + [put(user, product_id) for product_id in products])
            assert {reply.status for reply in replies[:4]} <= {200, 404} and [r.status for r in replies[4:]] == [200] * 4
            answered += [reply.json for reply in replies[:4] if reply.status == 200]
    kept = shop.get(f"/orders/{user}?limit=1000").json
    assert sorted(o["order_id"] for o in kept) == sorted(o["order_id"] for o in answered)
    assert len({o["order_id"] for o in kept}) == len(kept) and all(order["items"] for order in kept)
    times = [order["placed_at"] for order in kept]
    assert times == sorted(times, reverse=True)


def test_put_and_remove_at_once_end_as_one_of_them(any_store, shop):
    kept, product_id = shop.new_product(), shop.new_product()
    with Crowd(any_store, 2) as crowd:
        for _ in range(USERS):
            user = new_user()
            shop.put_in_cart(user, kept)
            remove = lambda client, user=user: client.delete(f"/cart/{user}/items/{product_id}")
            assert [r.status for r in crowd.at_once([put(user, product_id, 2), remove])] == [200, 200]
            assert shop.cart(user) in ({kept: 1}, {kept: 1, product_id: 2})


def test_one_key_from_eight_at_once_has_one_effect(any_store, shop):
    product_id = shop.new_product()
    with Crowd(any_store, 8) as crowd:
        for _ in range(USERS):
            user, key = new_user(), str(uuid.uuid4())
            shop.put_in_cart(user, product_id, 2)
            replies = crowd.at_once([check_out(user, **{"Idempotency-Key": key})] * 8)
            done = [reply for reply in replies if reply.status == 200]
            # While the first still runs, the others may be told so.
            assert {reply.status for reply in replies} <= {200, 409} and done
            assert len({reply.body for reply in done}) == 1
            assert len([reply for reply in done if reply.header("idempotent-replayed") is None]) == 1
            assert len(shop.get(f"/orders/{user}").json) == 1
            again = check_out(user, **{"Idempotency-Key": key})(shop)
            assert (again.status, again.body, again.header("idempotent-replayed")) == (200, done[0].body, "true")


def test_a_key_used_for_two_requests_at_once_serves_one_of_them(any_store, shop):
    product_id = shop.new_product()
    with Crowd(any_store, 8) as crowd:
        for _ in range(USERS):
            user, key = new_user(), str(uuid.uuid4())
            send = [lambda client, n=n: client.request("POST", f"/cart/{user}", {"product_id": product_id, "quantity": n}, {"Idempotency-Key": key})
                    for n in range(1, 9)]
            statuses = [reply.status for reply in crowd.at_once(send)]
            assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 422}, statuses
            assert shop.cart(user) == {product_id: statuses.index(200) + 1}


def test_a_product_deleted_while_it_is_bought_is_sold_or_refused(any_store, shop):
    with Crowd(any_store, 3) as crowd:
        for _ in range(USERS):
            user, product_id = new_user(), shop.new_product("Last one", "5")
            shop.put_in_cart(user, product_id)
            deleted, bought, put_late = crowd.at_once([lambda c, p=product_id: c.delete(f"/products/{p}"), check_out(user), put(new_user(), product_id)])
            assert deleted.status == 200 and bought.status in (200, 409) and put_late.status in (200, 404)
            if bought.status == 200:
                assert bought.json["total"] == 5 and shop.cart(user) is None
            else:
                assert product_id in bought.detail and shop.cart(user) == {product_id: 1}


def test_overload_answers_503_and_when_to_come_back(start):
    # What a server may have under way at once: writes that wait for the disk, or statements on their way to the cluster.
    limit, crowd = (["--cql-in-flight-max", "128"], 256) if TESTED_STORE == "cql" else (["--queue-max", "1"], 64)
    server = start(*limit)
    with Client(server) as shop:
        product_id = shop.new_product()
    body = b'{"product_id":"%s"}' % product_id.encode()
    turned_away, done = 0, set()
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(server)) for _ in range(crowd)]
        for round_number in range(50):
            users = [b"crowd-%d-%d" % (round_number, n) for n in range(crowd)]
            for wire, user in zip(wires, users):
                wire.send(request(b"POST /cart/%s HTTP/1.1" % user, b"Content-Type: application/json", b"Content-Length: %d" % len(body), body=body))
            for wire, user in zip(wires, users):
                answer = wire.answer()
                assert answer.status in (200, 503), answer
                if answer.status == 503:
                    assert int(answer.header("retry-after")) >= 0 and answer.json["detail"]
                    turned_away += 1
                else:
                    done.add(user.decode())
            if turned_away and done:
                break
    assert turned_away and done
    with Client(server) as shop:
        # On a cluster these are statements too.
        wait_until(lambda: "cartwheel_cluster_undelivered_commits 0" in shop.get("/metrics").text, "orders and change rows to be written")
        for round_number in range(round_number + 1):
            for n in range(crowd):
                user = f"crowd-{round_number}-{n}"
                assert shop.cart(user) == ({product_id: 1} if user in done else None), "a 503 that was done, or a 200 that was not"


def test_a_stop_ends_running_requests_and_refuses_new_connections(start):
    server = start()
    with Client(server) as shop:
        product_id = shop.new_product()
    body = b'{"product_id":"%s"}' % product_id.encode()
    answered = []
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(server)) for _ in range(16)]
        for n, wire in enumerate(wires):
            assert wire.ask(request(b"GET /health/live HTTP/1.1")).status == 200
            wire.send(request(b"POST /cart/stopping-%d HTTP/1.1" % n, b"Content-Length: %d" % len(body), body=body))
        server.stop()
        for n, wire in enumerate(wires):
            with contextlib.suppress(Closed):
                if wire.answer().status == 200:
                    answered.append(n)
    with pytest.raises(ConnectionRefusedError):
        Wire(server)
    server.start()
    with Client(server) as shop:
        for n in answered:
            assert shop.cart(f"stopping-{n}") == {product_id: 1}
