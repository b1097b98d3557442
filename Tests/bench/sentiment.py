#!/usr/bin/env python3
"""sentiment.py BIN: how often `analyze --engine lexicon` has the sign that people gave a text.

The texts and the labels are those of Hutto and Gilbert (2014, MIT licence), four sets in the source
package of vaderSentiment, which pip brings, checked by its SHA-256. A text counts as right when the
score has the sign of the label; a score of 0 is wrong. Recall and precision are those of "negative".
"""
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "vaderSentiment==3.3.2"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
SETS = {"product reviews": "amazonReviewSnippets", "tweets": "tweets",
        "film reviews": "movieReviewSnippets", "editorials": "nytEditorialSnippets"}


def bring(folder):
    """The archive of the labelled sets."""
    requirements = folder / "requirements"
    requirements.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-cache-dir",
                    "--no-deps", "--no-binary", ":all:",
                    "--require-hashes", "--requirement", requirements, "--dest", folder],
                   check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as package:
        name = next(n for n in package.getnames() if n.endswith("hutto_ICWSM_2014.tar.gz"))
        return tarfile.open(fileobj=io.BytesIO(package.extractfile(name).read()))


def texts(archive, name):
    """(label, text) of each line."""
    member = next(n for n in archive.getnames() if n.endswith(f"{name}_GroundTruth.txt"))
    lines = archive.extractfile(member).read().decode("utf-8", "replace").splitlines()
    rows = [line.split("\t", 2) for line in lines if line.count("\t") >= 2]
    return [(float(label), text) for _, label, text in rows]


def scores(program, rows):
    """The score of each text, as one call with one turn."""
    records = "".join(json.dumps({
        "id": f"t:{number}", "transcript": {
            "path": "t.json", "engine": "t", "text": text, "segments": [
                {"start": 0, "end": 1, "channel": 0, "speaker": "customer", "text": text}]}})
        + "\n" for number, (_, text) in enumerate(rows))
    run = subprocess.run([program, "--engine", "lexicon", "--quiet"], input=records.encode(),
                         stdout=subprocess.PIPE, check=True)
    results = [json.loads(line) for line in run.stdout.splitlines()]
    order = {record["id"]: record["analysis"].get("sentiment", {}).get("score", 0)
             for record in results}
    return [order[f"t:{number}"] for number in range(len(rows))]


def main():
    """Measures each set."""
    program = pathlib.Path(sys.argv[1]) / "analyze"
    print(f"{'set':<16} {'texts':>6} {'sign right':>10} {'negative: recall':>17} {'precision':>9}")
    with tempfile.TemporaryDirectory() as folder:
        archive = bring(pathlib.Path(folder))
        for title, name in SETS.items():
            rows = texts(archive, name)
            found = scores(program, rows)
            right = sum(label * score > 0 for (label, _), score in zip(rows, found))
            said = [label < 0 for (label, _), score in zip(rows, found) if score < 0]
            negative = sum(label < 0 for label, _ in rows)
            print(f"{title:<16} {len(rows):>6} {right / len(rows):>10.3f} "
                  f"{sum(said) / negative:>17.2f} {sum(said) / len(said):>9.2f}")


if __name__ == "__main__":
    main()
