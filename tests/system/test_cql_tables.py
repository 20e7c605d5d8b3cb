"""What the service leaves in the cluster, read by clients that know nothing of it: the sample's tables and rows, the log as ScyllaDB would
write it, and a catalogue that the sample's own command brought.
"""
import csv
import datetime
import decimal
import itertools
import uuid

import pytest

import database
from client import Client, new_user, next_page
from server import binary, wait_until

SAMPLE = database.ROOT / "tests" / "data" / "product.csv"
PREIMAGE, UPDATE, INSERT, DELETE, POSTIMAGE = 0, 1, 2, 3, 9


@pytest.fixture(scope="module")
def tables(server):
    with database.session(server.keyspace) as session:
        yield session


def wait_for(question, wanted, what):
    """Orders, rows of `cart` and log rows come just after the answer."""
    seen = None

    def so():
        nonlocal seen
        seen = question()
        return wanted(seen)

    try:
        wait_until(so, what)
    except AssertionError:
        raise AssertionError(f"{what} did not come; there is {seen}") from None
    return seen


def number(text):
    return decimal.Decimal(str(text))


# The sample's way to bring its products

def test_what_cqlsh_copies_into_the_table_is_served_with_exact_prices(start, tmp_path):
    database.drop_keyspace("ecommerce")
    database.new_keyspace(binary(), database.flags(), "ecommerce")
    said = database.cqlsh(f"COPY ecommerce.product (id, img, name, price) FROM '{SAMPLE}' WITH HEADER = TRUE", tmp_path)
    with open(SAMPLE, newline="") as file:
        wanted = {row["id"]: row for row in csv.DictReader(file)}
    assert f"{len(wanted)} rows imported from 1 files" in said, said
    served, path = [], "/products?limit=7"
    with Client(start(keyspace="ecommerce")) as client:
        while path:
            reply = client.expect(200, "GET", path)
            served += reply.json
            path = next_page(reply)
        assert {p["id"]: (p["name"], p["img"], p["price"]) for p in served} == {
            row["id"]: (row["name"], row["img"], number(row["price"])) for row in wanted.values()}
        assert len(served) == len(wanted)
        for row in list(wanted.values())[:5]:
            assert client.get(f"/products/{row['id']}").json["price"] == number(row["price"])
    # In the order of the ids' hashes, as the sample lists them.
    with database.session("ecommerce") as session:
        assert [p["id"] for p in served] == [str(row.id) for row in session.execute("SELECT id FROM product")]
    database.drop_keyspace("ecommerce")


# Tables

def test_a_product_is_a_row_of_product(client, tables):
    product_id = client.new_product("Käse ☕", "79.61", "https://example.com/k.jpg")
    read = lambda: tables.execute("SELECT id, name, price, img FROM product WHERE id = %s", (uuid.UUID(product_id),)).one()
    assert read() == (uuid.UUID(product_id), "Käse ☕", number("79.61"), "https://example.com/k.jpg")
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Cheese", "price": "9999999999.99", "img": "i"})
    assert read() == (uuid.UUID(product_id), "Cheese", number("9999999999.99"), "i")
    client.expect(200, "DELETE", f"/products/{product_id}")
    assert read() is None


def carts(tables, user):
    return [(row.cart_id, row.is_active) for row in tables.execute("SELECT cart_id, is_active FROM cart WHERE user_id = %s", (user,))]


def items(tables, user):
    rows = tables.execute("SELECT cart_id, product_id, product_quantity FROM cart_items WHERE user_id = %s", (user,))
    # Where there is only what the whole partition shares, the rest of the row is null.
    return {(row.cart_id, row.product_id): row.product_quantity for row in rows if row.cart_id is not None}


def test_an_active_cart_and_its_items_are_rows_of_the_samples_tables(client, tables):
    user, tea, cake = new_user(), client.new_product("Tea", "0.10"), client.new_product("Cake", "3.33")
    client.put_in_cart(user, tea, 2)
    client.put_in_cart(user, cake, 5)
    client.put_in_cart(user, tea, 3)
    cart_id = uuid.UUID(client.get(f"/cart/{user}").json[0]["cart_id"])
    assert items(tables, user) == {(cart_id, uuid.UUID(tea)): 3, (cart_id, uuid.UUID(cake)): 5}
    wait_for(lambda: carts(tables, user), lambda rows: rows == [(cart_id, True)], "the row of an active cart")
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": tea})
    assert items(tables, user) == {(cart_id, uuid.UUID(cake)): 5}


