"""One client of a Load: chooses what to do at a cart, does it over kept connections, and writes down what came of it.

Not thread-safe: one a thread. A client whose process does not take connections goes on at the next one. Every write that is not
answered, or is answered 503, is taken to be done, or done later, or never; one with an idempotency key is asked again, at another
process. What the description of the API does not foresee goes to the load's `problems`.
"""
import decimal
import http.client
import json
import random
import typing
import uuid

from history import CHANGED, EMPTY, NO_CART, OK, UNKNOWN, Cart, Operation, Order

# Longer than any answer may take; what is not answered by then broke a promise.
CLIENT_SECONDS = 15.0
BROKEN_OFF = (OSError, http.client.HTTPException)
# Open writes of one user, from which on it is only read: each may be done or not, and all combinations are to be judged.
OPEN_MAX = 6
PRICE = decimal.Decimal("2.50")


class Attempt(typing.NamedTuple):
    """One request, sent once."""
    kind: str
    user: str
    process: int
    began: float
    ended: float
    status: int | None  # None: broken off
    retry_after: str | None
    detail: str

    @property
    def is_answered(self):
        return self.status not in (None, 503)

    @property
    def seconds(self):
        return self.ended - self.began

    def __str__(self):
        return f"{self.began:7.3f} {self.seconds:6.3f} s process {self.process} {self.kind}: {self.status} {self.detail}"


class Asked(typing.NamedTuple):
    kind: str
    method: str
    path: str
    body: dict | None = None
    product: str | None = None
    quantity: int | None = None
    if_version: int | None = None
    key: str | None = None

    @property
    def headers(self):
        headers = {} if self.body is None else {"content-type": "application/json"}
        if self.if_version is not None:
            headers["if-match"] = f'"{self.if_version}"'
        if self.key is not None:
            headers["idempotency-key"] = self.key
        return headers


