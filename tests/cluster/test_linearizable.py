"""Clients of two service processes at the same carts, on three well nodes: one after the other explains all that they are told."""
import random

import pytest

import services
from cart_load import Load
from history import CHANGED, NO_CART, OK, Cart, Order

SEED = random.SystemRandom().randrange(1 << 32)
SECONDS = 15.0
# A cart with many clients costs most where they meet.
CROWDS = {"many carts, four clients each": {"groups": [4] * 6, "pace": 0.05},
          "one cart after the other, six clients": {"groups": [6], "pace": 0.002}}


@pytest.fixture(scope="module")
def shop(nodes, tmp_path_factory):
    with services.shop(nodes, tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.mark.parametrize("crowd", CROWDS.values(), ids=CROWDS)
def test_histories_through_two_processes_are_linearizable(shop, crowd):
    print(f"seed {SEED}")
    with Load(shop.servers, shop.products, SEED, **crowd) as load:
        load.go_on_for(SECONDS)
    users = load.judge()
    print(load.pace_said())
    answers = {(operation.kind, operation.answer if isinstance(operation.answer, str) else type(operation.answer))
               for user in users for operation in user.history}
    expected = {("put", OK), ("put", CHANGED), ("remove", OK), ("check_out", Order), ("check_out", NO_CART), ("read", Cart), ("read", NO_CART)}
    assert expected <= answers, f"not judged, because it did not come up: {expected - answers}"
    unanswered = [attempt for attempt in load.attempts if not attempt.is_answered]
    assert not unanswered, "a well cluster, and\n" + "\n".join(map(str, unanswered[:20]))
