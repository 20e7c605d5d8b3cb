"""`cartwheel schema` on a real node: it makes the tables, prints them for cqlsh, and carries over what the sample application made."""
import json
import os
import signal
import subprocess
import uuid

import pytest

import database
from client import Client
from program import complaint, run
from server import DEADLINE_SECONDS, binary

FAILED, INTERRUPTED, USAGE = 3, 4, 64
LOGGED = ["product", "cart", "cart_items", "orders"]

# As the sample application declares them.
SAMPLE = """
CREATE KEYSPACE {0} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}};
CREATE TABLE {0}.product (id uuid PRIMARY KEY, name text, price float, img text);
CREATE TABLE {0}.cart (user_id text, cart_id uuid, is_active boolean, PRIMARY KEY (user_id, cart_id));
CREATE INDEX ON {0}.cart (is_active);
CREATE TABLE {0}.cart_items (user_id text, cart_id uuid, product_id uuid, product_quantity int, PRIMARY KEY (user_id, cart_id, product_id));
"""
CARTS_OF_A_PAGE = 1_000


@pytest.fixture
def keyspace():
    """A name that no keyspace has; what is made under it is dropped."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    yield name
    with database.session() as session:
        session.execute(f"DROP KEYSPACE IF EXISTS {name}")


@pytest.fixture
def sample(keyspace):
    """A keyspace as the sample application leaves it, without rows."""
    with database.session() as session:
        for statement in SAMPLE.format(keyspace).split(";")[:-1]:
            session.execute(statement)
    return keyspace


def schema(keyspace, cwd, *flags):
    return run("schema", "--keyspace", keyspace, *database.flags(), *flags, cwd=cwd)


def done(result):
    """The lines of one that ended well."""
    assert result.returncode == 0 and result.stderr == "", result
    return result.stdout.splitlines()


def columns(keyspace):
    """{table: {column: (kind, type)}}"""
    found = {}
    with database.session() as session:
        for row in session.execute("SELECT table_name, column_name, kind, type FROM system_schema.columns WHERE keyspace_name = %s", [keyspace]):
            found.setdefault(row.table_name, {})[row.column_name] = (row.kind, row.type)
    return found


def insert_many(session, statement, rows):
    from cassandra.concurrent import execute_concurrent_with_args
    for ok, error in execute_concurrent_with_args(session, session.prepare(statement), rows, concurrency=64):
        assert ok, error


def heads(keyspace):
    """{user: (version, active cart)} of those whose partition has any row."""
    with database.session(keyspace) as session:
        return {row.user_id: (row.version, row.active_cart_id)
                for row in session.execute("SELECT DISTINCT user_id, version, active_cart_id FROM cart_items")}


# ---- a fresh keyspace


def test_it_makes_all_tables_and_says_so_and_then_finds_nothing_missing(keyspace, tmp_path):
    lines = done(schema(keyspace, tmp_path))
    assert lines[0] == f"made keyspace {keyspace} with 1 copy of each row in datacenter1"
    assert lines[-1].startswith(f"Keyspace {keyspace} is ready for cartwheel serve --store cql (Cassandra 5.0.")
    tables = columns(keyspace)
    assert sorted(tables) == sorted([*LOGGED, *(f"{table}_scylla_cdc_log" for table in LOGGED), "follower"])
    assert tables["product"]["price"] == ("regular", "decimal")
    assert tables["cart_items"]["version"] == ("static", "bigint") and tables["cart_items"]["idempotency"] == ("static", "map<text, blob>")
    assert tables["orders"]["items"] == ("regular", "frozen<list<frozen<order_item>>>")
    assert tables["cart_items_scylla_cdc_log"]["cdc$stream_id"] == ("partition_key", "blob")
    again = done(schema(keyspace, tmp_path))
    assert len(again) == 1 and again[0].startswith("Nothing was missing. ") and columns(keyspace) == tables
    assert list(tmp_path.iterdir()) == []


def test_what_was_dropped_comes_back(keyspace, tmp_path):
    done(schema(keyspace, tmp_path))
    before = columns(keyspace)
    with database.session(keyspace) as session:
        session.execute("DROP TABLE orders_scylla_cdc_log")
        session.execute("ALTER TABLE cart DROP ordered_us")
    assert done(schema(keyspace, tmp_path))[:-1] == ["added ordered_us to cart", "made table orders_scylla_cdc_log"]
    assert columns(keyspace) == before


def test_several_at_once_make_one_schema(keyspace, tmp_path):
    command = [binary(), "schema", "--keyspace", keyspace, *database.flags()]
    running = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(4)]
    said = [process.communicate(timeout=DEADLINE_SECONDS)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    assert done(schema(keyspace, tmp_path))[0].startswith("Nothing was missing. ")


def test_programs_get_an_object_a_line(keyspace, tmp_path):
    objects = [json.loads(line) for line in done(schema(keyspace, tmp_path, "--json"))]
    assert {"done": "made table product"} in objects
    assert objects[-1].items() >= {"end": "done", "keyspace": keyspace, "carried_over": None, "remarks": []}.items()
    assert objects[-1]["steps"] == len(objects) - 1


def test_a_name_with_capitals_is_one(tmp_path):
    name = f"Shop{uuid.uuid4().hex[:8]}"
    try:
        done(schema(name, tmp_path))
        assert "product" in columns(name)
    finally:
        with database.session() as session:
            session.execute(f'DROP KEYSPACE IF EXISTS "{name}"')


# ---- printed


def run_by_cqlsh(script, folder):
    file = folder / "shop.cql"
    file.write_text(script)
    database.cqlsh(f"SOURCE '{file}'", folder)


@pytest.mark.parametrize("how", ["asked", "not asked"])
def test_cqlsh_runs_what_is_printed(keyspace, tmp_path, how):
    asked = ["--dialect", "cassandra", "--replication", "1"] if how == "not asked" else database.flags()
    printed = run("schema", "--print", "--keyspace", keyspace, *asked, cwd=tmp_path)
    assert printed.returncode == 0 and printed.stderr == ""
    assert columns(keyspace) == {}, "it was done, not only printed"
    run_by_cqlsh(printed.stdout, tmp_path)
    made = columns(keyspace)
    assert done(schema(keyspace, tmp_path))[0].startswith("Nothing was missing. ") and columns(keyspace) == made
    assert "-- Nothing is missing." in done(run("schema", "--print", "--keyspace", keyspace, *database.flags(), cwd=tmp_path))


def test_printing_needs_to_know_the_product(tmp_path):
    assert "--dialect" in complaint(run("schema", "--print", cwd=tmp_path), USAGE)
    assert "--dialect" in complaint(run("schema", "--print", "--dialect", "oracle", cwd=tmp_path), USAGE)
    scylla = done(run("schema", "--print", "--dialect", "scylla", cwd=tmp_path))
    assert sum("cdc = {'enabled': true, 'preimage': 'full', 'postimage': true};" in line for line in scylla) == len(LOGGED)


# ---- refusals


def test_a_node_that_does_not_answer_is_named(tmp_path):
    line = complaint(run("schema", "--host", "127.0.0.1:1", cwd=tmp_path), FAILED)
    assert "no node answers at 127.0.0.1:1" in line and "--host" in line


def test_more_copies_than_nodes_are_refused(keyspace, tmp_path):
    assert "--replication" in complaint(schema(keyspace, tmp_path, "--replication", "99"), USAGE)
    assert columns(keyspace) == {}


def test_users_of_another_type_are_refused_before_anything_changes(keyspace, tmp_path):
    with database.session() as session:
        for statement in SAMPLE.replace("user_id text", "user_id uuid").format(keyspace).split(";")[:-1]:
            session.execute(statement)
    before = columns(keyspace)
    line = complaint(schema(keyspace, tmp_path), FAILED)
    assert "user_id is uuid, where text is needed" in line and "--keyspace" in line
    assert columns(keyspace) == before


# ---- what the sample application made


def test_carts_of_the_sample_are_taken_over(sample, tmp_path):
    first, second, third = sorted(uuid.uuid4() for _ in range(3))
    product = uuid.uuid4()
    with database.session(sample) as session:
        session.execute("INSERT INTO product (id, name, price, img) VALUES (%s, 'Mug', 79.61, '/mug.svg')", [product])
        insert_many(session, "INSERT INTO cart (user_id, cart_id, is_active) VALUES (?, ?, ?)",
                    [("one", first, True), ("old", first, False), ("both", first, False), ("both", second, True),
                     ("several", second, True), ("several", third, True), ("several", first, False), ("ünï", third, True)])
        insert_many(session, "INSERT INTO cart_items (user_id, cart_id, product_id, product_quantity) VALUES (?, ?, ?, ?)",
                    [(user, cart, product, 2) for user, cart in
                     [("one", first), ("both", first), ("both", second), ("several", second), ("several", third), ("old", first)]])
    lines = done(schema(sample, tmp_path))
    assert "8 carts of the sample application looked at, 4 users taken over, 0 there already" in lines
    assert any(line.startswith("1 user had several active carts.") for line in lines)
    assert heads(sample) == {"one": (1, first), "both": (1, second), "several": (1, second), "ünï": (1, third), "old": (None, None)}
    tables = columns(sample)
    assert tables["product"]["price"] == ("regular", "float") and tables["product"]["price_exact"] == ("regular", "decimal")
    assert tables["product_scylla_cdc_log"]["price"] == ("regular", "decimal") and "price_exact" not in tables["product_scylla_cdc_log"]
    with database.session(sample) as session:
        assert session.execute("SELECT product_quantity FROM cart_items WHERE user_id = 'one'").one().product_quantity == 2
        # Microseconds, as the engine counts them.
        assert session.execute("SELECT committed_us FROM cart_items WHERE user_id = 'one'").one().committed_us > 1_700_000_000_000_000
        assert session.execute("SELECT count(*) FROM system_schema.indexes WHERE keyspace_name = %s", [sample]).one().count == 1
    assert done(schema(sample, tmp_path))[0].startswith("Nothing was missing. ")


def test_the_service_goes_on_with_carts_and_prices_of_the_sample(sample, start, tmp_path):
    prices = ["79.61", "0.07", "12.9", "1299.99", "65535.99"]
    products = {str(uuid.uuid4()): price for price in prices}
    cart, ordered = uuid.uuid4(), uuid.uuid4()
    with database.session(sample) as session:
        insert_many(session, "INSERT INTO product (id, name, price, img) VALUES (?, 'thing', ?, '/thing.svg')",
                    [(uuid.UUID(product), float(price)) for product, price in products.items()])
        insert_many(session, "INSERT INTO cart (user_id, cart_id, is_active) VALUES (?, ?, ?)", [("ada", cart, True), ("ada", ordered, False)])
        insert_many(session, "INSERT INTO cart_items (user_id, cart_id, product_id, product_quantity) VALUES ('ada', ?, ?, ?)",
                    [(cart, uuid.UUID(product), 3) for product in products] + [(ordered, uuid.uuid4(), 9)])
    refused = start(store="cql", keyspace=sample, wait=False)
    with Client(refused) as client:
        assert client.get("/health/ready").status == 503, "it serves carts that are not taken over"
    done(schema(sample, tmp_path))
    refused.wait_until_ready()
    with Client(refused) as client:
        assert {line["id"]: str(line["price"]) for line in client.expect(200, "GET", "/products").json} == products
        lines = client.expect(200, "GET", "/cart/ada").json
        assert {(line["cart_id"], line["product_id"], line["product_quantity"]) for line in lines} == {(str(cart), product, 3) for product in products}
        order = client.expect(200, "POST", "/cart/ada/checkout").json
        assert order["order_id"] == str(cart)
        assert {line["product_id"]: str(line["unit_price"]) for line in order["items"]} == products
        assert f"{order['total']:.2f}" == f"{3 * sum(float(price) for price in prices):.2f}"
        assert client.expect(200, "GET", "/orders/ada").json == [order]


def test_a_user_who_is_there_already_stays_as_he_is(sample, tmp_path):
    mine, his = sorted(uuid.uuid4() for _ in range(2))
    with database.session(sample) as session:
        insert_many(session, "INSERT INTO cart (user_id, cart_id, is_active) VALUES (?, ?, true)", [("ada", mine), ("ben", mine)])
    done(schema(sample, tmp_path))
    with database.session(sample) as session:
        session.execute("UPDATE cart_items SET version = 7, active_cart_id = %s WHERE user_id = 'ada' IF version = 1", [his])
        # As it is when a carry-over was ended before its last step.
        session.execute("ALTER TABLE cart_items DROP idempotency")
    assert "2 carts of the sample application looked at, 0 users taken over, 2 there already" in done(schema(sample, tmp_path))
    assert heads(sample) == {"ada": (7, his), "ben": (1, mine)}


def test_what_is_printed_for_it_leaves_the_rest_to_the_command(sample, tmp_path):
    with database.session(sample) as session:
        session.execute("INSERT INTO cart (user_id, cart_id, is_active) VALUES ('ada', %s, true)", [uuid.uuid4()])
    printed = run("schema", "--print", "--keyspace", sample, *database.flags(), cwd=tmp_path)
    assert printed.returncode == 0 and "`cartwheel schema` takes them over" in printed.stdout
    run_by_cqlsh(printed.stdout, tmp_path)
    assert "1 cart of the sample application looked at, 1 user taken over, 0 there already" in done(schema(sample, tmp_path))


def test_a_carry_over_that_is_interrupted_goes_on(sample, tmp_path):
    users = [f"user{number}" for number in range(5 * CARTS_OF_A_PAGE)]
    with database.session(sample) as session:
        insert_many(session, "INSERT INTO cart (user_id, cart_id, is_active) VALUES (?, ?, true)", [(user, uuid.uuid4()) for user in users])
    command = [binary(), "schema", "--json", "--keyspace", sample, *database.flags()]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARTWHEEL_")}
    with subprocess.Popen(command, cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        # The first page is done; it asks before each of the others whether to end.
        line = next(line for line in process.stdout if '"carts"' in line)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == INTERRUPTED and "run it again" in errors, (line, rest, errors)
    assert json.loads(rest.splitlines()[-1])["end"] == "interrupted"
    taken = heads(sample)
    assert CARTS_OF_A_PAGE - 1 <= len(taken) < len(users)  # the last of a page may have more rows on the next
    assert "idempotency" not in columns(sample)["cart_items"], "it passes for a whole one"

    report = json.loads(done(schema(sample, tmp_path, "--json"))[-1])
    assert report["carried_over"] == {"carts": len(users), "adopted": len(users) - len(taken), "known": len(taken), "several": 0}
    assert heads(sample).keys() == set(users)
