"""The catalogue over HTTP: pages by cursor, search, and what a write shows to the next read."""
import urllib.parse
import uuid

import pytest

from client import Client, next_page

COUNT = 137


def walk(client, path):
    """Every page from `path` on."""
    pages = []
    while path:
        reply = client.expect(200, "GET", path)
        pages.append(reply.json)
        path = next_page(reply)
        assert len(pages) < 1000, "the pages do not end"
    return pages


def ids(pages):
    return [product["id"] for page in pages for product in page]


@pytest.fixture(scope="module")
def catalogue(server):
    """COUNT products, and no others, in a server that later tests add to."""
    with Client(server) as client:
        return {client.new_product(f"Catalogue {number}", f"{number}.5") for number in range(COUNT)}


@pytest.mark.parametrize("limit", [1, 2, 10, 50, 136, 137, 138, 1000])
def test_walking_the_pages_meets_every_product_once(client, catalogue, limit):
    pages = walk(client, f"/products?limit={limit}")
    met = ids(pages)
    assert len(met) == len(set(met)) and catalogue <= set(met)
    assert all(len(page) == limit for page in pages[:-1]) and len(pages[-1]) <= limit


def test_a_page_is_ten_products_unless_told(client, catalogue):
    reply = client.expect(200, "GET", "/products")
    assert len(reply.json) == 10
    assert "limit=10" in next_page(reply) or len(client.get(next_page(reply)).json) == 10


def test_after_is_the_cursor_that_link_gives(client, catalogue):
    first = client.expect(200, "GET", "/products?limit=20")
    after = urllib.parse.parse_qs(urllib.parse.urlsplit(next_page(first)).query)["after"][0]
    second = client.expect(200, "GET", "/products?limit=20&after=" + urllib.parse.quote(after, safe=""))
    assert len(second.json) == 20 and not set(ids([first.json])) & set(ids([second.json]))
    assert ids([client.expect(200, "GET", "/products?limit=40").json]) == ids([first.json, second.json])


def test_the_walk_goes_on_when_products_come_and_go(client, catalogue):
    gone = [client.new_product(f"Passing {number}") for number in range(60)]
    met, path = [], "/products?limit=7"
    while path:
        reply = client.expect(200, "GET", path)
        met += ids([reply.json])
        path = next_page(reply)
        # The cursor's own product goes as well, when it is one of these.
        for product_id in [p for p in ids([reply.json]) if p in gone] + gone[:1]:
            client.expect(200, "DELETE", f"/products/{product_id}")
            gone = [p for p in gone if p != product_id]
    assert len(met) == len(set(met)) and catalogue <= set(met)


def test_the_last_page_names_no_next(client):
    assert client.get("/products?limit=1000").header("link") is None


@pytest.mark.parametrize("after", ["garbage", "%00", "%FF", "a" * 3000, "00000000-0000-0000-0000-00000000000g", ""])
def test_a_cursor_of_ones_own_making_is_no_server_error(client, after):
    reply = client.get(f"/products?after={after}")
    assert reply.status in (200, 400, 422), reply
    if reply.status == 422:
        assert reply.errors[0][1] == ["query", "after"]


@pytest.mark.parametrize("query, wanted", [
    ("limit=3", 3), ("limit=3.0", 3), ("limit=%33", 3), ("limit=1&limit=4", 4), ("limit=x&limit=2", 2), ("&&limit=5&", 5),
    ("limit=6&unknown=1&limit", None), ("lim%69t=7", 7), ("x=a%20b+c&limit=8", 8),
])
def test_the_query_string_is_read_as_forms_are(client, catalogue, query, wanted):
    reply = client.get(f"/products?{query}")
    if wanted is None:
        # A parameter without "=" holds the empty text, which is no number; or it is passed over, as the sample's parser does.
        assert reply.status in (200, 422), reply
    else:
        assert reply.status == 200 and len(reply.json) == wanted, reply


@pytest.mark.parametrize("limit, kind", [
    ("0", "greater_than_equal"), ("-1", "greater_than_equal"), ("1001", "less_than_equal"), ("99999999999999999999", "less_than_equal"),
    ("abc", "int_parsing"), ("", "int_parsing"), ("5.5", "int_parsing"), ("true", "int_parsing"), ("0x5", "int_parsing"), ("5%20000", "int_parsing"),
])
def test_a_bad_limit_is_named(client, limit, kind):
    reply = client.get(f"/products?limit={limit}")
    assert (reply.status, reply.errors) == (422, [(kind, ["query", "limit"])])


@pytest.mark.parametrize("path", ["/products?after=%FF", "/products?limit=%C3", "/products/%FF", "/cart/%FF", "/orders/u/%E2%82", "/products?limit=%ED%A0%80"])
def test_an_error_that_shows_what_came_is_json_still(client, path):
    reply = client.get(path)
    assert reply.status in (400, 422) and reply.detail


# Search

