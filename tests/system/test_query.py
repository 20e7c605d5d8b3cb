"""`POST /query` and `cartwheel query`, as their users meet them. What statements give is in tests/sql."""
import json
import os
import pathlib
import pty
import random
import select
import socket
import subprocess
import time

import pytest

from client import Client, new_user
from program import complaint, run
from server import DEADLINE_SECONDS, binary

FIRST = 'SELECT count(*) FROM ecommerce.cart_items_scylla_cdc_log WHERE "cdc$operation"= 2 AND product_quantity > 2 ALLOW FILTERING;'
SECOND = 'SELECT count(*) FROM ecommerce.cart_items_scylla_cdc_log WHERE "cdc$operation"= 2 AND product_id = {} ALLOW FILTERING;'
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def ask(any_store):
    with Client(any_store) as client:
        def send(statement, **options):
            return client.post("/query", {"statement": statement, **options})

        send.client = client
        yield send


def rows(reply):
    assert reply.status == 200, reply
    return reply.json["rows"]


def message(reply):
    """What a 422 says of the statement."""
    assert reply.status == 422, reply
    assert [error["loc"] for error in reply.detail] == [["body", "statement"]], reply
    return reply.detail[0]["msg"]


def test_the_samples_queries_run_as_they_are_written(ask):
    product, user = ask.client.new_product(), new_user()
    before = rows(ask(FIRST))[0][0]
    for quantity in (1, 3, 4):
        ask.client.put_in_cart(user, product, quantity)
    assert rows(ask(FIRST)) == [[before + 2]]
    assert rows(ask(SECOND.format(product))) == [[3]]


def test_an_answer_has_columns_rows_and_whether_there_are_more(ask):
    reply = ask("SELECT 1 AS a, 'x' AS \"b c\", NULL, 2.5, X'00ff' UNION ALL SELECT 2, '\"', 3, 0.1 + 0.2, 'é' ORDER BY 1")
    answer = reply.json
    assert answer["columns"][:2] == ["a", "b c"]
    assert json.loads(reply.text)["rows"] == [[1, "x", None, 2.5, "0x00ff"], [2, '"', 3, 0.3, "é"]]
    assert answer["truncated"] is False and answer["took_ms"] >= 0


def test_rows_are_limited(ask):
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n"
    answer = ask(many).json
    assert len(answer["rows"]) == 10_000 and answer["truncated"] is True
    answer = ask(many, limit=3).json
    assert answer["rows"] == [[1], [2], [3]] and answer["truncated"] is True
    assert ask("SELECT 1", limit=1).json["truncated"] is False


@pytest.mark.parametrize("kind", ["application/sql", "text/plain; charset=utf-8"])
def test_a_statement_may_be_the_body(ask, kind):
    assert rows(ask.client.request("POST", "/query", "SELECT 'é'", {"content-type": kind})) == [["é"]]
    reply = ask.client.request("POST", "/query", b"SELECT '\xff'", {"content-type": kind})
    assert reply.status in (400, 422), reply


@pytest.mark.parametrize("body", [{}, {"statement": None}, {"statement": 1}, {"statement": "x" * 70_000}, {"statement": "SELECT 1", "limit": 0},
                                  {"statement": "SELECT 1", "limit": 10_001}, {"statement": "SELECT 1", "limit": "all"}, [], "", b"{"])
def test_a_wrong_body_is_said_to_be(ask, body):
    headers = {"content-type": "application/json"}
    assert ask.client.request("POST", "/query", body, headers).status == 422


@pytest.mark.parametrize("statement, expected", [
    ("", "there is no statement"),
    ("SELEC 1", "line 1, column 1: only SELECT"),
    ("SELECT *\nFROM product WHER id = 1", 'line 2, column'),
    ("SELECT nam FROM product", "did you mean name?"),
    ("SELECT * FROM ecommerce.prodct", "did you mean product?"),
    ("INSERT INTO product VALUES (1)", "only SELECT"),
    ("SELECT 1; DROP TABLE product", "a second statement"),
    ("SELECT 'x", "has no end"),
    ("WITH x AS (SELECT 1) DELETE FROM product", "not"),
])
def test_a_wrong_statement_is_refused_with_the_place_and_what_to_do(ask, statement, expected):
    assert expected in message(ask(statement))


def test_a_statement_without_an_end_is_ended(start):
    server = start()
    with Client(server) as client:
        began = time.monotonic()
        reply = client.post("/query", {"statement": ENDLESS})
        assert reply.status == 503 and reply.header("retry-after"), reply
        assert "took too long" in reply.detail
        assert time.monotonic() - began > 4
        assert rows(client.post("/query", {"statement": "SELECT 1"})) == [[1]]


