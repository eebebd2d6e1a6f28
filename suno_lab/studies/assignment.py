"""Who hears what, in which order and on which side: a balanced incomplete design for listening tests.

Every listener hears a part of all comparisons. Comparisons (an item with some of its conditions), sides and places in
the sitting are given out greedily, the rarest so far first, ties by a seeded draw; so the counts of all comparisons
differ by at most one, and for pairs the counts of both orders of a comparison do too (balanced incomplete blocks after
W. G. Cochran & G. M. Cox, *Experimental Designs*, 1957, ch. 11, without asking that the numbers come out even).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Literal

from suno_lab.errors import StudyError

Purpose = Literal["training", "test", "repeat", "same", "degraded"]
Block = tuple[str, tuple[str, ...]]

DECIDE_S = 8.0  #: time to answer one question, added to the listening
LISTENED_SHARE = 1.5  #: how often the whole of every excerpt is heard on average
REPEAT_GAP_N = 3  #: trials between a trial and its repeat, where there are so many
PERMUTED_UP_TO_N = 4


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """One trial of one listener.

    Attributes
    ----------
    listener, position : int
        From 0.
    conditions, clip_ids : tuple of str
        In the order of presentation. A trial of purpose ``same`` names one clip twice; of purpose ``degraded`` the
        same, and ``spoilt`` says at which place the spoilt version stands.
    repeat_of : int or None
        Position of the trial that this one repeats, with the order turned round.
    """

    listener: int
    position: int
    item: str
    conditions: tuple[str, ...]
    clip_ids: tuple[str, ...]
    purpose: Purpose = "test"
    repeat_of: int | None = None
    spoilt: int | None = None


def trials_that_fit(
    minutes: float, *, excerpt_s: float, size: int = 2, questions_n: int = 1, extra_share: float = 0.2
) -> int:
    """How many trials fit into a sitting, when each excerpt is heard one and a half times and each answer takes 8 s.

    Parameters
    ----------
    size : int
        Excerpts a trial.
    extra_share : float
        Part of the time that repeats, traps and pages without sound need.
    """
    trial_s = LISTENED_SHARE * excerpt_s * size + DECIDE_S * questions_n
    return max(int(60 * minutes * (1 - extra_share) / trial_s), 1)


def plan_assignment(
    clips: Mapping[str, Mapping[str, Sequence[str]]],
    *,
    listeners_n: int,
    trials_n: int,
    size: int = 2,
    repeats: float = 0.1,
    same_n: int = 1,
    degraded_n: int = 1,
    training_n: int = 1,
    seed: int = 0,
) -> list[list[Assigned]]:
    """Plan the sittings of all listeners.

    Parameters
    ----------
    clips : mapping of str to mapping of str to sequence of str
        ``item → condition → clip ids``: siblings and replicates, of which each listener hears a random one.
    listeners_n, trials_n : int
        How many listeners, and how many trials of purpose ``test`` each hears.
    size : int
        Conditions a trial: 2 for pairs, 1 for single clips, more for multi-stimulus trials.
    repeats : float
        Share of the trials that come a second time, order turned round, at least three trials later.
    same_n, degraded_n : int
        Traps a listener: the same clip on both sides, and a clip beside its spoilt version. Pairs only; of single
        clips only ``degraded_n`` counts.
    training_n : int
        Trials before the first that counts.

    Returns
    -------
    list of list of Assigned
        One list a listener, in order of presentation.

    Raises
    ------
    StudyError
        When no item has ``size`` conditions, or a number makes no sense.
    """
    if listeners_n < 1 or trials_n < 1 or not 0 <= repeats <= 1:
        raise StudyError("a test has at least one listener and one trial, and repeats between 0 and 1 of its trials")
    blocks = [(item, pair) for item in sorted(clips) for pair in combinations(sorted(clips[item]), size)]
    if not blocks:
        raise StudyError(f"no item has clips of {size} conditions: there is nothing to put side by side")
    balance, planned = _Balance(), []
    for listener in range(listeners_n):
        rng = random.Random(f"{seed}/{listener}")
        dealer = _Dealer(clips, listener=listener, rng=rng, size=size)
        ordered = balance.in_order(balance.choose(blocks, trials_n, rng), rng)
        tests = [dealer.deal(item, balance.sides(item, pair, rng)) for item, pair in ordered]
        training = [dealer.deal(item, pair, "training") for item, pair in rng.choices(blocks, k=training_n)]
        traps = dealer.traps(tests, same_n=same_n if size == 2 else 0, degraded_n=degraded_n if size <= 2 else 0)
        repeated = rng.sample(range(trials_n), k=min(math.ceil(repeats * trials_n), trials_n))
        planned.append(_sitting(training, tests, traps, sorted(repeated), rng))
    return planned


class _Balance:
    """What was given out so far, over all listeners."""

    def __init__(self) -> None:
        self.blocks: Counter[Block] = Counter()
        self.sided: Counter[tuple[Block, str, int]] = Counter()
        self.placed: Counter[tuple[str, int]] = Counter()
        self.positions: Counter[tuple[tuple[str, ...], int]] = Counter()

    def choose(self, blocks: Sequence[Block], n: int, rng: random.Random) -> list[Block]:
        """The ``n`` comparisons of one listener: the rarest of all first, then what this listener knows least."""
        chosen: list[Block] = []
        own: Counter[object] = Counter()
        for _ in range(n):
            best = min(
                blocks, key=lambda b: (self.blocks[b], own[b], own["item", b[0]], own["pair", b[1]], rng.random())
            )
            self.blocks[best] += 1
            own.update([best, ("item", best[0]), ("pair", best[1])])
            chosen.append(best)
        return chosen

    def in_order(self, chosen: Sequence[Block], rng: random.Random) -> list[Block]:
        """Their order: no item twice in a row where that can be, every set of conditions as often early as late."""
        left, ordered = list(chosen), list[Block]()
        for position in range(len(chosen)):
            before = ordered[-1][0] if ordered else None
            best = min(
                range(len(left)),
                key=lambda i: (left[i][0] == before, self.positions[left[i][1], position], rng.random()),
            )
            ordered.append(left.pop(best))
            self.positions[ordered[-1][1], position] += 1
        return ordered

    def sides(self, item: str, pair: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
        """The order inside a trial that was rarest so far: of this comparison, then of the conditions at all."""
        block = (item, pair)

        def cost(order: tuple[str, ...]) -> tuple[int, int, float]:
            places = list(enumerate(order))
            here = sum(self.sided[block, condition, place] for place, condition in places)
            return here, sum(self.placed[condition, place] for place, condition in places), rng.random()

        best = min(_orders(pair, rng), key=cost)
        for place, condition in enumerate(best):
            self.sided[block, condition, place] += 1
            self.placed[condition, place] += 1
        return best


def _orders(conditions: tuple[str, ...], rng: random.Random) -> list[tuple[str, ...]]:
    """Candidate orders: all of up to four conditions; of more, the rotations of a drawn one."""
    if len(conditions) <= PERMUTED_UP_TO_N:
        return list(permutations(conditions))
    drawn = rng.sample(conditions, k=len(conditions))
    return [tuple(drawn[i:] + drawn[:i]) for i in range(len(drawn))]


class _Dealer:
    """Deals clips to one listener."""

    def __init__(
        self, clips: Mapping[str, Mapping[str, Sequence[str]]], *, listener: int, rng: random.Random, size: int
    ) -> None:
        self.clips, self.listener, self.rng, self.size = clips, listener, rng, size

    def deal(self, item: str, conditions: tuple[str, ...], purpose: Purpose = "test") -> Assigned:
        """A trial, with a random one of each condition's clips."""
        drawn = tuple(self.rng.choice(list(self.clips[item][condition])) for condition in conditions)
        return Assigned(
            listener=self.listener, position=0, item=item, conditions=conditions, clip_ids=drawn, purpose=purpose
        )

    def traps(self, tests: Sequence[Assigned], *, same_n: int, degraded_n: int) -> list[Assigned]:
        """Trials whose right answer is known, made of clips that this listener hears anyway."""
        return [self._trap("same") for _ in range(same_n) if tests] + [
            self._trap("degraded") for _ in range(degraded_n) if tests
        ]

    def _trap(self, purpose: Purpose) -> Assigned:
        item = self.rng.choice(sorted(self.clips))
        condition = self.rng.choice(sorted(self.clips[item]))
        one = self.deal(item, (condition,) * self.size, purpose)
        spoilt = self.rng.randrange(self.size) if purpose == "degraded" else None
        return replace(one, clip_ids=one.clip_ids[:1] * self.size, spoilt=spoilt)


