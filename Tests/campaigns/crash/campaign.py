#!/usr/bin/env python3
"""campaign.py: kill the programs at every write, fsync, rename, commit and request, and run again.

Each kill is SIGKILL at a point that the interposer counts (interposer.c), or at a random time; some
come with a simulated reboot. After a few of them the work is run to its end, and then nothing may
be lost, there twice, stuck, or broken under a final name. The report tells what was killed where.

Scenes, in scenes.py, say what is killed; the same seed chooses the same kills.
"""

import argparse
import collections
import dataclasses
import hashlib
import multiprocessing
import os
import pathlib
import shutil
import sys
import time

import checks
import place as places
import plan
import report as reports
import scenes

# Shared with the workers, which are forked.
shared = {}


def begin_worker(numbers):
    """A worker has a place of its own."""
    places.adopt_orphans()
    shared["number"] = numbers.get()


def place_for(scene):
    """The worker's place, with the calls of the scene."""
    work = shared["options"].work
    number = shared["number"]
    return places.Place(work / f"place-{number}", work / "kit", work / scene.calls,
                        shared["ports"][number])


def begin(scene, place):
    """The place as the scene begins; how that looks is kept for the next time."""
    key = hashlib.sha256(f"{scene.calls} {scene.base}".encode()).hexdigest()[:16]
    template = shared["options"].work / f"templates/{shared['number']}/{key}"
    if template.exists():
        return place.begin(template)
    place.begin()
    if scene.base:
        based = place.run(scene.base)
        if based.status != 0:
            raise RuntimeError(f"{scene.name}: its base ends with {based.status}: "
                               f"{place.last_words()}")
    shutil.copytree(place.path, template, symlinks=True)
    return place


def survey(scene):
    """One undisturbed run: how often each program reaches each point, and what is true then."""
    place = begin(scene, place_for(scene))
    problems = []
    files = checks.contents(place)
    run = place.run(scene.command)
    ended = [run]
    if scene.finish:
        ended.append(place.run(scene.finish))
    for each in ended:
        if each.status not in scene.statuses:
            problems.append(f"it ends with {each.status} undisturbed: {place.last_words()}")
    truth = checks.Truth(place, files)
    ledger = checks.Ledger(place)
    problems += truth.problems(place)
    problems += wrong(scene.after + scene.end, scene, place, ledger, truth)
    place.end()
    counts = {tool: dict(numbers) for tool, numbers in run.counts.items()}
    return scene.name, counts, run.seconds, truth, problems


def wrong(checked, scene, place, ledger, truth):
    """What the checks find."""
    return ledger.problems + [problem for check in checked
                              for problem in check(place, ledger, truth, scene)]


def play(number_and_kills):
    """A row of kills in one place, then the end; kills that come too late get a place of their own."""
    number, kills = number_and_kills
    scene = shared["scenes"][kills[0].scene]
    results = []
    waiting = collections.deque(kills)
    while waiting:
        results.append(play_row(scene, waiting, f"{number}.{len(results)}"))
    return results


