"""Changes of a cluster's shop as they arrive in Kafka: a real database, a real broker, and a sink that is killed."""
import pytest

from changes import FLAGS
from client import Client, new_user
from topics import Broker, Topics, by_key, once


@pytest.fixture(scope="module")
def topics():
    with Broker() as broker:
        yield Topics(broker)


def ids(messages):
    return [message.value["id"] for message in messages if message.value]


def test_a_sink_on_a_cluster_sends_all_and_goes_on_where_it_was(topics, start):
    sending = start(*FLAGS, *topics.flags())
    other = start(*FLAGS, keyspace=sending.keyspace)
    with Client(sending) as client, Client(other) as elsewhere:
        user, product_id = new_user(), client.new_product("Tea", "2.50", "/tea.png")
        client.put_in_cart(user, product_id, 2)
        elsewhere.put_in_cart(user, product_id, 3)  # what another process did is in the same log
        before = topics.read_until("cart_items", lambda messages: len(messages) >= 2)
    sending.kill()
    with Client(other) as elsewhere:
        elsewhere.expect(200, "DELETE", f"/cart/{user}/items/{product_id}")
        elsewhere.put_in_cart(user, product_id, 4)
        order = elsewhere.expect(200, "POST", f"/cart/{user}/checkout").json
    sending.start()

    (placed,) = topics.read_until("orders", lambda messages: len(messages) >= 1)
    assert placed.key["order_id"] == order["order_id"] and placed.value["after"]["total"] == float(order["total"])
    after = topics.read_until("cart_items", lambda messages: len(set(ids(messages))) >= 4)
    assert after[:len(before)] == before  # killed before its place was kept, it sends some again behind them
    (values,) = by_key(after).values()
    steps = [(value["op"], (value["after"] or value["before"])["product_quantity"]) for value in once(values)]
    assert steps == [("c", 2), ("c", 3), ("d", 3), ("c", 4)]
    (product,) = once([message.value for message in topics.read("product")])
    assert product["after"]["price"] == 2.5