def test_a_checkout_makes_an_order_of_exact_amounts_and_ends_the_cart(client, tables):
    user, tea, cake = new_user(), client.new_product("Tea", "0.10"), client.new_product("Käse ☕", "79.61")
    client.put_in_cart(user, tea, 3)
    client.put_in_cart(user, cake, 1000)
    told = client.expect(200, "POST", f"/cart/{user}/checkout").json
    cart_id = uuid.UUID(told["order_id"])
    assert items(tables, user) == {}
    wait_for(lambda: carts(tables, user), lambda rows: rows == [(cart_id, False)], "the row of a cart that was checked out")
    read = lambda: list(tables.execute("SELECT * FROM orders WHERE user_id = %s", (user,)))
    order, = wait_for(read, len, "the order's row")
    assert (order.order_id, order.currency, order.total) == (cart_id, told["currency"], number("79610.30"))
    assert sorted(tuple(item) for item in order.items) == sorted([
        (uuid.UUID(tea), "Tea", number("0.10"), 3, number("0.30")), (uuid.UUID(cake), "Käse ☕", number("79.61"), 1000, number("79610.00"))])
    placed = datetime.datetime.fromisoformat(told["placed_at"].replace("Z", "+00:00")).replace(tzinfo=None)
    assert abs(order.placed_at - placed) < datetime.timedelta(milliseconds=1)
    assert order.placed_at == datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=order.placed_us // 1000)

    client.put_in_cart(user, tea)
    next_cart = uuid.UUID(client.get(f"/cart/{user}").json[0]["cart_id"])
    wait_for(lambda: sorted(carts(tables, user)), lambda rows: rows == sorted([(cart_id, False), (next_cart, True)]), "the next cart's row")


# The log

def log_rows(tables, table, **where):
    """The rows about one key, by stream, time and number. What is asked for is no key of a log, so all of it is read."""
    condition = " AND ".join(f"{column} = %s" for column in where)
    rows = list(tables.execute(f"SELECT * FROM {table}_scylla_cdc_log WHERE {condition} ALLOW FILTERING", tuple(where.values())))
    return sorted(rows, key=lambda row: (row.cdc_time.time, row.cdc_time.bytes, row.cdc_batch_seq_no))


def batches(rows):
    """[[row, ...], ...]: what one commit wrote into one stream."""
    return [list(group) for _, group in itertools.groupby(rows, key=lambda row: (row.cdc_stream_id, row.cdc_time))]


def check_shape(batch):
    assert [row.cdc_batch_seq_no for row in batch] == list(range(len(batch))), batch
    assert [row.cdc_end_of_batch for row in batch] == [None] * (len(batch) - 1) + [True], batch
    for row in batch:
        assert row.cdc_time.version == 1 and len(row.cdc_stream_id) == 16 and row.cdc_ttl is None, row
        # The stream's own place on the ring, its version in the last four bits.
        assert row.cdc_stream_id[15] & 15 == 1, row


def operations(rows):
    found = batches(rows)
    for batch in found:
        check_shape(batch)
    return [[row.cdc_operation for row in batch] for batch in found]


