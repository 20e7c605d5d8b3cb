"""The service and a cluster that is not there yet, goes away, or does not let it in. One Cassandra of its own, which asks for passwords
and encrypts.
"""
import concurrent.futures
import contextlib
import os
import time
import uuid

import pytest

import certificates
import database
import driver
from buyer import Buyer, TurnedAway
from cassandra_nodes import Cluster, Settings
from cassandra_settings import SUPERUSER, SUPERUSER_PASSWORD
from client import Client, new_user
from server import DEADLINE_SECONDS, binary, wait_until

# A cluster that is away is no reason to wait.
REFUSAL_SECONDS = 2.0
NODE_SECONDS = 120.0
BUYERS = 16


@pytest.fixture(scope="module")
def cluster():
    """Not started; its certificates are there."""
    cluster = Cluster(Settings(auth=True, tls=True))
    with contextlib.ExitStack() as stack:
        stack.push(cluster)
        certificates.make(cluster.certificates, cluster.addresses)
        yield cluster


@pytest.fixture(scope="module")
def flags(cluster, tmp_path_factory):
    """flags(user=..., password=..., ca=...) are those with which commands find the cluster; the right ones unless told."""
    folder = tmp_path_factory.mktemp("passwords")

    def make(user=SUPERUSER, password=SUPERUSER_PASSWORD, ca=cluster.certificates / "ca.pem"):
        file = folder / f"password-{uuid.uuid4()}"
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
            out.write(password + "\n")
        return ["--host", cluster.nodes[0].host, "--user", user, "--password-file", str(file), *(["--ca-file", str(ca)] if ca else [])]

    return make


@pytest.fixture
def up(cluster):
    """The cluster, running."""
    return cluster.start()


@pytest.fixture
def keyspace(up, flags):
    return database.new_keyspace(binary(), flags())


def refused_in_time(client, method, path, body=None):
    """The 503 says when to come back, and comes in time."""
    started = time.monotonic()
    reply = client.request(method, path, body)
    took = time.monotonic() - started
    assert reply.status == 503 and int(reply.header("retry-after")) >= 1 and reply.detail, reply
    assert took < REFUSAL_SECONDS, f"{method} {path} took {took:.1f} s"
    return reply.detail


def check_all_is_refused(client):
    user, product_id = new_user(), str(uuid.uuid4())
    product = {"id": product_id, "name": "Tea", "price": 1, "img": "i"}
    for method, path, body in [("GET", "/products", None), ("GET", f"/products/{product_id}", None), ("POST", "/products", product),
                               ("GET", f"/cart/{user}", None), ("POST", f"/cart/{user}", {"product_id": product_id}),
                               ("POST", f"/cart/{user}/checkout", None), ("GET", f"/orders/{user}", None), ("GET", "/products?q=tea", None)]:
        refused_in_time(client, method, path, body)


def is_ready(client):
    reply = client.get("/health/ready")
    assert reply.status in (200, 503), reply
    return reply.status == 200


def buy(client, product_id, user=None):
    user = user or new_user()
    client.put_in_cart(user, product_id, 2)
    return user, client.expect(200, "POST", f"/cart/{user}/checkout").json


def test_it_starts_without_the_cluster_and_without_tables_and_is_ready_once_both_are_there(cluster, flags, start):
    cluster.nodes[0].kill()
    server = start(store="cql", keyspace="late_shop", cluster=flags(), wait=False)
    with Client(server) as client:
        assert client.get("/health/live").status == 200
        assert client.get("/health/ready").status == 503
        check_all_is_refused(client)
        assert client.get("/docs").status == 200

        cluster.start()
        wait_until(lambda: "`cartwheel schema`" in server.stderr(), "the server to say what to do about missing tables")
        assert not is_ready(client)
        database.new_keyspace(binary(), flags(), "late_shop")
        server.wait_until_ready()
        user, order = buy(client, client.new_product("Tea", "2.50"))
        assert client.get(f"/orders/{user}").json == [order] and order["total"] == 5


def test_a_wrong_password_is_said_and_serves_nobody(keyspace, flags, start):
    server = start(store="cql", keyspace=keyspace, cluster=flags(password="wrong"), wait=False)
    with Client(server) as client:
        wait_until(lambda: "password" in server.stderr(), "the server to say that it was not let in")
        assert not is_ready(client)
        check_all_is_refused(client)
    assert "wrong" not in server.stderr() + server.banner, "a password is in the log"
    said = database.run_schema(binary(), flags(password="wrong"), keyspace)
    assert said.returncode == 3 and "password" in said.stdout, said


