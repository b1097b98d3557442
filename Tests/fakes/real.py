#!/usr/bin/env python3
"""real.py PROGRAM MODEL [--until-eof]: runs a real server of OpenAI's interface, as the fakes are run.

PROGRAM is the path of whisper.cpp's whisper-server, or of faster-whisper-server; MODEL is a model
in its format. Prints one JSON object with `base`, the address for OPENAI_BASE_URL, once it listens,
and ends when standard input does.
"""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading


def command(program, model, folder):
    """The command line of a server, and what OPENAI_BASE_URL adds to its address."""
    if pathlib.Path(program).name == "whisper-server":
        with socket.socket() as probe:  # it takes no port 0
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # It writes no line before its buffer is full, unless it is told to.
        return ["stdbuf", "-oL", program, "-m", model, "--host", "127.0.0.1", "--port", str(port)], ""
    config = pathlib.Path(folder) / "models.yaml"
    config.write_text(json.dumps({"models": [
        {"name": "whisper-1", "path": model, "model_options": {"compute_type": "int8"}}]}))
    return [program, "--config", str(config), "--host", "127.0.0.1", "--port", "0"], "/v1"


def main():
    # The test's process may have blocked SIGTERM, and its children would inherit that.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
    program, model = [word for word in sys.argv[1:] if word != "--until-eof"]
    with tempfile.TemporaryDirectory(prefix="callpipe-real-") as folder:
        words, path = command(program, model, folder)
        server = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, cwd=folder, env={**os.environ, "OMP_WAIT_POLICY": "passive"})
        try:
            for line in server.stdout:
                found = re.search(r"(?:running on|listening at) (http://127\.0\.0\.1:\d+)", line)
                if found:
                    print(json.dumps({"url": found[1], "base": found[1] + path}), flush=True)
                    break
            else:
                sys.exit(f"real.py: {program} ended before it listened")
            # The rest of its output is read and dropped, so that it never waits for a reader.
            threading.Thread(target=server.stdout.read, daemon=True).start()
            sys.stdin.read()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
