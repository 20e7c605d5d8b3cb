"""Two service processes on one keyspace are one shop: nothing is lost between them, nothing is done twice."""
import concurrent.futures
import threading
import uuid

import pytest

from client import Client, new_user
from server import DEADLINE_SECONDS, wait_until

THREADS = 20
# A process reads its index of products anew every ten seconds.
SEARCH_SECONDS = 20


@pytest.fixture(scope="module")
def pair(start_for_file):
    first = start_for_file(store="cql")
    return first, start_for_file(store="cql", keyspace=first.keyspace)


@pytest.fixture
def clients(pair):
    with Client(pair[0]) as one, Client(pair[1]) as other:
        yield one, other


class Crowd:
    """THREADS threads, each with a connection to both processes."""

    def __init__(self, pair):
        self._servers = pair
        self._own = threading.local()
        self._opened = []
        self._pool = concurrent.futures.ThreadPoolExecutor(THREADS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pool.shutdown()
        for client in self._opened:
            client.close()

    def do(self, actions):
        """Each action(client) by some thread, by turns through the one process and the other; the answers in their order."""
        futures = [self._pool.submit(self._act, number % 2, action) for number, action in enumerate(actions)]
        return [future.result(DEADLINE_SECONDS) for future in futures]

    def at_once(self, actions):
        """The same, all leaving at the same moment."""
        barrier = threading.Barrier(len(actions), timeout=DEADLINE_SECONDS)

        def after_barrier(action):
            def act(client):
                barrier.wait()
                return action(client)

            return act

        assert len(actions) <= THREADS
        return self.do([after_barrier(action) for action in actions])

    def _act(self, which, action):
        if not hasattr(self._own, "clients"):
            self._own.clients = [Client(server) for server in self._servers]
            self._opened += self._own.clients
        return action(self._own.clients[which])


@pytest.fixture(scope="module")
def crowd(pair):
    with Crowd(pair) as crowd:
        yield crowd


def put(user, product_id, quantity=1, **headers):
    return lambda client: client.request("POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity}, headers)


def check_out(user, **headers):
    return lambda client: client.request("POST", f"/cart/{user}/checkout", headers=headers)


def statuses(replies):
    return [reply.status for reply in replies]


def test_what_one_process_writes_the_other_reads_at_once(clients):
    for writer, reader in (clients, clients[::-1]):
        user, product_id = new_user(), writer.new_product("Seen", "1.25")
        assert reader.get(f"/products/{product_id}").json["name"] == "Seen"
        writer.put_in_cart(user, product_id, 3)
        assert reader.cart(user) == {product_id: 3}
        assert reader.get(f"/cart/{user}").header("etag") == writer.get(f"/cart/{user}").header("etag")
        order = writer.expect(200, "POST", f"/cart/{user}/checkout").json
        assert reader.cart(user) is None and reader.get(f"/orders/{user}").json == [order]
        assert reader.get(f"/orders/{user}/{order['order_id']}").json == order


def test_four_hundred_items_put_into_new_carts_at_once_are_all_there(clients, crowd):
    products = [clients[0].new_product(f"Tea {number}") for number in range(8)]
    users = [new_user() for _ in range(50)]
    # Neighbours are one user's, so both processes write to the same cart at the same time.
    replies = crowd.do([put(user, product_id, number) for user in users for number, product_id in enumerate(products, 1)])
    assert statuses(replies) == [200] * 400
    for client in clients:
        for user in users:
            assert client.cart(user) == {product_id: number for number, product_id in enumerate(products, 1)}


def test_fifty_carts_checked_out_four_times_at_once_are_fifty_orders(clients, crowd):
    product_id = clients[0].new_product("Tea", "2.50")
    users = [new_user() for _ in range(50)]
    for number, user in enumerate(users, 1):
        clients[number % 2].put_in_cart(user, product_id, number)
    for number, user in enumerate(users, 1):
        replies = crowd.at_once([check_out(user)] * 4)
        assert sorted(statuses(replies)) == [200, 404, 404, 404], replies
        order = next(reply for reply in replies if reply.status == 200).json
        assert order["total"] * 2 == 5 * number
        for client in clients:
            assert client.get(f"/orders/{user}").json == [order] and client.cart(user) is None


def test_puts_and_checkouts_through_both_sell_each_line_once(clients, crowd):
    products = [clients[0].new_product() for _ in range(8)]
    for _ in range(15):
        user = new_user()
        clients[0].put_in_cart(user, products[0])
        replies = crowd.at_once([check_out(user)] * 2 + [put(user, product_id) for product_id in products])
        assert set(statuses(replies[2:])) == {200} and set(statuses(replies[:2])) <= {200, 404} and 200 in statuses(replies[:2]), replies
        told = {reply.json["order_id"]: reply.json for reply in replies[:2] if reply.status == 200}
        assert len(told) == statuses(replies[:2]).count(200), "one order told to two"
        kept = clients[1].get(f"/orders/{user}").json
        assert {order["order_id"]: order for order in kept} == told
        left = clients[1].cart(user) or {}
        sold = [line["product_id"] for order in kept for line in order["items"]]
        assert set(sold) | set(left) == set(products)
        # The first product was put twice; each other line is in one place.
        assert sorted(sold + list(left)).count(products[1]) == 1 and len(sold) + len(left) <= len(products) + 1


def test_one_key_through_both_acts_once(clients, crowd):
    product_id = clients[0].new_product()
    for _ in range(20):
        user, key = new_user(), str(uuid.uuid4())
        clients[0].put_in_cart(user, product_id, 2)
        replies = crowd.at_once([check_out(user, **{"Idempotency-Key": key})] * 8)
        done = [reply for reply in replies if reply.status == 200]
        assert done and set(statuses(replies)) <= {200, 409}, replies
        assert len({reply.body for reply in done}) == 1
        assert [reply.header("idempotent-replayed") for reply in done].count(None) == 1
        for client in clients:
            assert len(client.get(f"/orders/{user}").json) == 1
            again = check_out(user, **{"Idempotency-Key": key})(client)
            assert (again.status, again.body, again.header("idempotent-replayed")) == (200, done[0].body, "true")


def test_a_key_kept_by_one_process_guards_the_other_against_another_request(clients):
    one, other = clients
    user, product_id, key = new_user(), one.new_product(), str(uuid.uuid4())
    assert put(user, product_id, 2, **{"Idempotency-Key": key})(one).status == 200
    assert put(user, product_id, 3, **{"Idempotency-Key": key})(other).status == 422
    assert other.cart(user) == {product_id: 2}


def test_of_writers_of_one_version_through_both_one_wins(clients, crowd):
    user, product_id = new_user(), clients[0].new_product()
    clients[0].put_in_cart(user, product_id)
    for _ in range(20):
        etag = clients[0].get(f"/cart/{user}").header("etag")
        replies = crowd.at_once([put(user, product_id, quantity, **{"If-Match": etag}) for quantity in range(2, 10)])
        assert sorted(statuses(replies)) == [200] + [412] * 7, replies
        assert clients[1].cart(user) == {product_id: 2 + statuses(replies).index(200)}


def test_a_product_of_one_process_is_found_through_the_other(clients):
    words = [f"w{uuid.uuid4().hex}" for _ in range(2)]
    search = lambda client, word: [product["id"] for product in client.expect(200, "GET", f"/products?q={word}").json]
    # Both indexes are in use before the products come.
    for client in clients:
        assert search(client, words[0]) == []
    ids = [client.new_product(f"Tea {word}") for client, word in zip(clients, words)]
    for client, product_id, word in zip(clients, ids, words):
        assert search(client, word) == [product_id]
    for client, product_id, word in zip(clients[::-1], ids, words):
        wait_until(lambda: search(client, word) == [product_id], "the other process to find it", SEARCH_SECONDS)
    clients[0].expect(200, "DELETE", f"/products/{ids[0]}")
    wait_until(lambda: search(clients[1], words[0]) == [], "the other process to miss it", SEARCH_SECONDS)
