"""Changes as they arrive in Kafka: one real broker, read by kcat."""
import concurrent.futures
import contextlib
import http.client
import os
import re
import threading
import time

import pytest

from client import Client, new_user
from server import DEADLINE_SECONDS, wait_until
from topics import Broker, Topics, by_key, once

PUTTERS = 8


@pytest.fixture(scope="module")
def broker():
    with Broker() as broker:
        yield broker


@pytest.fixture
def topics(broker):
    broker.resume()
    broker.start()
    return Topics(broker)


def metric(client, name):
    text = client.expect(200, "GET", "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"no {name} in /metrics"
    return float(found.group(1))


def state(client):
    text = client.expect(200, "GET", "/metrics").body.decode()
    present = re.findall(r'^cartwheel_kafka_state\{state="(\w+)"\} 1$', text, re.MULTILINE)
    assert len(present) == 1, present
    return present[0]


def wait_until_sent(server):
    with Client(server) as client:
        wait_until(lambda: metric(client, "cartwheel_kafka_lag_commits") == 0, "all changes to be sent")


def wait_for_state(server, *wanted):
    with Client(server) as client:
        wait_until(lambda: state(client) in wanted, f"the sink to be {wanted}")


def shop_a_little(client):
    """A user and a product, with every kind of change to them. Gives what identifies the rows."""
    user, product_id = new_user(), client.new_product("Tea", "2.50", "/tea.png")
    client.put_in_cart(user, product_id, 2)
    client.put_in_cart(user, product_id, 3)
    client.expect(200, "DELETE", f"/cart/{user}/items/{product_id}")
    client.put_in_cart(user, product_id, 4)
    order = client.expect(200, "POST", f"/cart/{user}/checkout").json
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Tea", "price": 2.75, "img": "/tea.png"})
    client.expect(200, "DELETE", f"/products/{product_id}")
    return user, product_id, order


def told(values):
    """[(op, before, after), None for a tombstone, ...]"""
    return [value and (value["op"], value["before"], value["after"]) for value in values]


def test_all_that_happens_arrives_once_and_in_order(topics, start):
    server = start(*topics.flags())
    with Client(server) as client:
        user, product_id, order = shop_a_little(client)
    cart_id = order["order_id"]
    wait_until_sent(server)

    item = {"user_id": user, "cart_id": cart_id, "product_id": product_id}
    line = lambda quantity: item | {"product_quantity": quantity}
    items = topics.read("cart_items")
    assert [message.key for message in items] == [item] * 5 and len({message.partition for message in items}) == 1
    assert [list(message.key) for message in items] == [["user_id", "cart_id", "product_id"]] * 5
    assert told(message.value for message in items) == [
        ("c", None, line(2)), ("c", line(2), line(3)), ("d", line(3), None), None, ("c", None, line(4))]

    cart = {"user_id": user, "cart_id": cart_id}
    carts = topics.read("cart")
    assert [message.key for message in carts] == [cart] * 2
    assert told(message.value for message in carts) == [
        ("c", None, cart | {"is_active": True}), ("u", cart | {"is_active": True}, cart | {"is_active": False})]

    tea = lambda price: {"id": product_id, "img": "/tea.png", "name": "Tea", "price": price}
    products = topics.read("product")
    assert [message.key for message in products] == [{"id": product_id}] * 4
    assert told(message.value for message in products) == [
        ("c", None, tea(2.5)), ("u", tea(2.5), tea(2.75)), ("d", tea(2.75), None), None]

    (placed,) = topics.read("orders")
    assert placed.key == {"user_id": user, "placed_at": order["placed_at"], "order_id": cart_id}
    assert told([placed.value]) == [("c", None, {name: order[name] for name in placed.value["after"]})]

    ids = [message.value["id"] for table in ("cart_items", "cart", "product", "orders") for message in topics.read(table) if message.value]
    assert len(set(ids)) == len(ids) == 10
    source = placed.value["source"]
    assert source["connector"] == "cartwheel" and source["name"] == topics.prefix and source["table_name"] == "orders"
    assert source["ts_us"] // 1000 == source["ts_ms"] <= placed.value["ts_ms"]


def test_the_legacy_format_with_schemas(topics, start):
    server = start(*topics.flags("--kafka-format", "legacy", "--kafka-schemas"))
    with Client(server) as client:
        user, product_id, order = shop_a_little(client)
    wait_until_sent(server)
    messages = topics.read("cart_items")
    item = {"user_id": user, "cart_id": order["order_id"], "product_id": product_id}
    line = lambda quantity: item | {"product_quantity": quantity}
    assert all(message.key["payload"] == item and message.key["schema"]["name"] == topics.name("cart_items") + ".Key" for message in messages)
    assert all(message.value is None or message.value["schema"]["name"] == topics.name("cart_items") + ".Envelope" for message in messages)
    assert told(message.value and message.value["payload"] for message in messages) == [
        ("c", None, line({"value": 2})), ("c", None, line({"value": 3})), ("d", line(None), None), None, ("c", None, line({"value": 4}))]


def test_who_begins_late_gets_what_was_there_before_and_who_comes_back_nothing_twice(topics, start):
    server = start()
    with Client(server) as client:
        product_id = client.new_product()
        client.put_in_cart("ann", product_id, 1)
    server.stop()
    server.flags += topics.flags()
    for quantity in (2, 3):
        server.start()
        with Client(server) as client:
            client.put_in_cart("ann", product_id, quantity)
        # At once: what is committed is sent before it ends.
        server.stop()
        assert [message.value["after"]["product_quantity"] for message in topics.read("cart_items")] == list(range(1, quantity + 1))


class Putters:
    """Users who put one more of a product into their cart again and again, each a thread, and remember what was answered."""

    def __init__(self, server):
        with Client(server) as client:
            self._product_id = client.new_product()
        self.server = server
        self.answered = {new_user(): 0 for _ in range(PUTTERS)}
        self._asked = dict(self.answered)
        self._are_done = threading.Event()
        self._is_cut_off = False
        self._pool = concurrent.futures.ThreadPoolExecutor(PUTTERS)
        self._running = []

    def __enter__(self):
        self._are_done.clear()
        self._is_cut_off = False
        self._running = [self._pool.submit(self._put, user) for user in self.answered]
        return self

    def __exit__(self, kind, *_):
        self._are_done.set()
        for running in self._running:
            running.result(DEADLINE_SECONDS)

    def wait_for(self, puts):
        """So many more of each user."""
        goal = {user: count + puts for user, count in self.answered.items()}
        wait_until(lambda: all(self.answered[user] >= count for user, count in goal.items()) or any(r.done() for r in self._running), "puts")

    def _put(self, user):
        with Client(self.server) as client:
            while not self._are_done.is_set():
                self._asked[user] = self.answered[user] + 1
                try:
                    client.put_in_cart(user, self._product_id, self._asked[user])
                except (OSError, http.client.HTTPException):
                    if self._is_cut_off:
                        return
                    raise
                self.answered[user] = self._asked[user]

    def kill_server(self):
        self._is_cut_off = True
        self.server.kill()

    def find_out(self):
        """Whether a put that was not answered is there nobody was told."""
        with Client(self.server) as client:
            for user in self.answered:
                quantity = (client.cart(user) or {}).get(self._product_id, 0)
                assert quantity in (self.answered[user], self._asked[user])
                self.answered[user] = quantity

    def check(self, topics):
        """Everybody's puts arrived, none left out, in order."""
        def is_whole(messages):
            present = self._quantities(messages)
            return all(present.get(user, [0])[-1] >= count for user, count in self.answered.items())

        quantities = self._quantities(topics.read_until("cart_items", is_whole))
        for user, found in quantities.items():
            assert found == list(range(1, len(found) + 1)), f"{found} of {user}"
            assert len(found) == self.answered[user]

    @staticmethod
    def _quantities(messages):
        rows = [[value["after"] for value in once(values)] for values in by_key(messages).values()]
        return {row[0]["user_id"]: [after["product_quantity"] for after in row] for row in rows}


def test_a_killed_service_goes_on_where_it_was(topics, start):
    server = start(*topics.flags())
    putters = Putters(server)
    for _ in range(3):
        with putters:
            putters.wait_for(40)
            putters.kill_server()
        server.start()
        putters.find_out()
    wait_until_sent(server)
    putters.check(topics)


@pytest.mark.parametrize("fault", ["killed", "paused"])
def test_a_broker_that_is_away_stops_the_sink_and_not_the_shop(broker, topics, start, fault):
    server = start(*topics.flags("--kafka-queue-max", "100"))
    putters = Putters(server)
    with putters:
        putters.wait_for(10)
        broker.kill() if fault == "killed" else broker.pause()
        # More than the sink holds in memory, so that it waits in the store.
        putters.wait_for(50)
    wait_for_state(server, "away")
    with Client(server) as client:
        assert metric(client, "cartwheel_kafka_in_flight") <= 100
        assert metric(client, "cartwheel_kafka_lag_commits") >= PUTTERS * 50
        assert metric(client, "cartwheel_kafka_lag_seconds") > 0
    with putters:
        broker.start() if fault == "killed" else broker.resume()
        putters.wait_for(10)
    wait_until_sent(server)
    wait_for_state(server, "sending")
    putters.check(topics)
    assert server.stderr().count("no answer") == 1, "one line when it goes"


def test_what_the_broker_refuses_is_said_and_sent_again_until_it_is_taken(broker, topics, start):
    broker.create_topic(topics.name("product"), max_message_bytes=200)
    server = start(*topics.flags())
    with Client(server) as client:
        product_id = client.new_product()
        wait_for_state(server, "refused")
        client.put_in_cart("ann", product_id, 1)
        assert metric(client, "cartwheel_kafka_failed_total") >= 1
    assert f"{topics.name('product')}: " in server.stderr()
    broker.delete_topic(topics.name("product"))
    wait_until_sent(server)
    wait_for_state(server, "sending")
    for table in ("product", "cart_items"):
        (values,) = by_key(topics.read(table)).values()
        assert [value["op"] for value in once(values)] == ["c"]


def test_it_stops_soon_although_no_broker_answers(broker, topics, start):
    server = start(*topics.flags())
    with Client(server) as client:
        client.new_product()
        wait_until_sent(server)
        broker.pause()
        client.new_product()
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < DEADLINE_SECONDS / 4
    broker.resume()
    server.start()
    wait_until_sent(server)
    assert len(by_key(topics.read("product"))) == 2


def test_changes_that_were_forgotten_before_they_were_sent_are_a_gap_that_is_said(topics, start):
    server = start(*topics.flags())
    with Client(server) as client:
        product_id = client.new_product()
        client.put_in_cart("ann", product_id, 1)
    wait_until_sent(server)
    server.stop()

    with_kafka, server.flags = server.flags, ["--changes-retention", "1s"]
    server.start()
    with Client(server) as client:
        for quantity in (2, 3, 4):
            client.put_in_cart("ann", product_id, quantity)
        wait_until(lambda: is_forgotten(server, 3), "the store to forget old changes")
    server.stop()

    server.flags = with_kafka
    server.start()
    with Client(server) as client:
        client.put_in_cart("ann", product_id, 5)
        wait_until_sent(server)
        assert metric(client, "cartwheel_kafka_gaps_total") == 1
    assert "were never sent" in server.stderr()
    # Only the newest one is kept whatever its age.
    assert [message.value["after"]["product_quantity"] for message in topics.read("cart_items")] == [1, 4, 5]


def is_forgotten(server, cursor):
    """Whether some change behind it is. The answer may be a stream, which has no end."""
    with contextlib.closing(http.client.HTTPConnection(*server.address, timeout=DEADLINE_SECONDS)) as connection:
        connection.request("GET", f"/changes?after={cursor}")
        return connection.getresponse().status == 410


def test_a_guarded_broker_lets_in_who_has_the_password(broker, topics, start, tmp_path):
    def guarded(password):
        file = tmp_path / f"password-{password}"
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
            out.write(password + "\n")
        return ["--kafka-brokers", broker.guarded_address, "--kafka-topic-prefix", topics.prefix, "--kafka-security", "sasl_ssl",
                "--kafka-user", "shop", "--kafka-password-file", str(file), "--kafka-ca-file", str(broker.ca_file)]

    refused = start(*guarded("not-the-password"), "--log-level", "debug")
    with Client(refused) as client:
        product_id = client.new_product()
        client.put_in_cart("ann", product_id)
    wait_for_state(refused, "away")
    wait_until(lambda: "uthentication" in refused.stderr(), "the log to say why")
    assert "not-the-password" not in refused.stderr() + refused.banner

    server = start(*guarded("shop-password"))
    with Client(server) as client:
        client.new_product()
    wait_until_sent(server)
    (message,) = topics.read("product")
    assert message.value["op"] == "c"
    assert "shop-password" not in server.stderr()