def _sitting(
    training: list[Assigned],
    tests: list[Assigned],
    traps: list[Assigned],
    repeated: Sequence[int],
    rng: random.Random,
) -> list[Assigned]:
    """Training first; then the tests in their order, with traps and repeats strewn among them, never the first."""
    sequence: list[tuple[Assigned, int | None]] = [(trial, None) for trial in tests]
    for trap in traps:
        sequence.insert(rng.randint(1, len(sequence)), (trap, None))
    for source in repeated:
        after = next(i for i, (trial, repeats) in enumerate(sequence) if trial is tests[source] and repeats is None)
        earliest = min(after + 1 + REPEAT_GAP_N, len(sequence))
        again = tests[source]
        turned = replace(again, purpose="repeat", conditions=again.conditions[::-1], clip_ids=again.clip_ids[::-1])
        sequence.insert(rng.randint(earliest, len(sequence)), (turned, source))
    positions = {id(trial): len(training) + i for i, (trial, repeats) in enumerate(sequence) if repeats is None}
    made = [replace(trial, position=i) for i, trial in enumerate(training)]
    for i, (trial, repeats) in enumerate(sequence, len(training)):
        made.append(replace(trial, position=i, repeat_of=None if repeats is None else positions[id(tests[repeats])]))
    return made
