"""How many statements a request sends to the cluster: few, and the same number each time. Counted by the service, in /metrics."""
import uuid

import pytest

from client import new_user
from server import wait_until

ROUNDS = 15


class Counter:
    def __init__(self, client):
        self._client = client

    def _figures(self):
        lines = self._client.expect(200, "GET", "/metrics").text.splitlines()
        return {name.removeprefix("cartwheel_cluster_"): int(float(value)) for name, value in
                (line.split(" ") for line in lines if line.startswith("cartwheel_cluster_"))}

    def now(self, which="statements_total"):
        # What is sent beside requests is told apart once it is done.
        return wait_until(lambda: (figures := self._figures())["undelivered_commits"] == 0 and figures, "deliveries to end")[which]

    def of(self, method, path, body=None, **headers):
        """Statements that a request takes; it must succeed."""
        before = self.now()
        self._client.expect(200, method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.now() - before


@pytest.fixture
def count(client):
    return Counter(client)


def always(numbers):
    """The one number that they all are."""
    numbers = list(numbers)
    assert len(numbers) == ROUNDS and len(set(numbers)) == 1, f"not the same each time: {numbers}"
    return numbers[0]


def key():
    return str(uuid.uuid4())


def test_what_sends_nothing_counts_nothing(count):
    assert always(count.of("GET", "/health/live") for _ in range(ROUNDS)) == 0
    assert always(count.of("GET", "/health/ready") for _ in range(ROUNDS)) == 0


def test_reading_a_product_takes_one(client, count):
    product_id = client.new_product()
    assert always(count.of("GET", f"/products/{product_id}") for _ in range(ROUNDS)) == 1


def test_a_page_of_products_takes_one(client, count):
    for number in range(60):
        client.new_product(f"Product {number}")
    for path in ("/products", "/products?limit=50", "/products?limit=1000"):
        assert always(count.of("GET", path) for _ in range(ROUNDS)) == 1
    second = client.get("/products?limit=7").header("link")
    second = second[second.index("/products"):second.index(">")]
    assert always(count.of("GET", second) for _ in range(ROUNDS)) == 1


@pytest.mark.parametrize("lines", [1, 3, 40])
def test_reading_a_cart_takes_one(client, count, lines):
    user = new_user()
    for _ in range(lines):
        client.put_in_cart(user, client.new_product())
    assert always(count.of("GET", f"/cart/{user}") for _ in range(ROUNDS)) == 1
    assert len(client.cart(user)) == lines


@pytest.mark.parametrize("with_key", [False, True], ids=["without a key", "with a key"])
@pytest.mark.parametrize("where", ["new cart", "new item", "known item"])
def test_a_put_takes_three_at_most(client, count, with_key, where):
    user, known = new_user(), client.new_product()
    client.put_in_cart(user, known)

    def put():
        buyer = new_user() if where == "new cart" else user
        product_id = known if where == "known item" else client.new_product()
        headers = {"idempotency_key": key()} if with_key else {}
        return count.of("POST", f"/cart/{buyer}", {"product_id": product_id, "quantity": 2}, **headers)

    assert 1 <= always(put() for _ in range(ROUNDS)) <= 3


@pytest.mark.parametrize("with_key", [False, True], ids=["without a key", "with a key"])
def test_a_removal_takes_three_at_most(client, count, with_key):
    user, products = new_user(), [client.new_product() for _ in range(ROUNDS)]
    for product_id in products:
        client.put_in_cart(user, product_id)
    headers = [{"idempotency_key": key()} if with_key else {} for _ in products]
    assert 1 <= always(count.of("DELETE", f"/cart/{user}/items/{product_id}", **h) for product_id, h in zip(products, headers)) <= 3


@pytest.mark.parametrize("with_key", [False, True], ids=["without a key", "with a key"])
@pytest.mark.parametrize("lines", [1, 40])
def test_a_checkout_takes_five_at_most(client, count, with_key, lines):
    products = [client.new_product() for _ in range(lines)]

    def check_out():
        user = new_user()
        for product_id in products:
            client.put_in_cart(user, product_id)
        return count.of("POST", f"/cart/{user}/checkout", **({"idempotency_key": key()} if with_key else {}))

    assert 1 <= always(check_out() for _ in range(ROUNDS)) <= 5


def test_one_user_who_buys_again_and_again_takes_no_more(client, count):
    user, product_id, puts, checkouts = new_user(), client.new_product(), [], []
    for _ in range(ROUNDS):
        puts.append(count.of("POST", f"/cart/{user}", {"product_id": product_id}))
        checkouts.append(count.of("POST", f"/cart/{user}/checkout"))
    assert 1 <= always(puts) <= 3 and 1 <= always(checkouts) <= 5


def test_a_retry_with_its_key_writes_nothing(client, count):
    user, product_id, same = new_user(), client.new_product(), key()
    body = {"product_id": product_id, "quantity": 2}
    first = count.of("POST", f"/cart/{user}", body, idempotency_key=same)
    assert always(count.of("POST", f"/cart/{user}", body, idempotency_key=same) for _ in range(ROUNDS)) < first


def test_orders_take_two_at_most_however_many_there_are(client, count):
    user, product_id = new_user(), client.new_product()
    for _ in range(12):
        client.put_in_cart(user, product_id)
        order = client.expect(200, "POST", f"/cart/{user}/checkout").json
    assert 1 <= always(count.of("GET", f"/orders/{user}?limit=5") for _ in range(ROUNDS)) <= 2
    assert 1 <= always(count.of("GET", f"/orders/{user}/{order['order_id']}") for _ in range(ROUNDS)) <= 2


def test_orders_and_change_rows_are_counted_apart(client, count):
    before, user = count.now("background_statements_total"), new_user()
    client.put_in_cart(user, client.new_product())
    # The row of `cart`, and rows of two logs.
    wait_until(lambda: count.now("background_statements_total") > before, "the delivery of a commit to be counted")
