"""Faults under load: one node of three, two, and a service process. The clients go through two processes all the time; what they were
told is judged at the end of each test, and the processes are the same from the first test to the last, but for the one that is killed.
"""
import random

import pytest

import isolation
import services
from cart_load import Load
from following import Following
from server import wait_until
from tables import check_tables, told_at_last

SEED = random.SystemRandom().randrange(1 << 32)
# What is promised.
GOES_ON_WITHIN = 5.0
REFUSED_WITHIN = 2.0
# A client on a busy machine hears a little later of what was said in time.
CLIENT_SLACK = 0.5

BEFORE_SECONDS = 3.0
# The nodes notice that one is gone after about twelve.
ONE_AWAY_SECONDS = 14.0
TWO_AWAY_SECONDS = 12.0
AFTER_SECONDS = 4.0
QUICK_SWEEP = ["--cql-sweep-interval", "1s"]
READY_SECONDS = 30.0
# Carts with clients of both processes, where writes meet, and carts with one client.
GROUPS = [4, 4, 4, 1, 1, 1, 1, 1, 1]
WRITES = ("put", "remove", "check_out")

FAULTS = {
    "killed": lambda node: node.kill(),
    "paused": lambda node: node.pause(),
    "isolated": lambda node: node.isolate(),
}


@pytest.fixture(scope="module")
def shop(nodes, tmp_path_factory):
    with services.shop(nodes, tmp_path_factory.mktemp("shop"), *QUICK_SWEEP) as shop:
        shop.judged = []
        with Following(shop.servers[0]) as first, Following(shop.servers[1]) as second:
            shop.followers = [first, second]
            yield shop


@pytest.fixture(params=FAULTS)
def hurt(request):
    if request.param == "isolated" and (reason := isolation.why_unavailable()) is not None:
        pytest.skip(str(reason))
    return FAULTS[request.param]


@pytest.fixture
def load(shop):
    """Clients at work, stopped at the latest when the test ends."""
    print(f"seed {SEED}")
    with Load(shop.servers, shop.products, SEED, GROUPS) as load:
        load.go_on_for(BEFORE_SECONDS)
        yield load


def told(attempts):
    return "\n" + "\n".join(map(str, attempts[:30])) + f"\n{len(attempts)} in all"


def unanswered(attempts):
    return [attempt for attempt in attempts if not attempt.is_answered]


def check_in_time(attempts):
    late = [attempt for attempt in attempts if attempt.seconds > REFUSED_WITHIN + CLIENT_SLACK]
    assert not late, f"later than promised:{told(late)}"


def wait_until_well(shop, load):
    """Ready, and soon after everything is answered again: the nodes that are back have to find each other first, and get what they missed."""
    wait_until(lambda: all(map(services.is_ready, shop.servers)), "both processes to be ready", READY_SECONDS)
    deadline = load.now() + READY_SECONDS
    while True:
        begin = load.now()
        load.go_on_for(AFTER_SECONDS)
        left = unanswered(load.between(begin))
        if not left:
            return
        assert load.now() < deadline, f"all is well again, but:{told(left)}"


def finish(shop, load):
    load.__exit__()
    check_in_time(load.attempts)
    users = load.judge()
    check_tables(shop.nodes, shop.keyspace, users)
    shop.judged += users
    print(f"{load.pace_said()}, {sum(len(user.orders) for user in users)} orders")


def test_work_goes_on_without_one_node(shop, load, faulty, hurt):
    node = faulty.nodes[random.Random(SEED).randrange(3)]
    begin = load.now()
    hurt(node)
    load.go_on_for(ONE_AWAY_SECONDS)
    mended = load.now()
    faulty.mend()
    wait_until_well(shop, load)

    away = load.between(begin, mended)
    print(f"node {node.number} away from {begin:.3f} to {mended:.3f}; not answered:{told(unanswered(away))}")
    for process in range(len(shop.servers)):
        assert any(a.process == process and a.kind in WRITES and a.status == 200 for a in load.between(begin, begin + GOES_ON_WITHIN)), \
            f"no write through process {process} within {GOES_ON_WITHIN} s"
    # Not only some of them, but all. Where writes of two processes meet they may still have to wait for the node that is away, until
    # the others have noticed.
    late = unanswered(load.between(begin + GOES_ON_WITHIN, mended, is_alone=True))
    assert not late, f"{GOES_ON_WITHIN} s after the fault, at {begin:.3f}:{told(late)}"
    shared = load.between(begin + GOES_ON_WITHIN, mended, is_alone=False)
    print(f"where writes meet: {len(shared)} requests, {len(unanswered(shared))} not answered")
    finish(shop, load)


def test_without_two_nodes_everything_is_refused_in_time(shop, load, faulty, hurt):
    begin = load.now()
    for node in faulty.nodes[1:]:
        hurt(node)
    gone = load.now()
    load.go_on_for(TWO_AWAY_SECONDS)
    mended = load.now()
    assert not any(map(services.is_ready, shop.servers)), "ready, with a third of the nodes"
    faulty.mend()
    wait_until_well(shop, load)

    away = load.between(gone, mended - REFUSED_WITHIN)
    print(f"two nodes away from {begin:.3f} to {mended:.3f}: {len(away)} requests, the slowest {max(a.seconds for a in away):.3f} s")
    served = [attempt for attempt in away if attempt.status != 503]
    assert not served, f"served by a minority:{told(served)}"
    assert {"put", "check_out", "read", "orders", "product"} <= {attempt.kind for attempt in away}
    finish(shop, load)


def test_a_killed_process_leaves_nothing_half_done_and_nobody_waiting(shop, load):
    victim, other = shop.servers
    begin = load.now()
    victim.kill()
    load.go_on_for(GOES_ON_WITHIN)
    through_other = [attempt for attempt in load.between(begin) if attempt.process == 1]
    check_in_time(through_other)
    assert not unanswered(through_other), f"not served by the other:{told(unanswered(through_other))}"
    assert any(attempt.kind in WRITES for attempt in through_other)
    victim.start(victim.port)
    load.go_on_for(AFTER_SECONDS)
    finish(shop, load)


def test_followers_have_missed_nothing_of_all_this(shop):
    """Behind the others: they were there all the time, one of them at the process that was killed."""
    if not shop.judged:
        pytest.skip("nothing was done before")
    for follower in shop.followers:
        follower.wait_for(shop.judged, told_at_last)
    print(f"{len(shop.judged)} users; came back {[follower.came_back for follower in shop.followers]} times")
