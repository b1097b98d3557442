"""A crontab(5) read: its settings, and which jobs are due at a minute."""

import dataclasses
import datetime
import re
import shlex

SPANS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


@dataclasses.dataclass
class Job:
    """A line: when it runs, and the command as cron hands it to the shell."""

    fields: tuple
    command: str
    name: str

    def is_due(self, moment):
        """Whether the job starts at this minute; the two kinds of days are joined by "or"."""
        minute, hour, day, month, weekday = self.fields
        days = (moment.day in day, moment.isoweekday() % 7 in weekday)
        free = len(day) == 31 or len(weekday) == 7
        return (moment.minute in minute and moment.hour in hour and moment.month in month
                and (all(days) if free else any(days)))

    @property
    def starts_a_day(self):
        """How often it starts on a day that it starts on."""
        return len(self.fields[0]) * len(self.fields[1])


def numbers(text, span):
    """The values of a field: lists of stars, numbers and ranges, with steps."""
    found = set()
    for part in text.split(","):
        words = re.fullmatch(r"(\*|\d+(?:-\d+)?)(?:/(\d+))?", part)
        if not words:
            raise ValueError(f"crontab: {text} is no field")
        first, last = span if words[1] == "*" else [int(n) for n in (words[1] + "-" + words[1])
                                                    .split("-")[:2]]
        found.update(range(first, last + 1, int(words[2] or 1)))
    if not found <= set(range(span[0], span[1] + 1)):
        raise ValueError(f"crontab: {text} is out of range")
    return frozenset(found)


def command_of(text):
    r"""What the shell gets: `\%` is a percent sign, and a bare one would end the command."""
    if re.search(r"(?<!\\)%", text):
        raise ValueError(f"crontab: a percent sign is not escaped: {text}")
    return text.replace("\\%", "%")


def read(path):
    """(settings, jobs); a job has the name of its run, or of its lock."""
    settings, jobs = {}, []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        setting = re.fullmatch(r"(\w+)=(.*)", line)
        if setting:
            settings[setting[1]] = setting[2]
            continue
        *fields, command = line.split(None, 5)
        command = command_of(command)
        words = shlex.split(command)
        if words[:4] != ["flock", "-n", "-E", "75"]:
            raise ValueError(f"crontab: no lock: {line}")
        run = words[words.index("--name") + 1] if "--name" in words else None
        jobs.append(Job(tuple(map(numbers, fields, SPANS)), command,
                        run or words[4].removesuffix(".lock")))
    return settings, jobs


def minutes(first, days):
    """Every minute of so many days."""
    for number in range(days * 1440):
        yield first + datetime.timedelta(minutes=number)
