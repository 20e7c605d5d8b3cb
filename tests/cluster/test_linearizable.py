"""Clients of two service processes at the same carts, on three well nodes: one after the other explains all that they are told."""
import random

import pytest

import services
from cart_load import Load
from history import CHANGED, NO_CART, OK, Cart, Order

SEED = random.SystemRandom().randrange(1 << 32)
SECONDS = 15.0
# In which the nodes' machines compile themselves; all is judged, but how long it takes.
WARM_UP_SECONDS = 4.0
# So short that writes are given up by the service while the cluster is still at it.
IMPATIENT = ["--cql-statement-timeout", "60ms"]
# A cart with many clients costs most where they meet.
CROWDS = {"many carts, four clients each": {"groups": [4] * 4, "pace": 0.05},
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
    unanswered = [attempt for attempt in load.between(WARM_UP_SECONDS) if not attempt.is_answered]
    assert not unanswered, "a well cluster, and\n" + "\n".join(map(str, unanswered[:20]))


def test_a_write_that_is_given_up_and_done_later_is_done_once(shop, nodes, tmp_path):
    print(f"seed {SEED}")
    with services.pair(nodes, tmp_path, shop.keyspace, *IMPATIENT) as servers:
        with Load(servers, shop.products, SEED, groups=[4] * 6, pace=0.02) as load:
            load.go_on_for(SECONDS)
    load.judge(through=shop.servers)
    print(load.pace_said())
    assert any(not attempt.is_answered for attempt in load.attempts), "nothing was given up, so nothing was tested"
