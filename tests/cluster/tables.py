"""Whether the tables in the cluster, read by a driver that knows nothing of Cartwheel, agree with what clients were told."""
import collections

import driver
from history import Cart
from server import wait_until

DELIVERY_SECONDS = 60.0
INSERT, UPDATE, DELETE = 2, 1, 3
LOG = ('SELECT "cdc$time", "cdc$batch_seq_no", "cdc$operation", user_id, {} FROM {}_scylla_cdc_log')


def check_tables(nodes, keyspace, users):
    """Waits until nothing is owed any more, which takes a short sweep, then holds orders, carts and the change log of every user
    against the last look at them."""
    with driver.session(nodes, keyspace=keyspace) as session:
        def owing():
            return [row.user_id for row in session.execute("SELECT DISTINCT user_id, intent FROM cart_items") if row.intent is not None]

        wait_until(lambda: not owing(), f"deliveries; owed by {len(owing())} users", DELIVERY_SECONDS)
        heads = {row.user_id: row for row in session.execute("SELECT DISTINCT user_id, version, active_cart_id FROM cart_items")}
        orders, carts, lines = (_by_user(session.execute(f"SELECT * FROM {table}")) for table in ("orders", "cart", "cart_items"))
        logs = collections.defaultdict(list)
        for table, columns in {"cart": "cart_id, is_active", "cart_items": "cart_id, product_id, product_quantity", "orders": "order_id"}.items():
            for row in session.execute(LOG.format(columns, table)):
                if row.cdc_operation in (INSERT, UPDATE, DELETE):
                    logs[row.user_id].append((table, row))
    for user in users:
        told = told_at_last(user)
        name = user.name
        assert {str(row.order_id): _items(row) for row in orders[name]} == told.orders, f"orders of {name}"
        assert {str(row.cart_id) for row in carts[name] if not row.is_active} == set(told.orders), f"carts of {name}"
        active = [str(row.cart_id) for row in carts[name] if row.is_active]
        assert len(active) == (0 if told.cart is None else 1) and told.cart_id in (None, *active), f"cart of {name}: {active}"
        left = {str(row.product_id): row.product_quantity for row in lines[name] if row.product_id is not None}
        assert left == (told.cart or {}), f"lines of {name}"
        # None: an answer was kept for a request's key, and nothing was committed.
        check_log(name, (heads[name].version if name in heads else None) or 0, logs[name], told)


Told = collections.namedtuple("Told", "cart_id cart orders")


def told_at_last(user):
    """By the last look: the cart's id where it is known, its lines, None without a cart; and the lines of each order."""
    cart = [operation for operation in user.history if operation.kind == "read"][-1].answer
    orders = [operation for operation in user.history if operation.kind == "orders"][-1].answer
    is_there = isinstance(cart, Cart)
    return Told(cart.cart_id if is_there else None, dict(cart.lines) if is_there else None,
                {order.order_id: dict(order.lines) for order in orders})


def check_log(name, version, log, told):
    """Every commit is in it under one id, and one after the other they make what is there."""
    commits = collections.defaultdict(list)
    for table, row in log:
        commits[row.cdc_time.bytes[8:]].append((table, row))
    assert len(commits) == version, f"{name} has version {version}, and {len(commits)} commits in the log"
    cart_id, cart, orders = None, None, {}
    for rows in sorted(commits.values(), key=lambda rows: min(row.cdc_time.time for _, row in rows)):
        # One that was delivered again, by another process, may be there at a second time too.
        first = min(row.cdc_time.time for _, row in rows)
        for table, row in sorted((r for r in rows if r[1].cdc_time.time == first), key=lambda r: (r[0], r[1].cdc_batch_seq_no)):
            if table == "cart" and row.cdc_operation == INSERT:
                assert cart is None, f"{name}: a second cart in the log"
                cart_id, cart = str(row.cart_id), {}
            elif table == "cart":
                orders[str(row.cart_id)], cart = cart, None
            elif table == "cart_items":
                assert str(row.cart_id) == cart_id, f"{name}: a line of {row.cart_id} in the log, after {cart_id} began"
                if row.cdc_operation == DELETE:
                    del cart[str(row.product_id)]
                else:
                    cart[str(row.product_id)] = row.product_quantity
            else:
                assert str(row.order_id) in orders, f"{name}: an order in the log before its cart"
    assert (cart, orders) == (told.cart, told.orders), f"{name}: by the log {cart}, {orders}; told {told}"


def _by_user(rows):
    found = collections.defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def _items(order):
    return {str(item.product_id): item.quantity for item in order.items}