def when(cdc_time):
    return datetime.datetime(1582, 10, 15, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=cdc_time.time // 10)


def test_the_columns_are_those_of_scylladbs_log(tables):
    columns_of = "SELECT column_name, type, kind FROM system_schema.columns WHERE keyspace_name = %s AND table_name = %s"
    for base in ("product", "cart", "cart_items", "orders"):
        columns = {row.column_name: (row.type, row.kind) for row in tables.execute(columns_of, (tables.keyspace, f"{base}_scylla_cdc_log"))}
        own = [row for row in tables.execute(columns_of, (tables.keyspace, base)) if row.kind != "static"]
        assert columns == {
            "cdc$stream_id": ("blob", "partition_key"), "cdc$time": ("timeuuid", "clustering"), "cdc$batch_seq_no": ("int", "clustering"),
            "cdc$operation": ("tinyint", "regular"), "cdc$ttl": ("bigint", "regular"), "cdc$end_of_batch": ("boolean", "regular"),
        } | {row.column_name: (row.type, "regular") for row in own} | {
            f"cdc$deleted_{row.column_name}": ("boolean", "regular") for row in own if row.kind == "regular"}


def test_putting_and_removing_items_is_logged_as_the_sample_does_it(client, tables):
    user, product_id = new_user(), client.new_product()
    before = datetime.datetime.now(datetime.timezone.utc)
    client.put_in_cart(user, product_id, 2)
    client.put_in_cart(user, product_id, 5)
    cart_id = uuid.UUID(client.get(f"/cart/{user}").json[0]["cart_id"])
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": product_id})
    rows = wait_for(lambda: log_rows(tables, "cart_items", user_id=user), lambda rows: len(rows) >= 7, "the log of two puts and a removal")
    assert operations(rows) == [[INSERT, POSTIMAGE], [PREIMAGE, INSERT, POSTIMAGE], [PREIMAGE, DELETE]]
    assert {(row.user_id, row.cart_id, row.product_id) for row in rows} == {(user, cart_id, uuid.UUID(product_id))}
    assert [row.product_quantity for row in rows] == [2, 2, 2, 5, 5, 5, None]
    assert {row.cdc_deleted_product_quantity for row in rows} == {None}
    assert len({row.cdc_stream_id for row in rows}) == 1, "one user's changes are in one stream, or they would have no order"
    now = datetime.datetime.now(datetime.timezone.utc)
    slack = datetime.timedelta(seconds=1)  # a commit's time is never before the user's last one
    assert all(before - slack <= when(row.cdc_time) <= now + slack for row in rows)


def test_one_commits_rows_bear_one_time_in_all_tables(client, tables):
    user, tea, cake = new_user(), client.new_product("Tea", "0.10"), client.new_product("Cake", "2.50")
    client.put_in_cart(user, tea, 3)
    client.put_in_cart(user, cake, 2)
    order = client.expect(200, "POST", f"/cart/{user}/checkout").json
    cart_id = uuid.UUID(order["order_id"])
    of_orders = wait_for(lambda: log_rows(tables, "orders", user_id=user), len, "the order's log")
    of_cart = wait_for(lambda: log_rows(tables, "cart", user_id=user), lambda rows: len(rows) >= 5, "the cart's log")
    of_items = wait_for(lambda: log_rows(tables, "cart_items", user_id=user), lambda rows: len(rows) >= 4, "the items' log")

    assert operations(of_items) == [[INSERT, POSTIMAGE]] * 2, "the lines that a checkout ends are in the order, not in the log"
    assert operations(of_cart) == [[INSERT, POSTIMAGE], [PREIMAGE, UPDATE, POSTIMAGE]]
    assert operations(of_orders) == [[INSERT, POSTIMAGE]]
    # The first put opened the cart.
    assert of_cart[0].cdc_time == of_items[0].cdc_time and of_cart[4].cdc_time == of_orders[0].cdc_time
    assert [(row.cart_id, row.is_active) for row in of_cart] == [(cart_id, True)] * 3 + [(cart_id, False)] * 2
    for row in of_orders:
        assert (row.order_id, row.total) == (cart_id, number("5.30")) and {item.total for item in row.items} == {number("0.30"), number("5.00")}
    numbers = {rows[0].cdc_stream_id for rows in (of_items, of_cart, of_orders)}
    assert len(numbers) == 1


def test_products_are_logged_with_what_was_there_before(client, tables):
    product_id = client.new_product("Tea", "12.50")
    client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": "Tea", "price": "13.75", "img": "i"})
    client.expect(200, "DELETE", f"/products/{product_id}")
    rows = wait_for(lambda: log_rows(tables, "product", id=uuid.UUID(product_id)), lambda rows: len(rows) >= 7, "the product's log")
    assert operations(rows) == [[INSERT, POSTIMAGE], [PREIMAGE, UPDATE, POSTIMAGE], [PREIMAGE, DELETE]]
    assert [row.price for row in rows] == [number("12.50")] * 3 + [number("13.75")] * 3 + [None]


def test_an_import_is_one_commit(client, tables):
    ids = [uuid.uuid4() for _ in range(40)]
    client.expect(200, "POST", "/products/import", "id,img,name,price\n" + "".join(f"{i},i,Imported,{n}.5\n" for n, i in enumerate(ids)),
                  {"content-type": "text/csv"})
    found = [row for i in ids for row in wait_for(lambda: log_rows(tables, "product", id=i), lambda rows: len(rows) >= 2, "an imported product's log")]
    assert len(found) == 80 and len({row.cdc_time for row in found}) == 1
    # Keys that share a stream share a batch.
    by_stream = sorted(found, key=lambda row: (row.cdc_stream_id, row.cdc_batch_seq_no))
    for batch in batches(by_stream):
        check_shape(batch)
        half = len(batch) // 2
        assert [row.cdc_operation for row in batch] == [INSERT] * half + [POSTIMAGE] * half
    assert len(batches(by_stream)) > 1


def test_the_samples_questions_run_as_written(start, tmp_path):
    server = start()
    log = f"{server.keyspace}.cart_items_scylla_cdc_log"
    with Client(server) as client:
        often, other = client.new_product(), client.new_product()
        for quantity in range(1, 8):
            client.put_in_cart(new_user(), often, quantity)
        client.put_in_cart(new_user(), other, 1)
        user = new_user()
        client.put_in_cart(user, other, 3)
        client.expect(200, "DELETE", f"/cart/{user}", {"product_id": other})
    with database.session(server.keyspace) as session:
        wait_for(lambda: session.execute(f"SELECT count(*) FROM {log}").one().count, lambda count: count == 20, "the whole log")

    def count(condition):
        said = database.cqlsh(f'SELECT count(*) FROM {log} WHERE "cdc$operation"= 2 AND {condition} ALLOW FILTERING;', tmp_path)
        return int(next(line for line in said.splitlines() if line.strip().isdigit()))

    assert count("product_quantity > 2") == 6
    assert count(f"product_id = {often}") == 7
