"""A JSON client on one kept connection, and the few requests that most tests begin with.

Not thread-safe: one Client a thread. Numbers with a fraction come back as Decimal, so that money compares exactly.
"""
import decimal
import http.client
import json
import re
import urllib.parse
import uuid

from server import DEADLINE_SECONDS


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # (name in lower case, value) in the order they came
        self.body = body

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"

    def header(self, name):
        values = [v for k, v in self.headers if k == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        kind = self.header("content-type")
        assert kind and kind.startswith("application/json"), f"not JSON but {kind}: {self.body[:200]!r}"
        return json.loads(self.text, parse_float=decimal.Decimal)

    @property
    def detail(self):
        return self.json["detail"]

    @property
    def errors(self):
        """For a 422 with fields: [(type, loc), ...] in the order given."""
        for error in self.detail:
            assert error["msg"] and "input" in error, error
        return [(error["type"], error["loc"]) for error in self.detail]


class Client:
    def __init__(self, server):
        self._server = server
        self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def request(self, method, path, body=None, headers=None):
        """A dict or list goes out as JSON, bytes and text as they are."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body, default=float)
            headers.setdefault("content-type", "application/json")
        if isinstance(body, str):
            body = body.encode("utf-8")
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self._server.address, timeout=DEADLINE_SECONDS)
        try:
            self._connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                self._connection.putheader(name, value)
            if body is not None:
                self._connection.putheader("content-length", str(len(body)))
            self._connection.endheaders(body)
            answer = self._connection.getresponse()
            data = answer.read()
            if answer.will_close:
                self.close()
            return Reply(answer.status, [(k.lower(), v) for k, v in answer.getheaders()], data)
        except BaseException:
            self.close()
            raise

    def get(self, path, **headers):
        return self.request("GET", path, headers=_names(headers))

    def head(self, path, **headers):
        return self.request("HEAD", path, headers=_names(headers))

    def post(self, path, body=None, **headers):
        return self.request("POST", path, body, _names(headers))

    def put(self, path, body=None, **headers):
        return self.request("PUT", path, body, _names(headers))

    def delete(self, path, body=None, **headers):
        return self.request("DELETE", path, body, _names(headers))

    def new_product(self, name="Tea", price="12.50", img="https://example.com/tea.jpg"):
        """Uploads a product under a fresh id and gives the id."""
        product_id = str(uuid.uuid4())
        self.expect(200, "POST", "/products", {"id": product_id, "name": name, "price": price, "img": img})
        return product_id

    def put_in_cart(self, user, product_id, quantity=1):
        return self.expect(200, "POST", f"/cart/{user}", {"product_id": product_id, "quantity": quantity})

    def cart(self, user):
        """{product id: quantity}; None when there is no active cart."""
        reply = self.get(f"/cart/{user}")
        if reply.status == 404:
            return None
        assert reply.status == 200, reply
        lines = reply.json
        quantities = {line["product_id"]: line["product_quantity"] for line in lines}
        assert len(quantities) == len(lines), f"a product twice in one cart: {lines}"
        assert len({line["cart_id"] for line in lines}) <= 1, f"two carts at once: {lines}"
        return quantities

    def expect(self, status, method, path, body=None, headers=None):
        reply = self.request(method, path, body, headers)
        assert reply.status == status, f"{method} {path}: {reply}, expected {status}"
        return reply


def _names(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def new_user():
    return f"user-{uuid.uuid4()}"


def next_page(reply):
    """The path and query that `Link: <...>; rel="next"` names; None on the last page."""
    link = reply.header("link")
    if link is None:
        return None
    found = re.fullmatch(r'<([^<>]+)>; ?rel="next"', link)
    assert found, link
    place = urllib.parse.urlsplit(found.group(1))
    return f"{place.path}?{place.query}"
