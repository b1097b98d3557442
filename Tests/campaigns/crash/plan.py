"""Which kills: spread over scenes, programs, kinds and positions, the same for the same seed."""

import random

from place import KINDS, Kill

MOMENTS = {"emit": ("before", "after", "torn"), "write": ("before", "after", "torn"),
           "page": ("before", "after", "torn"), "request": ("before", "after", "torn"),
           "reply": ("after",)}
# Of all kills of a scene: at a random time.
RANDOM_TIME = 0.1


def shares(scenes, number):
    """How many kills each scene gets; at least one each, while there are so many."""
    whole = sum(scene.share for scene in scenes)
    counts = {scene.name: max(1, int(number * scene.share / whole)) for scene in scenes}
    order = sorted(scenes, key=lambda scene: -scene.share)
    while sum(counts.values()) != number:
        step = 1 if sum(counts.values()) < number else -1
        for scene in order:
            if sum(counts.values()) == number:
                break
            if counts[scene.name] + step >= (1 if number >= len(scenes) else 0):
                counts[scene.name] += step
    return counts


class Positions:
    """The points of one program and kind, given out in random order, again when all are used."""

    def __init__(self, chance, tool, kind, number):
        self.chance, self.tool, self.kind, self.number = chance, tool, kind, number
        self.rest = []

    def take(self):
        """A position and a moment."""
        if not self.rest:
            self.rest = [(nth, when) for nth in range(1, self.number + 1)
                         for when in MOMENTS.get(self.kind, ("before", "after"))]
            self.chance.shuffle(self.rest)
        return self.rest.pop()


def kills(scene, counts, number, seed):
    """The kills of one scene: every kind and program in turn."""
    chance = random.Random(f"{seed} {scene.name}")
    several = len(counts) > 1
    counts = {tool: numbers for tool, numbers in counts.items()
              if not scene.tools or tool in scene.tools}
    # Kinds take turns, so that few kills reach them all; which come first is by lot.
    tools = sorted(counts)
    kinds = chance.sample(KINDS, len(KINDS))
    turns = []
    for kind in kinds:
        chance.shuffle(tools)
        turns += [(turn, kind, tool) for turn, tool in
                  enumerate(tool for tool in tools if counts[tool].get(kind))]
    points = [Positions(chance, tool, kind, counts[tool][kind])
              for _, kind, tool in sorted(turns, key=lambda turn: (turn[0], kinds.index(turn[1])))]
    chosen = []
    while len(chosen) < number:
        reboots = chance.random() < scene.reboots
        # The draws come in the same order whatever they lead to, so that seeds stay comparable.
        at_random = chance.random() < RANDOM_TIME
        share, scope = chance.random(), chance.choice(("tool", "group"))
        if at_random or not points:
            chosen.append(Kill(scene.name, share=0.9 * share, reboots=reboots))
            continue
        point = points[len(chosen) % len(points)]
        nth, when = point.take()
        if reboots or not several:
            scope = "group"
        chosen.append(Kill(scene.name, point.tool, point.kind, nth, when, scope, 0, reboots))
    return chosen


def rounds(scene, counts, chosen):
    """Kills in a row: one that needs all of the work ahead, then those that strike early."""
    def is_late(kill):
        return kill.tool and kill.nth > max(1, counts[kill.tool][kill.kind] // 3)

    late = [kill for kill in chosen if is_late(kill)]
    early = [kill for kill in chosen if not is_late(kill)]
    made = []
    while late or early:
        row = [late.pop() if late else early.pop()]
        while early and len(row) < scene.row:
            row.append(early.pop())
        made.append(row)
    return made
