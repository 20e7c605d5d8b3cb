"""`POST /query` and `cartwheel query` on a cluster: the statement goes there as it is, as long as it only reads."""
from client import Client, new_user
from program import complaint, run
from server import wait_until


def rows(client, statement, **options):
    return client.expect(200, "POST", "/query", {"statement": statement, **options}).json


def test_the_samples_queries_count_what_the_log_holds(server):
    with Client(server) as client:
        product, user = client.new_product(), new_user()
        for quantity in (1, 3, 4):
            client.put_in_cart(user, product, quantity)
        log = f"{server.keyspace}.cart_items_scylla_cdc_log"
        by_product = f'SELECT count(*) FROM {log} WHERE "cdc$operation"= 2 AND product_id = {product} ALLOW FILTERING;'
        wait_until(lambda: rows(client, by_product)["rows"] == [[3]], "the log to hold three puts")
        many = f'SELECT count(*) FROM {log} WHERE "cdc$operation"= 2 AND product_quantity > 2 AND product_id = {product} ALLOW FILTERING;'
        assert rows(client, many)["rows"] == [[2]]


def test_an_answer_is_like_that_of_one_process(server):
    with Client(server) as client:
        for _ in range(3):
            client.new_product(name="Tea", price="12.50")
        answer = rows(client, f"SELECT name, price FROM {server.keyspace}.product", limit=2)
        assert answer["columns"] == ["name", "price"] and len(answer["rows"]) == 2 and answer["truncated"] is True
        assert answer["rows"][0][0] == "Tea"


def test_what_the_cluster_refuses_and_what_does_not_read_is_refused(server, tmp_path):
    with Client(server) as client:
        for statement in ("SELECT nonsense FROM nowhere", "SELEC 1", "", f"TRUNCATE {server.keyspace}.product", "DROP KEYSPACE system",
                          f"INSERT INTO {server.keyspace}.cart (user_id) VALUES ('x')", f"SELECT * FROM {server.keyspace}.product; SELECT 1"):
            reply = client.post("/query", {"statement": statement})
            assert reply.status == 422, (statement, reply)
            assert reply.errors == [("value_error", ["body", "statement"])], reply
    assert "cartwheel: " in complaint(run("query", "--server", server.url, "SELECT nonsense FROM nowhere", cwd=tmp_path), 64)
