"""Whether a concurrent history can be explained: whether each operation could have happened at one moment between its call and its
return, so that all answers are those of one operation after the other.

The search is Wing and Gong's ("Testing and verifying concurrent objects", Journal of Parallel and Distributed Computing 17, 1993),
made fit for long histories by what Lowe added ("Testing for linearizability", Concurrency and Computation 29(4), 2017): operations
are placed just in time, when one of them returns, and no pair of a state and the set of placed operations is looked at twice. An
operation that never returned may be placed at any time after its call, or not at all.

What is judged is hashable and has: of a state `after(operation)`, the next state, or None where the operation's answer cannot be
given; and `may_lead_to(operation)`, false where it cannot be given in any later state either. Of an operation `called`, `returned`
(None: never), `effect`, the same for those that do the same, and `tells`, what of the state the answer shows, if it shows much.
"""
import collections
import dataclasses
import itertools

# Pairs that are looked at; a history that takes more is too undecided to judge. A sound one takes a few for each operation.
PAIRS_MAX = 300_000
# How many of the operations that come later, of each kind that tells much, are asked whether a state can lead to them.
LOOK_AHEAD = 1


class TooManyPossibilities(Exception):
    pass


@dataclasses.dataclass
class Violation:
    """The return that no search came past, with the states in which it may have been asked, and what came before."""
    operation: object
    states: list
    before: list

    def __str__(self):
        lines = ["no order of the operations explains", f"  {self.operation}", "where the state was one of"]
        lines += [f"  {state}" for state in self.states[:8]]
        lines += ["after"] + [f"  {operation}" for operation in self.before[-30:]]
        return "\n".join(lines)


def find_violation(operations, initial):
    """None, or the Violation. `initial` is the state that all begins with."""
    search = _Search(sorted(operations, key=lambda operation: operation.called))
    # Depth first: for each return that was passed, what else was possible after it.
    ways, seen, deepest = [iter([(initial, frozenset())])], set(), 0
    while ways:
        pair = next(ways[-1], None)
        if pair is None:
            ways.pop()
            continue
        depth = len(ways) - 1
        if depth == len(search.returns):
            return None
        if (depth, pair) not in seen:
            seen.add((depth, pair))
            deepest = max(deepest, depth)
            ways.append(search.ways_past(search.returns[depth], *pair))
    stuck = search.operations[search.returns[deepest]]
    states = sorted({str(state) for depth, (state, _) in seen if depth == deepest})
    return Violation(stuck, states, [o for o in search.operations if o.called <= stuck.returned and o is not stuck])


class _Search:
    def __init__(self, operations):
        self.operations = operations
        self.returns = [n for n, operation in enumerate(operations) if operation.returned is not None]
        self.returns.sort(key=lambda n: operations[n].returned)
        self._telling = collections.defaultdict(list)
        for number in sorted(self.returns):
            if operations[number].tells:
                self._telling[operations[number].tells].append(operations[number])
        self._returned_before = {number: set(self.returns[:place]) for place, number in enumerate(self.returns)}
        self._looked_at = 0

    def ways_past(self, number, state, placed):
        """The pairs after the return of `number`: those with the fewest placed before it come first."""
        if number in placed:
            yield state, placed - {number}
            return
        last = self.operations[number]
        open_ones = [n for n in self._open_at(number) if n not in placed]
        ahead = [last]
        for telling in self._telling.values():
            ahead += itertools.islice((o for o in telling if o.called > last.returned), LOOK_AHEAD)
        seen, queue = {(state, placed)}, collections.deque([(state, placed, None, None)])
        while queue:
            state, placed, before, previous = queue.popleft()
            self._looked_at += 1
            if self._looked_at > PAIRS_MAX:
                raise TooManyPossibilities(f"with {len(open_ones)} others open: {last}")
            after = state.after(last)
            # Where the previous one may as well come after the last, it is left open: it is placed when it matters.
            if after is not None and not (previous and _commutes(before, previous, last, after)):
                yield after, placed
            for other in self._choices(open_ones, placed):
                next_state = state.after(self.operations[other])
                if next_state is None or (next_state == state and self.operations[other].returned is None):
                    continue
                pair = (next_state, placed | {other})
                if pair not in seen and all(map(next_state.may_lead_to, ahead)):
                    seen.add(pair)
                    queue.append((*pair, state, self.operations[other]))

    def _open_at(self, number):
        """Called and not returned. What is called in the instant of the return counts as concurrent."""
        gone = self._returned_before[number]
        moment = self.operations[number].returned
        return [n for n, o in enumerate(self.operations) if o.called <= moment and n not in gone and n != number]

    def _choices(self, open_ones, placed):
        tried = set()
        for other in open_ones:
            if other in placed:
                continue
            operation = self.operations[other]
            if operation.returned is None:
                # Of those that do the same and never return the first stands for all.
                if operation.effect in tried:
                    continue
                tried.add(operation.effect)
            yield other


def _commutes(before, previous, last, after):
    alone = before.after(last)
    return alone is not None and alone.after(previous) == after