class CartClient:
    def __init__(self, load, servers, products, group, seed, number, pace):
        self._load = load
        self._servers = servers
        self._connections = [None] * len(servers)
        self._products = products
        self._group = group
        self._random = random.Random(seed)
        self._home = number % len(servers)
        self._name = f"client {number}"
        self._pace = pace

    def run(self, stopped):
        try:
            while not stopped.wait(self._pace * self._random.uniform(0.5, 1.5)):
                user = self._group.next_user()
                asked = self._choose(user)
                if asked.kind == "product":
                    self._answer(asked, user, *self._send(asked, user, self._home))
                elif asked.key is not None and not self._group.is_alone and self._random.random() < 0.2:
                    self._twice_at_once(asked, user)
                else:
                    self._once(asked, user)
        except BaseException as error:
            self._load.problems.append(error)
        finally:
            self._close()

    def look_at(self, user, process):
        self._home = process
        for kind in ("read", "orders"):
            self._once(_read(kind, user), user)
            assert user.history[-1].kind == kind and user.history[-1].answer != UNKNOWN, f"the {kind} at the end was not answered"
        for order in user.orders.values():
            _check_order(order)
        self._close()

    def _choose(self, user):
        kinds = {"put": 40, "remove": 10, "check_out": 12, "read": 25, "orders": 5, "product": 8}
        if user.open >= OPEN_MAX:
            kinds = {"read": 50, "orders": 20, "product": 30}
        kind = self._random.choices(list(kinds), kinds.values())[0]
        if kind == "product":
            return Asked(kind, "GET", f"/products/{self._random.choice(self._products)}")
        if kind in ("read", "orders"):
            return _read(kind, user)
        more = {}
        if self._random.random() < 0.4:
            more["key"] = str(uuid.uuid4())
        elif self._random.random() < 0.2 and user.version:
            more["if_version"] = user.version
        if kind == "check_out":
            return Asked(kind, "POST", f"/cart/{user.name}/checkout", **more)
        more["product"] = self._random.choice(self._products)
        if kind == "remove":
            return Asked(kind, "DELETE", f"/cart/{user.name}/items/{more['product']}", **more)
        more["quantity"] = next(user.quantities)
        return Asked(kind, "POST", f"/cart/{user.name}", {"product_id": more["product"], "quantity": more["quantity"]}, **more)

    def _once(self, asked, user):
        began, process = self._load.now(), self._home
        attempts = 3 if asked.key else 1
        for _ in range(attempts):
            status, body, headers = self._send(asked, user, process)
            answer = self._answer(asked, user, status, body, headers)
            if answer != UNKNOWN:
                break
            # It is asked again where it may not have been heard of yet.
            process = (process + 1) % len(self._servers)
        if status == "refused":
            self._home = process
        self._record(asked, user, began, answer, process)
        if answer != UNKNOWN and asked.key and self._random.random() < 0.2:
            self._again(asked, user, answer, (process + 1) % len(self._servers))

    def _again(self, asked, user, answer, process):
        """An answer that was given is given again, and nothing is done."""
        status, body, headers = self._send(asked, user, process)
        again = self._answer(asked, user, status, body, headers)
        if again == UNKNOWN:
            return
        if again != answer or headers.get("idempotent-replayed") != "true":
            self._problem(f"{asked} was answered {answer}, and asked again {again}, {headers}")

    def _twice_at_once(self, asked, user):
        """The same through two processes, both on the way at the same time: one effect and one answer."""
        began = self._load.now()
        processes = [self._home, (self._home + 1) % len(self._servers)]
        sent = [self._begin(asked, process) for process in processes]
        answers = []
        for process, handle in zip(processes, sent):
            status, body, headers = self._end(asked, user, process, began, handle)
            answer = self._answer(asked, user, status, body, headers)
            if answer != UNKNOWN and not answers:
                self._record(asked, user, began, answer, process)
            if answer != UNKNOWN:
                answers.append(answer)
        if not answers:
            self._record(asked, user, began, UNKNOWN, self._home)
        if any(answer != answers[0] for answer in answers):
            self._problem(f"{asked} was answered in two ways: {answers}")

    def _record(self, asked, user, began, answer, process):
        ended = self._load.now()
        if answer == UNKNOWN:
            if asked.kind in ("read", "orders"):
                return
            user.open += 1
            ended = None
        user.history.append(Operation(asked.kind, began, ended, answer, asked.product, asked.quantity, asked.if_version,
                                      f"{self._name} at process {process}"))

    def _send(self, asked, user, process):
        return self._end(asked, user, process, self._load.now(), self._begin(asked, process))

    def _begin(self, asked, process):
        """A connection on which it is on the way, or what went wrong."""
        try:
            connection = self._connections[process]
            if connection is None:
                connection = self._connections[process] = http.client.HTTPConnection(*self._servers[process].address, timeout=CLIENT_SECONDS)
            connection.request(asked.method, asked.path, None if asked.body is None else json.dumps(asked.body), asked.headers)
            return connection
        except BROKEN_OFF as error:
            self._close(process)
            return error

    def _end(self, asked, user, process, began, handle):
        """(status, body, headers); the status is None when it broke off, "refused" when it was never sent."""
        status, body, headers, detail = None, None, {}, ""
        try:
            if isinstance(handle, Exception):
                raise handle
            answer = handle.getresponse()
            data = answer.read()
            status, headers = answer.status, {name.lower(): value for name, value in answer.getheaders()}
            if answer.will_close:
                self._close(process)
            body = json.loads(data, parse_float=decimal.Decimal)
            detail = "" if status == 200 else str(body.get("detail"))
        except ConnectionRefusedError as error:
            status, detail = "refused", repr(error)
        except BROKEN_OFF as error:
            self._close(process)
            detail = repr(error)
        self._load.attempts.append(Attempt(asked.kind, user.name, process, began, self._load.now(), None if status == "refused" else status,
                                           headers.get("retry-after"), detail))
        return status, body, headers

    def _answer(self, asked, user, status, body, headers):
        """As the history has it. All that the description of the API does not foresee is a problem."""
        if status in (None, "refused", 503):
            if status == 503 and not headers.get("retry-after", "").isdigit():
                self._problem(f"a 503 without Retry-After: {body}")
            return UNKNOWN
        if status == 412 and asked.if_version is not None:
            return CHANGED
        if status == 404 and asked.kind in ("read", "remove", "check_out"):
            return NO_CART
        if status == 409 and asked.kind == "check_out" and body["detail"] == "Cart is empty":
            return EMPTY
        if status == 200:
            return self._good_answer(asked, user, body, headers)
        self._problem(f"{asked.method} {asked.path}: {status} {body}")
        return UNKNOWN

    def _good_answer(self, asked, user, body, headers):
        if asked.kind == "read":
            user.version = int(headers["etag"].strip('"'))
            lines = [(line["product_id"], line["product_quantity"]) for line in body]
            carts = {line["cart_id"] for line in body}
            if len(set(product for product, _ in lines)) != len(lines) or len(carts) > 1:
                self._problem(f"one cart, and read as {body}")
            return Cart(carts.pop() if carts else None, frozenset(lines), user.version)
        if asked.kind == "check_out":
            return self._order(user, body)
        if asked.kind == "orders":
            return tuple(self._order(user, order) for order in reversed(body))
        return OK

    def _order(self, user, told):
        if user.orders.setdefault(told["order_id"], told) != told:
            self._problem(f"an order was told as {user.orders[told['order_id']]}, and as {told}")
        return Order(told["order_id"], frozenset((line["product_id"], line["quantity"]) for line in told["items"]))

    def _problem(self, text):
        self._load.problems.append(AssertionError(f"{self._load.now():.3f}: {text}"))

    def _close(self, process=None):
        for number in range(len(self._connections)) if process is None else [process]:
            if self._connections[number] is not None:
                self._connections[number].close()
                self._connections[number] = None


def _read(kind, user):
    return Asked(kind, "GET", f"/cart/{user.name}" if kind == "read" else f"/orders/{user.name}?limit=1000")


def _check_order(order):
    for line in order["items"]:
        assert line["unit_price"] == PRICE and line["total"] == line["quantity"] * PRICE, order
    assert order["total"] == sum(line["total"] for line in order["items"]), order
    assert len({line["product_id"] for line in order["items"]}) == len(order["items"]) > 0, order
