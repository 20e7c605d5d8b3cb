"""What clients did to one user's cart and what they were told, and the shop that their answers are held against.

An Operation is one effect that was asked for, however often it was sent under its idempotency key. Every put has a quantity of its
own, so that a quantity tells which put it came from. The model here is the shop in its plainest form, one operation at a time:
`linearizability` says whether some order of the operations explains all answers.
"""
import dataclasses
import typing

# The answer to what was sent and not answered, or answered 503: done, done later, or never.
UNKNOWN = "unknown"
OK = "ok"
NO_CART = "no cart"
EMPTY = "empty"
# Of an If-Match that did not hold.
CHANGED = "changed"


class Cart(typing.NamedTuple):
    """The answer to a read."""
    cart_id: str | None  # an empty cart does not tell
    lines: frozenset  # of (product, quantity)
    version: int


class Order(typing.NamedTuple):
    order_id: str | None
    lines: frozenset


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    kind: str  # put, remove, check_out, read, orders
    called: float
    returned: float | None = None  # None: never, so it may come true at any time after
    answer: object = UNKNOWN  # OK, NO_CART, EMPTY, CHANGED; a Cart; an Order; a tuple of Orders, oldest first
    product: str | None = None
    quantity: int | None = None
    if_version: int | None = None
    through: str = ""  # which client and process, for people

    @property
    def effect(self):
        return self.kind, self.product, self.quantity, self.if_version

    @property
    def tells(self):
        if self.kind == "read" and self.answer == NO_CART:
            return None
        return self.kind if self.kind in ("read", "orders") else None

    def __str__(self):
        what = {"put": f"put {self.quantity} of {self.product}", "remove": f"remove {self.product}"}.get(self.kind, self.kind)
        condition = "" if self.if_version is None else f" if version {self.if_version}"
        end = "never  " if self.returned is None else f"{self.returned:7.3f}"
        return f"{self.called:7.3f} to {end} {self.through} {what}{condition}: {_short(self.answer)}"


class Shop(typing.NamedTuple):
    """One user's state: the active cart, if any, and the orders, oldest first. Ids are None until an answer has told them."""
    version: int = 0
    lines: frozenset | None = None
    cart_id: str | None = None
    orders: tuple = ()

    def __str__(self):
        cart = "no cart" if self.lines is None else f"cart {_short(Cart(self.cart_id, self.lines, self.version))}"
        return f"version {self.version}, {cart}, {len(self.orders)} orders"

    def after(self, operation):
        """The state after it, or None when its answer cannot be given in this one."""
        if operation.if_version is not None and (self.lines is None or self.version != operation.if_version):
            return self if operation.answer in (UNKNOWN, CHANGED) else None
        return getattr(self, f"_{operation.kind}")(operation)

    def may_lead_to(self, operation):
        """Whether a state from here on may give its answer."""
        answer = operation.answer
        if operation.kind == "read" and answer != NO_CART:
            return self.version <= answer.version
        if operation.kind == "orders":
            return len(self.orders) <= len(answer) and all(mine.lines == theirs.lines for mine, theirs in zip(self.orders, answer))
        return operation.if_version is None or answer in (UNKNOWN, CHANGED) or self.version <= operation.if_version

    def _put(self, operation):
        if operation.answer not in (UNKNOWN, OK):
            return None
        lines = {line for line in self.lines or () if line[0] != operation.product}
        lines.add((operation.product, operation.quantity))
        return self._replace(version=self.version + 1, lines=frozenset(lines))

    def _remove(self, operation):
        if operation.answer not in (UNKNOWN, NO_CART if self.lines is None else OK):
            return None
        if self.lines is None or all(product != operation.product for product, _ in self.lines):
            return self
        return self._replace(version=self.version + 1, lines=frozenset(line for line in self.lines if line[0] != operation.product))

    def _check_out(self, operation):
        answer = operation.answer
        if not self.lines:
            return self if answer in (UNKNOWN, NO_CART if self.lines is None else EMPTY) else None
        cart_id = self.cart_id
        if answer != UNKNOWN:
            if not isinstance(answer, Order) or answer.lines != self.lines or not self._may_be(cart_id, answer.order_id):
                return None
            cart_id = answer.order_id
        return Shop(self.version + 1, None, None, (*self.orders, Order(cart_id, self.lines)))

    def _read(self, operation):
        answer = operation.answer
        if self.lines is None or not isinstance(answer, Cart):
            return self if self.lines is None and answer == NO_CART else None
        if answer.lines != self.lines or answer.version != self.version:
            return None
        if answer.cart_id is None:
            return self
        return self._replace(cart_id=answer.cart_id) if self._may_be(self.cart_id, answer.cart_id) else None

    def _orders(self, operation):
        told = operation.answer
        if len(told) != len(self.orders) or len({order.order_id for order in told}) != len(told):
            return None
        for mine, theirs in zip(self.orders, told):
            if mine.lines != theirs.lines or mine.order_id not in (None, theirs.order_id):
                return None
        if self.cart_id is not None and any(order.order_id == self.cart_id for order in told):
            return None
        return self._replace(orders=told)

    def _may_be(self, known, told):
        return known == told or (known is None and all(order.order_id != told for order in self.orders))


def simplified(operations):
    """The same history with fewer differences: puts that were never answered nor seen by anyone do the same as each other."""
    seen = set()
    for operation in operations:
        for answer in operation.answer if operation.kind == "orders" else (operation.answer,):
            seen |= getattr(answer, "lines", frozenset())
    return [dataclasses.replace(operation, quantity=0)
            if operation.kind == "put" and operation.returned is None and (operation.product, operation.quantity) not in seen else operation
            for operation in operations]


def _short(answer):
    if isinstance(answer, Cart):
        return f"{(answer.cart_id or '?')[:8]} {_lines(answer.lines)} of version {answer.version}"
    if isinstance(answer, Order):
        return f"order {(answer.order_id or '?')[:8]} {_lines(answer.lines)}"
    if isinstance(answer, tuple):  # after the two above, which are tuples too
        return "[" + ", ".join(map(_short, answer)) + "]"
    return str(answer)


def _lines(lines):
    return "{" + ", ".join(f"{product}: {quantity}" for product, quantity in sorted(lines)) + "}"
