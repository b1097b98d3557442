#!/usr/bin/env python3
"""records.py COUNT [FIRST]: records of calls as rc-fetch passes them on, one a line.

Ids rise with gaps, as RingCentral's do; start times rise too, forty thousand calls a day.
"""
import datetime
import json
import sys


def record(number):
    native = str(401_000_000_000 + number * 7)
    start = datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=number * 2.16)
    return {
        "id": f"rc:{native}",
        "source": "ringcentral",
        "start": start.strftime("%Y-%m-%dT%H:%M:%S.") + f"{number % 1000:03d}Z",
        "duration": 10 + number % 600,
        "direction": "inbound" if number % 3 else "outbound",
        "result": "Accepted",
        "from": {"phone": "+16505550100", "name": "A caller", "extension": None},
        "to": {"phone": "+16505550123", "name": "A desk", "extension": str(100 + number % 40)},
        "call": {"id": f"C{native}", "session": native, "telephony_session": f"s-{number:x}",
                 "legs": 3},
        "recording": {
            "id": native, "type": "automatic",
            "uri": f"https://media.example/restapi/v1.0/account/1/recording/{native}/content",
            "expires": (start + datetime.timedelta(days=90)).strftime("%Y-%m-%d")},
        "audio": {
            "path": f"audio/{start:%Y/%m/%d}/rc-{native}.mp3", "bytes": 94_821 + number % 5000,
            "sha256": f"{number:064x}", "type": "audio/mpeg", "seconds": 187.2, "rate": 8000,
            "channels": 1, "codec": "mp3"},
    }


def main():
    count = int(sys.argv[1])
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for number in range(first, first + count):
        sys.stdout.write(json.dumps(record(number), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
