"""GET /changes: events in order, resumed anywhere, filtered, and streams that stay, end and are ended as they should."""
import concurrent.futures
import random
import resource
import threading
import uuid

import pytest

from changes import FLAGS, FLAGS_UNDER_LOAD, Fold, Stream, metric, position, whole_log
from client import Client, new_user
from server import DEADLINE_SECONDS, TESTED_STORE, wait_until

alone = pytest.mark.skipif(TESTED_STORE == "cql", reason="of a store of one process")


@pytest.fixture(scope="module")
def server(start_for_file):
    return start_for_file("--changes-keep-alive", "300ms", *FLAGS)


def a_visit(client, user=None):
    """Six commits, eight changes: a product, a cart with it, more of it, taken out, put again, checked out."""
    user = user or new_user()
    product = client.new_product()
    client.put_in_cart(user, product, 2)
    client.put_in_cart(user, product, 3)
    client.expect(200, "DELETE", f"/cart/{user}", {"product_id": product})
    client.put_in_cart(user, product, 1)
    client.expect(200, "POST", f"/cart/{user}/checkout")
    return user, product


VISIT = [("product", "c"), ("cart", "c"), ("cart_items", "c"), ("cart_items", "c"), ("cart_items", "d"), ("cart_items", "c"), ("cart", "u"),
         ("orders", "c")]
KINDS = {"c": "insert", "u": "update", "d": "delete"}


def test_a_visit_is_told_as_it_happened(server, client):
    with Stream(server) as stream:
        stream.begun()
        user, product = a_visit(client)
        events = stream.take(len(VISIT))
    assert [event.what for event in events] == VISIT
    assert [event.kind for event in events] == [KINDS[op] for _, op in VISIT]
    assert all(event.row["user_id"] == user for event in events[1:])
    cart_id = events[1].row["cart_id"]

    def line(quantity):
        return {"user_id": user, "cart_id": cart_id, "product_id": product, "product_quantity": quantity}

    assert [(event.json["before"], event.json["after"]) for event in events if event.table == "cart_items"] == [
        (None, line(2)), (line(2), line(3)), (line(3), None), (None, line(1))]
    assert events[0].row == client.get(f"/products/{product}").json
    assert events[-1].row == client.get(f"/orders/{user}/{cart_id}").json
    for event in events:
        assert event.json["source"].items() >= {"connector": "cartwheel", "keyspace_name": "ecommerce"}.items()
        assert event.json["source"]["ts_us"] // 1000 == event.json["source"]["ts_ms"] <= event.json["ts_ms"]
        assert event.json["transaction"] is None
    assert len({event.id for event in events}) == len(events)
    places = [position(event.cursor) for event in events]
    assert places == sorted(places) and len(set(places)) == len(places)


def test_the_head_is_that_of_an_event_stream(server):
    with Stream(server) as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
    with Client(server) as client:
        reply = client.head("/changes")
        assert (reply.status, reply.header("content-type"), reply.body) == (200, "text/event-stream", b"")


def test_it_goes_on_behind_any_event_also_within_a_commit(server, client):
    with Stream(server) as stream:
        stream.begun()
        before = stream.cursor
        a_visit(client)
        events = stream.take(len(VISIT))
    for at, cursor in enumerate([before] + [event.cursor for event in events[:-1]]):
        for options in [{"last_id": cursor}, {"query": f"after={cursor}"}, {"last_id": cursor, "query": "after=beginning"}]:
            with Stream(server, **options) as stream:
                assert [event.id for event in stream.take(len(events) - at)] == [event.id for event in events[at:]], (cursor, options)


def test_it_begins_now_and_says_where_that_is(server, client):
    a_visit(client)
    user = new_user()
    product = client.new_product()
    wait_until(lambda: any(event.row.get("id") == product for event in whole_log(server, "&table=product")), "the product to be seen")
    with Stream(server) as stream:
        cursor = stream.begun().cursor
    client.put_in_cart(user, product)
    with Stream(server, last_id=cursor) as stream:
        assert [event.row["user_id"] for event in stream.take(2)] == [user, user], "what came while nobody listened"


def test_filters_let_through_what_they_name(server, client):
    with Stream(server) as stream:
        cursor = stream.begun().cursor
        user, product = a_visit(client)
        a_visit(client)
        stream.take(2 * len(VISIT))

    def through(query, count):
        with Stream(server, f"after={cursor}&{query}") as stream:
            return [event.what for event in stream.take(count)]

    assert through(f"user_id={user}", 7) == VISIT[1:]
    assert through(f"product_id={product}", 6) == [VISIT[0], *VISIT[2:6], VISIT[7]]
    assert through(f"table=cart&user_id={user}", 2) == [("cart", "c"), ("cart", "u")]
    assert through("table=orders", 2) == [("orders", "c")] * 2
    assert through(f"table=cart_items&product_id={product}&user_id={user}", 4) == VISIT[2:6]


