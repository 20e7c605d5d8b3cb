"""What many clients do to one cart at the same time can be explained by one after the other: histories of a running service, judged."""
import random
import uuid

import pytest

from cart_client import PRICE
from cart_load import Load
from client import Client
from history import CHANGED, EMPTY, NO_CART, OK, Cart, Order

SEED = random.SystemRandom().randrange(1 << 32)
SECONDS = 4.0


@pytest.fixture
def products(any_store):
    with Client(any_store) as client:
        return [client.new_product(f"Tea {number}", str(PRICE)) for number in range(3)]


def test_histories_of_a_cart_are_linearizable(any_store, products):
    print(f"seed {SEED}")
    with Load([any_store, any_store], products, SEED, pace=0.002) as load:
        load.go_on_for(SECONDS)
    users = load.judge()
    kinds = [(operation.kind, type(operation.answer) if isinstance(operation.answer, (Cart, Order)) else operation.answer)
             for user in users for operation in user.history]
    for expected in (("put", OK), ("put", CHANGED), ("remove", OK), ("remove", NO_CART), ("check_out", Order), ("check_out", NO_CART),
                     ("check_out", EMPTY), ("read", Cart), ("read", NO_CART)):
        assert expected in kinds, f"{expected} did not come up, so it was not judged"
    assert all(attempt.is_answered for attempt in load.attempts)


def test_two_shops_that_know_nothing_of_each_other_are_noticed(start):
    servers = [start(store="memory") for _ in range(2)]
    ids = [str(uuid.uuid4()) for _ in range(3)]
    for server in servers:
        with Client(server) as client:
            for product_id in ids:
                client.expect(200, "POST", "/products", {"id": product_id, "name": "Tea", "price": str(PRICE), "img": ""})
    with pytest.raises(AssertionError):
        with Load(servers, ids, SEED, groups=[2], pace=0.002) as load:
            load.go_on_for(0.5)
        load.judge()