def test_a_node_that_encrypts_is_talked_to_by_its_authority_alone(keyspace, flags, start, tmp_path):
    certificates.make(tmp_path / "others", ["127.0.0.1"])
    for ca in (None, tmp_path / "others" / "ca.pem"):
        server = start(store="cql", keyspace=keyspace, cluster=flags(ca=ca), wait=False)
        wait_until(lambda: "not ready" in server.stderr(), "the server to say that it is not ready")
        with Client(server) as client:
            refused_in_time(client, "GET", "/products")
            assert not is_ready(client)
        said = database.run_schema(binary(), flags(ca=ca), keyspace)
        assert said.returncode == 3 and len(said.stdout.splitlines()) == 1, said
    with Client(start(store="cql", keyspace=keyspace, cluster=flags())) as client:
        client.new_product()


def test_a_node_that_dies_under_load_and_comes_back_loses_nothing_that_was_answered(up, keyspace, flags, start):
    server = start(store="cql", keyspace=keyspace, cluster=flags())
    with Client(server) as client, concurrent.futures.ThreadPoolExecutor(BUYERS) as pool:
        product_id = client.new_product("Tea", "2.50")
        buyers = [Buyer(server, product_id) for _ in range(BUYERS)]
        at_work = [pool.submit(buy_until_turned_away, buyer) for buyer in buyers]
        wait_until(lambda: sum(len(buyer.told) for buyer in buyers) > 100 or any(work.done() for work in at_work), "a hundred orders")
        up.nodes[0].kill()
        for work in at_work:
            work.result(DEADLINE_SECONDS)
        assert sum(len(buyer.told) for buyer in buyers) > 100

        # It takes a second to notice, and the requests until then wait no longer than those after.
        check_all_is_refused(client)
        wait_until(lambda: not is_ready(client), "the server to notice that its node is gone")
        assert client.get("/health/live").status == 200
        check_all_is_refused(client)

        up.nodes[0].launch()
        wait_until(lambda: is_ready(client), "the server to be ready again", NODE_SECONDS)
        for buyer in buyers:
            buyer.check()
            buyer.step()
            buyer.check()
        wanted = {uuid.UUID(order_id) for buyer in buyers for order_id in buyer.order_ids()}
        with driver.session(up, keyspace=keyspace) as session:
            wait_until(lambda: {row.order_id for row in session.execute("SELECT order_id FROM orders")} == wanted, "all orders")


def buy_until_turned_away(buyer):
    with contextlib.suppress(TurnedAway):
        while True:
            buyer.step()


def test_an_order_that_could_not_be_delivered_is_shown_at_once_and_delivered_later(up, keyspace, flags, start):
    """The process that made it dies; until the sweep it is in the cart's partition alone."""
    role = f"clerk_{uuid.uuid4().hex[:8]}"
    with driver.session(up, keyspace=keyspace) as session:
        session.execute(f"CREATE ROLE {role} WITH PASSWORD = '{role}' AND LOGIN = true")
        session.execute(f"GRANT SELECT ON KEYSPACE {keyspace} TO {role}")
        tables = ["product", "cart", "cart_items", *(f"{table}_scylla_cdc_log" for table in ("product", "cart", "cart_items", "orders"))]
        for table in tables:
            session.execute(f"GRANT MODIFY ON {keyspace}.{table} TO {role}")
        # Not yet: orders.
        server = start("--cql-sweep-interval", "1s", store="cql", keyspace=keyspace, cluster=flags(role, role))
        with Client(server) as client:
            product_id, users = client.new_product("Tea", "2.50"), [new_user() for _ in range(5)]
            for user in users:
                client.put_in_cart(user, product_id, 2)
            wait_until(lambda: "cartwheel_cluster_undelivered_commits 0" in client.get("/metrics").text, "the rows of these carts")
            bought = {user: client.expect(200, "POST", f"/cart/{user}/checkout").json for user in users}
            for user, order in bought.items():
                assert client.get(f"/orders/{user}").json == [order]
        server.kill()
        server.start()
        kept = lambda: {row.user_id: str(row.order_id) for row in session.execute("SELECT user_id, order_id FROM orders")}
        assert kept() == {}
        with Client(server) as client:
            for user, order in bought.items():
                assert client.get(f"/orders/{user}").json == [order]
                assert client.get(f"/orders/{user}/{order['order_id']}").json == order and client.cart(user) is None
            session.execute(f"GRANT MODIFY ON {keyspace}.orders TO {role}")
            wait_until(lambda: kept() == {user: order["order_id"] for user, order in bought.items()}, "the sweep to deliver the orders")
            for user, order in bought.items():
                assert client.get(f"/orders/{user}").json == [order]