def test_who_asks_for_little_still_gets_on(server, client):
    with Stream(server, f"user_id={new_user()}") as stream, Stream(server) as all_of_it:
        stream.begun(), all_of_it.begun()
        a_visit(client)
        last = all_of_it.take(len(VISIT))[-1].cursor
        stream.read_until(lambda s: position(s.cursor) >= position(last), "an id without an event")
        assert stream.events == []


def test_a_quiet_stream_says_something_now_and_then(server):
    with Stream(server) as stream:
        stream.begun().read_until(lambda s: len(s.comments) >= 2, "two comments")


def test_no_timeout_cuts_a_stream(start):
    short = [flag for name in ("idle", "header", "body") for flag in (f"--{name}-timeout", "200ms")]
    server = start(*short, "--changes-keep-alive", "500ms", *FLAGS)
    with Stream(server) as stream, Client(server) as client:
        stream.begun().read_until(lambda s: len(s.comments) >= 3, "three comments")
        client.new_product()
        stream.take(1)


@pytest.mark.parametrize("query, errors", [
    ("after=x", [("string_pattern_mismatch", ["query", "after"])]),
    ("after=", [("string_pattern_mismatch", ["query", "after"])]),
    ("after=1.0", [("string_pattern_mismatch", ["query", "after"])]),
    ("after=-1&table=carts", [("string_pattern_mismatch", ["query", "after"]), ("enum", ["query", "table"])]),
    ("until=tomorrow", [("enum", ["query", "until"])]),
    ("user_id=", [("string_too_short", ["query", "user_id"])]),
    ("product_id=tea", [("uuid_parsing", ["query", "product_id"])]),
])
def test_what_it_does_not_understand_is_named(client, query, errors):
    assert client.expect(422, "GET", f"/changes?{query}").errors == errors


def test_a_malformed_last_event_id_is_named(client):
    assert client.expect(422, "GET", "/changes", headers={"last-event-id": "7.x"}).errors == [
        ("string_pattern_mismatch", ["header", "last-event-id"])]
    assert client.expect(422, "HEAD", "/changes", headers={"last-event-id": "7.x"}).body == b""


@alone
def test_a_cursor_ahead_of_the_shop_is_refused(client):
    reply = client.expect(422, "GET", "/changes?after=1000000000")
    assert "start at beginning or now" in reply.detail


@alone
@pytest.mark.parametrize("store", ["rocks", "memory"])
def test_what_is_kept_no_longer_is_gone(start, store):
    server = start("--changes-retention", "1s", store=store)
    with Client(server) as client:
        first = [event.cursor for event in [client.new_product() and None, *whole_log(server)] if event]

        # The newest commit of all is always kept.
        def is_gone():
            client.new_product()
            with Stream(server, last_id="0") as stream:
                return stream.status == 410 and stream.detail

        words = wait_until(is_gone, "the first change to be forgotten")
        assert first == ["1"] and "kept no longer" in words
        with Stream(server, "after=beginning") as stream:
            assert position(stream.take(1)[0].cursor) > position("1")


@alone
def test_changes_may_be_kept_for_all_time(start):
    server = start("--changes-retention", "0")
    with Client(server) as client:
        a_visit(client)
    assert [event.what for event in whole_log(server)] == VISIT


# ---- clients that come, stay away, or do not read


def test_those_who_went_away_leave_no_stream_behind(start):
    server = start("--changes-keep-alive", "1h", *FLAGS)
    for _ in range(20):
        with Stream(server) as stream:
            stream.begun()
    wait_until(lambda: metric(server, "cartwheel_changes_streams_open") == 0, "the streams to be gone")
    assert metric(server, "cartwheel_http_requests_running") == 1, "more than this one"


def _large_catalogue(count):
    return "id,img,name,price\n" + "".join(f"{uuid.uuid4()},{'x' * 8000},Tea,1\n" for _ in range(count))


def test_who_does_not_read_is_ended_and_may_come_back(start):
    server = start("--body-timeout", "500ms", *FLAGS_UNDER_LOAD)
    with Client(server) as client, Stream(server, receive_bytes=4096) as slow:
        slow.begun()
        count = 0

        # What the kernel keeps for a connection is some megabytes.
        def is_ended():
            nonlocal count
            client.expect(200, "POST", "/products/import", _large_catalogue(200), {"content-type": "text/csv"})
            count += 200
            return metric(server, "cartwheel_changes_streams_too_slow_total") == 1

        wait_until(is_ended, "the slow client to be ended")
        events = []
        with pytest.raises(ConnectionError):
            slow.take(count)
        events += slow.events
        assert len(events) < count
        with Stream(server, last_id=slow.cursor) as again:
            events += again.take(count - len(events))
        assert len({event.id for event in events}) == len({event.row["id"] for event in events}) == count


