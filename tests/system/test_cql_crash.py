"""kill -9 of a service process in the middle of its work: what was answered is there for the next one at once, once and whole, and what
had not reached the other tables comes there by itself.
"""
import random
import uuid

import database
from buyer import Buyer
from client import Client
from server import wait_until
from shared_cart import SharedCart
from shoppers import Shopper
from test_crash import Load

SEED = random.SystemRandom().randrange(1 << 32)
CYCLES = 4
BUYERS = 24
UPDATE, INSERT = 1, 2
# Instead of ten minutes.
QUICK_SWEEP = ["--cql-sweep-interval", "1s"]


def test_answered_writes_survive_a_killed_process(start):
    """Shoppers who know what each of their answers must be, and some who share a cart, over several kills."""
    print(f"CARTWHEEL_CRASH_SEED={SEED}")
    server = start()
    shoppers = [Shopper(server, f"{SEED} {number}") for number in range(6)]
    shared = SharedCart(server, SEED, visitors=4)
    choose = random.Random(SEED)
    for _ in range(CYCLES):
        Load([*shoppers, *shared.visitors]).kill_after(choose.randrange(40, 250), server)
        server.start()
        for shopper in shoppers:
            shopper.check()
        shared.check()


def test_work_goes_on_through_the_other_process_when_one_is_killed(start):
    """Nobody waits for the dead one: its users are served by the other at once."""
    first = start()
    other = start(keyspace=first.keyspace)
    with Client(first) as client:
        product_id = client.new_product("Tea", "2.50")
    buyers = [Buyer(first, product_id) for _ in range(BUYERS)]
    Load(buyers).kill_after(100, first)
    for buyer in buyers:
        buyer.move_to(other)
        buyer.check()
        buyer.step()
        buyer.check()
    assert sum(len(buyer.told) for buyer in buyers) > 0


def test_a_sweep_brings_what_a_killed_process_owed(start):
    server = start()
    with Client(server) as client:
        product_id = client.new_product("Tea", "2.50")
    buyers = [Buyer(server, product_id) for _ in range(BUYERS)]
    Load(buyers).kill_after(100, server)
    server.flags += QUICK_SWEEP
    server.start()
    # Nobody touches the carts: what is missing comes by the sweep alone.
    with database.session(server.keyspace) as session:
        def is_delivered():
            return all(row.intent is None for row in session.execute("SELECT DISTINCT user_id, intent FROM cart_items"))

        wait_until(is_delivered, "the sweep")
        for buyer in buyers:
            buyer.check()
            check_tables(session, buyer)


def check_tables(session, buyer):
    """Orders, carts and logs hold every commit of a user, each once."""
    ids = {uuid.UUID(order_id) for order_id in buyer.order_ids()}

    def rows(table):
        return list(session.execute(f"SELECT * FROM {table} WHERE user_id = %s ALLOW FILTERING", (buyer.user,)))

    def commits(table, operation, column, **values):
        """[(commit, value of the column), ...]. One that is delivered again may have a new time, but its low bytes stay."""
        found = [row for row in rows(f"{table}_scylla_cdc_log") if row.cdc_operation == operation]
        return {(row.cdc_time.bytes[8:], getattr(row, column)) for row in found if all(getattr(row, name) == value for name, value in values.items())}

    for what, so in {
        "orders": lambda: {row.order_id for row in rows("orders")} == ids,
        "carts": lambda: {row.cart_id for row in rows("cart") if not row.is_active} == ids,
        "the log of orders": lambda: {order_id for _, order_id in commits("orders", INSERT, "order_id")} == ids,
        "the log of carts": lambda: {cart_id for _, cart_id in commits("cart", UPDATE, "cart_id", is_active=False)} == ids,
        "the log of items": lambda: {cart_id for _, cart_id in commits("cart_items", INSERT, "cart_id")} >= ids,
    }.items():
        wait_until(so, f"{what} of a user")
    assert len(commits("orders", INSERT, "order_id")) == len(commits("cart", UPDATE, "cart_id")) == len(ids), "a commit under two names"
