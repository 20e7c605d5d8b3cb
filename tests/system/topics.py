"""The topics of a test's Kafka, as kcat reads them: an independent consumer, anew each time and from the beginning."""
import collections
import json
import pathlib
import subprocess
import sys
import uuid

from server import DEADLINE_SECONDS, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "broker"))
from kafka_broker import Broker  # noqa: E402, F401

Message = collections.namedtuple("Message", "partition offset key value")


class Topics:
    """Those of one sink: a prefix that nobody else has."""

    def __init__(self, broker):
        self.broker = broker
        self.prefix = f"shop-{uuid.uuid4().hex[:12]}"

    def flags(self, *more):
        return ["--kafka-brokers", self.broker.address, "--kafka-topic-prefix", self.prefix, *more]

    def name(self, table):
        return f"{self.prefix}.ecommerce.{table}"

    def read(self, table):
        """All messages: those of a partition in order. Keys and values are JSON that was read; a tombstone's value is None."""
        command = ["kcat", "-b", self.broker.address, "-C", "-t", self.name(table), "-o", "beginning", "-e", "-q", "-J",
                   # Or it waits for more at each end.
                   "-X", "fetch.wait.max.ms=10"]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=DEADLINE_SECONDS)
        if ended.returncode != 0:
            assert b"Unknown topic" in ended.stderr or b"Broker: " in ended.stderr, ended.stderr
            return []
        return [Message(line["partition"], line["offset"], json.loads(line["key"]), line["payload"] and json.loads(line["payload"]))
                for line in map(json.loads, ended.stdout.splitlines())]

    def read_until(self, table, enough):
        """Until `enough(messages)` holds."""
        return wait_until(lambda: (messages := self.read(table)) and enough(messages) and messages, f"messages in {self.name(table)}")


def by_key(messages):
    """{key as text: its values, oldest first}; all messages of a key are in one partition."""
    found = collections.defaultdict(list)
    places = collections.defaultdict(set)
    for message in messages:
        key = json.dumps(message.key)
        found[key].append(message.value)
        places[key].add(message.partition)
    assert all(len(partitions) == 1 for partitions in places.values()), "a key in several partitions"
    return found


def once(values):
    """What was sent again left out; whatever has an id that was there before has to be what it was, but for the time of sending."""
    seen = {}
    first = []
    for value in values:
        if value is None:
            # A tombstone says nothing of itself; it belongs to the removal before it.
            continue
        told = {name: part for name, part in value.items() if name != "ts_ms"}
        if value["id"] in seen:
            assert seen[value["id"]] == told, "one id, two changes"
            continue
        seen[value["id"]] = told
        first.append(value)
    return first