def test_a_thousand_follow_and_no_more(start):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    server = start(*FLAGS)
    streams = [Stream(server).begun() for _ in range(1000)]
    try:
        with Stream(server) as refused:
            assert (refused.status, refused.headers["retry-after"]) == (503, "1"), refused.detail
        assert metric(server, "cartwheel_changes_streams_refused_total") == 1
        with Client(server) as client:
            product = client.new_product()
            for stream in streams:
                assert stream.take(1)[0].row["id"] == product
            a_visit(client)
        for stream in streams:
            assert [event.what for event in stream.take(len(VISIT))] == VISIT
        streams.pop().close()

        def is_let_in():
            streams.append(Stream(server))
            return streams[-1].status == 200 or streams.pop().close()

        wait_until(is_let_in, "a free place")
    finally:
        for stream in streams:
            stream.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_streams_do_not_hold_up_a_stop(start):
    # A stop that waited for them would be killed by the deadline of the tests.
    server = start("--stop-timeout", "1h", "--body-timeout", "1h", *FLAGS)
    with Client(server) as client, Stream(server, "after=beginning", receive_bytes=4096) as stuck:
        streams = [Stream(server, "table=orders").begun() for _ in range(20)]
        sent = 0

        def is_stuck():
            nonlocal sent
            client.expect(200, "POST", "/products/import", _large_catalogue(200), {"content-type": "text/csv"})
            before, sent = sent, metric(server, "cartwheel_changes_lag")
            return sent > before > 0

        if TESTED_STORE != "cql":
            wait_until(is_stuck, "a stream that cannot be sent")
        server.stop()
        for stream in streams:
            stream.to_end()
            stream.close()


def test_a_stream_up_to_now_ends(server, client):
    user, _ = a_visit(client)
    events = wait_until(lambda: [e for e in [whole_log(server, f"&user_id={user}")] if len(e) == 7], "the visit to be seen")[0]
    assert [event.what for event in events] == VISIT[1:]


# ---- many at once


def test_followers_who_break_off_all_the_time_miss_nothing(start):
    """Eight users shop, and followers come and go hundreds of times: each sees every event once, in the log's order."""
    server = start(*FLAGS_UNDER_LOAD)
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    done = threading.Event()

    def shop(number):
        choose = random.Random(seed + number)
        with Client(server) as client:
            user, product = new_user(), client.new_product()
            for _ in range(100 if TESTED_STORE != "cql" else 30):
                if choose.random() < 0.2:
                    client.request("POST", f"/cart/{user}/checkout")
                else:
                    client.put_in_cart(user, product, choose.randint(1, 9))

    def follow(number):
        choose = random.Random(seed - number)
        events, cursor, visits = [], "0", 0
        while not done.is_set():
            with Stream(server, last_id=cursor) as stream:
                # A visit costs a cluster some statements, so nobody looks in for nothing there.
                wanted = choose.choice([1 if TESTED_STORE == "cql" else 0, 1, 2, 3, choose.randint(1, 100)])
                while len(stream.events) < wanted and not done.is_set():
                    stream._chunk()
                # What is half there when it breaks off comes again.
                events += stream.events
                cursor = stream.cursor
            visits += 1
        with Stream(server, "until=now", last_id=cursor) as stream:
            return events + stream.to_end(), visits

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        followers = [pool.submit(follow, number) for number in range(4)]
        try:
            for shopper in [pool.submit(shop, number) for number in range(8)]:
                shopper.result(DEADLINE_SECONDS)
            with Client(server) as client:
                last = client.new_product()
            wait_until(lambda: any(event.row.get("id") == last for event in whole_log(server)), "the last change to be seen")
        finally:
            done.set()
            with Client(server) as client:
                client.new_product()  # wakes those who wait for one more
        log = whole_log(server)
        seen = [follower.result(DEADLINE_SECONDS) for follower in followers]
    ids = [event.id for event in log]
    for events, visits in seen:
        found = [event.id for event in events]
        known = min(len(ids), len(found))
        told = f"after {visits} visits: {len(found)} events, {len(set(found))} of them different"
        assert len(found) >= len(ids) - 1 and found[:known] == ids[:known], told
    print(f"{len(ids)} events, {[visits for _, visits in seen]} visits")
    Fold(log)