def found(client, words, extra=""):
    pages = walk(client, "/products?q=" + urllib.parse.quote_plus(words) + extra)
    return ids(pages)


def fresh_word():
    return "w" + uuid.uuid4().hex


def test_search_wants_every_word_in_any_order_and_case(client):
    word = fresh_word()
    black, green = client.new_product(f"Black Tea {word}"), client.new_product(f"Green tea, {word}")
    coffee = client.new_product(f"{word} Coffee (black)")
    assert set(found(client, word)) == {black, green, coffee}
    assert set(found(client, f"TEA {word}")) == {black, green}
    assert set(found(client, f"{word.upper()} black")) == {black, coffee}
    assert found(client, f"  {word}   tea  BLACK ") == [black]
    assert found(client, f"{word} water") == []


@pytest.mark.parametrize("name, query", [
    ("Übergröße", "übergröße"), ("ÉCLAIR", "éclair"), ("éclair", "ÉCLAIR"), ("Чай чёрный", "ЧАЙ ЧЁРНЫЙ"), ("ΤΣΑΪ", "τσαϊ"), ("Łódź", "łÓDŹ"),
    ("緑茶", "緑茶"), ("Tea ☕", "☕ tea"), ("Smørrebrød", "SMØRREBRØD"),
])
def test_search_ignores_case_beyond_ascii(client, name, query):
    word = fresh_word()
    product_id = client.new_product(f"{name} {word}")
    assert found(client, f"{query} {word}") == [product_id]


def test_search_follows_every_write_at_once(client):
    word, other = fresh_word(), fresh_word()
    for _ in range(20):
        product_id = client.new_product(f"Tea {word}")
        assert found(client, word) == [product_id]
        client.expect(200, "PUT", f"/products/{product_id}", {"id": product_id, "name": f"Tea {other}", "price": 1, "img": "i"})
        assert (found(client, word), found(client, other)) == ([], [product_id])
        client.expect(200, "DELETE", f"/products/{product_id}")
        assert (found(client, word), found(client, other)) == ([], [])


def test_search_comes_in_pages_that_keep_the_words(client):
    word = fresh_word()
    wanted = {client.new_product(f"Tea & biscuits {word} {number}") for number in range(23)}
    client.new_product(f"Tea {word}")
    pages = walk(client, f"/products?q=biscuits+{word}&limit=5")
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3] and set(ids(pages)) == wanted
    assert len(client.get(f"/products?q={word}").json) == 10


def test_search_takes_a_plus_and_percent_20_for_a_space(client):
    word = fresh_word()
    product_id = client.new_product(f"Iced tea {word}")
    for query in (f"iced+{word}", f"iced%20{word}"):
        assert ids([client.get(f"/products?q={query}").json]) == [product_id]


def test_search_survives_a_restart(start):
    server, word = start(), fresh_word()
    with Client(server) as client:
        product_id = client.new_product(f"Tea {word}")
    server.kill()
    server.start()
    with Client(server) as client:
        assert found(client, word) == [product_id]


@pytest.mark.parametrize("query", ["", "+", "%20%20", "%22", "*", "%25", "'%3B--", "a" * 2000, "%00", "%FF"])
def test_no_words_upset_the_search(client, query):
    reply = client.get(f"/products?q={query}&limit=1")
    assert reply.status in (200, 400, 422), reply


# Reads after writes

def test_the_home_page_is_json_for_programs_and_a_page_for_browsers(client):
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert "Hello World!" in client.get("/").json
    assert "Hello World!" in client.get("/", accept="*/*").json
    assert "Hello World!" in client.get("/", accept="application/json, text/html").json
    page = client.get("/", accept=browser)
    assert page.status == 200 and page.header("content-type").startswith("text/html") and "<html" in page.text.lower()


def test_put_takes_the_id_of_the_path_but_wants_one_in_the_body(client):
    product_id = str(uuid.uuid4())
    body = {"id": "anything", "name": "n", "price": 1, "img": "i"}
    client.expect(200, "PUT", f"/products/{product_id}", body)
    assert client.get(f"/products/{product_id}").json["id"] == product_id
    del body["id"]
    reply = client.put(f"/products/{product_id}", body)
    assert (reply.status, reply.errors) == (422, [("missing", ["body", "id"])])


def test_a_deleted_product_is_gone_from_reads_and_lists(client):
    product_id = client.new_product("Going")
    client.expect(200, "DELETE", f"/products/{product_id}")
    assert client.get(f"/products/{product_id}").detail == "Product not found"
    assert product_id not in ids(walk(client, "/products?limit=1000"))


def test_products_survive_a_clean_stop_and_a_kill(start):
    server = start()
    with Client(server) as client:
        first = client.new_product("First", "1.10")
    server.stop()
    server.start()
    with Client(server) as client:
        second = client.new_product("Second", "2.20")
    server.kill()
    server.start()
    with Client(server) as client:
        assert [client.get(f"/products/{p}").json["name"] for p in (first, second)] == ["First", "Second"]