def test_statements_of_those_who_left_do_not_hold_up_others(start):
    server = start()
    body = ENDLESS.encode()
    for _ in range(40):
        with socket.create_connection(server.address, timeout=DEADLINE_SECONDS) as gone:
            gone.sendall(b"POST /query HTTP/1.1\r\nHost: x\r\nContent-Type: application/sql\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    with Client(server) as client:
        # Were each run to its end of 5 s, forty on two threads would take more than a minute and a half.
        end = time.monotonic() + 60
        while (reply := client.post("/query", {"statement": "SELECT 1"})).status == 503:
            assert time.monotonic() < end, reply
        assert rows(reply) == [[1]]


def test_whatever_is_asked_the_server_has_an_answer(ask):
    """Statements of pieces that mean something, in an order that mostly does not."""
    chance = random.Random(7)
    pieces = ["SELECT", "FROM", "WHERE", "product", "cart_items_scylla_cdc_log", "\"cdc$time\"", "*", ",", "(", ")", "'", "\"", "--", "/*", "*/", ";", "=",
              "<", "IN", "NULL", "1", "-1", "9e999", "0x" + "f" * 32, "dc87a43f-53b2-48a2-9003-2654345b6647", "ALLOW FILTERING", "count(*)", "sum(price)",
              "toTimestamp(1)", "minTimeuuid('x')", "maxTimeuuid(9e18)", "now()", "ORDER BY", "GROUP BY", "LIMIT", "WITH", "AS", "x", "JOIN", "UNION ALL",
              "VALUES", "EXPLAIN", "\u00e9", "\u0000", "[", "]", "`", "$", "?", "OVER ()", "user_id", "id", "\n", "LIKE", "GLOB", "printf('%s')",
              "zeroblob(1e9)", "randomblob(99999999999)", "json_each('[')", "abandoned_carts", "load_extension('x')", "sqlite_master"]
    statuses = set()
    for _ in range(600):
        words = [chance.choice(pieces) for _ in range(chance.randint(1, 12))]
        statement = ("SELECT " if chance.random() < 0.8 else "") + " ".join(words)
        reply = ask(statement)
        assert reply.status in (200, 422), (statement, reply)
        statuses.add(reply.status)
    for piece in pieces:
        reply = ask(f"SELECT {piece} FROM product_scylla_cdc_log WHERE \"cdc$time\" > {piece}")
        assert reply.status in (200, 422), (piece, reply)
    assert statuses == {200, 422}


@pytest.fixture
def shop(start, tmp_path):
    server = start()
    with Client(server) as client:
        client.expect(200, "POST", "/products", {"id": "00000000-0000-4000-8000-000000000001", "name": 'Tea, "green"', "price": "12.50", "img": "x"})
    (tmp_path / "work").mkdir()

    def ask(*arguments, **options):
        return run("query", *arguments, "--server", server.url, cwd=tmp_path / "work", **options)

    ask.server, ask.work = server, tmp_path / "work"
    return ask


def test_rows_as_a_table(shop):
    result = shop("SELECT name, price, NULL AS none FROM product")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == ' name         | price | none\n--------------+-------+------\n Tea, "green" |  12.5 | null\n(1 row)\n'


def test_rows_as_csv_and_as_json(shop):
    assert shop("--format", "csv", "SELECT name, price, NULL AS none FROM product").stdout == 'name,price,none\n"Tea, ""green""",12.5,\n'
    assert shop("--format", "json", "SELECT name, price FROM product").stdout == '{"name":"Tea, \\"green\\"","price":12.5}\n'


def test_statements_from_a_file_and_from_standard_input(shop):
    (shop.work / "two.sql").write_text("-- first; \nSELECT 1 AS a;\nSELECT 2 AS b\n")
    assert shop("--format", "json", "--file", "two.sql").stdout == '{"a":1}\n{"b":2}\n'
    piped = subprocess.run([binary(), "query", "--format", "csv", "--server", shop.server.url], input="SELECT 3 AS c;", capture_output=True, text=True,
                           timeout=DEADLINE_SECONDS)
    assert (piped.stdout, piped.returncode) == ("c\n3\n", 0)


def test_how_it_ends(shop):
    assert "column 8: no such column: nam" in complaint(shop("SELECT nam FROM product"), 64)
    assert "no statement" in complaint(shop(" ; "), 64)
    assert "absent.sql" in complaint(shop("--file", "absent.sql"), 3)
    assert shop("--format", "xml", "SELECT 1").returncode == 64
    assert shop("--file", "x", "SELECT 1").returncode == 64
    shop.server.stop()
    complaint(shop("SELECT 1"), 3)


def test_the_folder_itself_when_no_server_holds_it(shop):
    shop.server.stop()
    result = run("query", "--data", shop.server.folder / "data", "--format", "csv", "SELECT count(*) FROM product", cwd=shop.work)
    assert result.stdout == "count(*)\n1\n", result.stderr


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, command, environment):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        self.text = ""

    def wait_for(self, text, times=1):
        end = time.monotonic() + DEADLINE_SECONDS
        while self.text.count(text) < times:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.master], [], [], left)[0], f"waited in vain for {text!r}: {self.text!r}"
            self.text += os.read(self.master, 65536).decode("utf-8", "replace")

    def type(self, text):
        os.write(self.master, text.encode())

    def exit_code(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_the_prompt(shop, tmp_path):
    environment = {"HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    terminal = Terminal([binary(), "query", "--server", shop.server.url], environment)
    terminal.wait_for("cartwheel> ")
    terminal.type("SELECT 40 +\n")
    terminal.wait_for("...> ")
    terminal.type("2 AS sum;\n")
    terminal.wait_for("(1 row)")
    assert " 42" in terminal.text
    terminal.type("SELECT nam FROM product;\n")
    terminal.wait_for("did you mean name?")
    terminal.type("\\d cart_items\n")
    terminal.wait_for("product_quantity")
    terminal.type("SELECT count(*) FROM second_th\t;\n")
    terminal.wait_for("(1 row)", times=2)
    terminal.type("\\q\n")
    assert terminal.exit_code() == 0
    history = (tmp_path / ".local/state/cartwheel/query_history").read_text()
    assert "second_thoughts" in history.replace("\\040", " ")
    assert pathlib.Path(tmp_path / "work").is_dir()
