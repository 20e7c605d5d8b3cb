"""Recorded exchanges as data: what a step sends, and what its answer must look like.

A step's `expect` may hold: `status`; `headers` (a value that ends with * is a prefix); `body`, in which "<uuid>", "<any>",
"<cart:name>" (one UUID throughout a scenario), {"<unordered>": [...]} and {"<includes>": {...}} are patterns; `errors`, the
[type, loc] pairs of a 422 in any order. {user} {p1} {p2} {host} stand for identifiers fresh in every scenario.
"""
import itertools
import json
import re
import uuid

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Scenario:
    def __init__(self, netloc):
        self._names = {name: str(uuid.uuid4()) for name in ("user", "p1", "p2")} | {"host": netloc}
        self._carts = {}

    def play(self, client, step):
        body = step.get("body")
        reply = client.request(step["method"], self._fill(step["path"]), None if body is None else self._fill(body),
                               step.get("headers", {}))
        return list(self._differences(step["expect"], reply))

    def _fill(self, text):
        for name, value in self._names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def _differences(self, expect, reply):
        if reply.status != expect["status"]:
            yield f"status {reply.status} instead of {expect['status']}"
        for name, wanted in expect.get("headers", {}).items():
            got, wanted = reply.header(name), self._fill(wanted)
            if got is None or not (got.startswith(wanted[:-1]) if wanted.endswith("*") else got == wanted):
                yield f"{name}: {got!r} instead of {wanted!r}"
        if "body" in expect:
            got = json.loads(reply.body)
            if not self._like(expect["body"], got):
                yield f"body {json.dumps(got)} instead of {json.dumps(expect['body'])}"
        if "errors" in expect and not self._like({"<unordered>": expect["errors"]}, [list(e) for e in reply.errors]):
            yield f"errors {reply.errors} instead of {expect['errors']}"

    def _like(self, wanted, got):
        if isinstance(wanted, str):
            return self._like_text(wanted, got)
        if isinstance(wanted, dict):
            if "<unordered>" in wanted:
                return isinstance(got, list) and self._in_some_order(wanted["<unordered>"], got)
            exact = "<includes>" not in wanted
            members = wanted if exact else wanted["<includes>"]
            return (isinstance(got, dict) and (not exact or got.keys() == members.keys())
                    and all(name in got and self._like(value, got[name]) for name, value in members.items()))
        if isinstance(wanted, list):
            return isinstance(got, list) and len(wanted) == len(got) and all(map(self._like, wanted, got))
        # 1 is not 1.0 here, nor is True: the sample's clients tell them apart.
        return type(wanted) is type(got) and wanted == got

    def _like_text(self, wanted, got):
        if wanted == "<any>":
            return True
        cart = re.fullmatch(r"<cart:(\w+)>", wanted)
        if cart or wanted == "<uuid>":
            if not (isinstance(got, str) and _UUID.fullmatch(got)):
                return False
            return not cart or self._carts.setdefault(cart.group(1), got) == got
        return self._fill(wanted) == got

    def _in_some_order(self, wanted, got):
        if len(wanted) != len(got):
            return False
        carts = dict(self._carts)
        for order in itertools.permutations(got):
            if all(map(self._like, wanted, order)):
                return True
            self._carts = dict(carts)
        return False