def play_row(scene, waiting, name):
    """Kills until the row is done or one comes too late for what is left to do."""
    place = begin(scene, place_for(scene))
    truth, usual = shared["truth"][scene.name], shared["seconds"][scene.name]
    struck, violations, runs, tries = [], [], 0, 2
    ledger = checks.Ledger(place)

    def run(command, kill=None):
        nonlocal ledger, runs
        runs += 1
        before, since, heard = ledger, place.requests(), len(place.heard())
        outcome = place.run(command, kill, usual)
        ledger = checks.Ledger(place)
        violations.extend(checks.of_repeats(place, before, since, heard, truth))
        violations.extend(wrong(scene.after, scene, place, ledger, truth))
        violations.extend(f"{name} got its name before its bytes were on the disk"
                          for name in outcome.unsafe)
        if outcome.hangs:
            violations.append(f"it hangs: {place.last_words()}")
        return outcome

    while waiting and not violations:
        kill = waiting[0]
        outcome = run(scene.command, kill)
        reached = outcome.counts.get(kill.tool, {}).get(kill.kind, 0)
        if not outcome.struck and not struck and tries > 0:
            # How often a point comes varies: who closes the checkpoint last, how bytes arrive.
            tries -= 1
            waiting[0] = dataclasses.replace(kill, nth=max(1, min(kill.nth, reached)),
                                             share=kill.share / 2)
            begin(scene, place)
            ledger = checks.Ledger(place)
            continue
        if not outcome.struck and struck:
            break
        waiting.popleft()
        struck.append((kill, outcome.struck, outcome.object.replace(str(place.path), "")))
        if not outcome.struck:
            break
        if kill.reboots:
            place.reboot()
    if not violations:
        outcome = run(scene.finish or scene.command)
        if outcome.status not in scene.statuses:
            violations.append(f"the run to the end ends with {outcome.status}: "
                              f"{place.last_words()}")
        violations.extend(wrong((*scene.end, checks.of_strays), scene, place, ledger, truth))
    evidence = None
    if violations:
        evidence = shared["options"].work / "evidence" / name
        shutil.copytree(place.path, evidence, symlinks=True, ignore_dangling_symlinks=True)
    place.end()
    return {"kills": struck, "violations": list(dict.fromkeys(violations)), "runs": runs,
            "evidence": str(evidence)}


def pool(options):
    """Workers that know what is shared now."""
    context = multiprocessing.get_context("fork")
    numbers = context.Queue()
    for number in range(options.jobs):
        numbers.put(number)
    return context.Pool(options.jobs, begin_worker, (numbers,))


def options_of(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description="Kill the programs everywhere, and run again.")
    parser.add_argument("bin", type=pathlib.Path, help="where the built programs are")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=pathlib.Path, default=places.ROOT / ".build/crash")
    parser.add_argument("--scene", action="append", help="only this one; may be repeated")
    options = parser.parse_args(arguments)
    options.work = options.work.resolve()
    return options


def prepare(options):
    """An empty working directory with all that is shared."""
    shutil.rmtree(options.work, ignore_errors=True)
    for name in ("templates", "evidence"):
        (options.work / name).mkdir(parents=True)
    places.build_kit(options.work / "kit", options.bin)
    places.make_calls(options.work / "few", 6)
    places.make_calls(options.work / "one", 1)
    places.make_calls(options.work / "large", 3, large=True)


def main(arguments):
    """The campaign."""
    options = options_of(arguments)
    began = time.monotonic()
    prepare(options)
    chosen = [scene for scene in scenes.TABLE
              if all((options.bin / program).exists() for program in scene.needs)
              and (not options.scene or scene.name in options.scene)]
    shared.update(options=options, scenes={scene.name: scene for scene in chosen},
                  truth={}, seconds={}, ports=[places.free_ports() for _ in range(options.jobs)])
    counts, broken = {}, []
    with pool(options) as workers:
        for name, numbers, seconds, truth, problems in workers.imap_unordered(survey, chosen):
            counts[name], shared["seconds"][name], shared["truth"][name] = numbers, seconds, truth
            broken += [f"{name}: {problem}" for problem in problems]
    if broken:
        sys.exit("campaign.py: undisturbed runs are not right:\n" + "\n".join(broken))
    numbers = plan.shares(chosen, options.kills)
    rows = [row for scene in chosen
            for row in plan.rounds(scene, counts[scene.name], plan.kills(
                scene, counts[scene.name], numbers[scene.name], options.seed))]
    prepared = time.monotonic()
    report = reports.Report(options.work)
    with pool(options) as workers:
        for results in workers.imap_unordered(play, enumerate(rows)):
            for result in results:
                report.add(result)
            if sys.stderr.isatty():
                done = sum(report.tried.values())
                print(f"\r{done} of {options.kills} kills, {len(report.violations)} violations",
                      end="", file=sys.stderr, flush=True)
    ended = time.monotonic()
    text = report.text(f"seed {options.seed}, {ended - began:.0f} s, of which "
                       f"{prepared - began:.0f} s to get ready")
    report.write(text)
    print(text, end="")
    few = sum(report.struck.values()) < 0.9 * options.kills
    if few:
        print("too few kills struck: the campaign proves less than it says")
    return 1 if report.violations or few else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
