#!/usr/bin/env python3
"""peer.py [--batched] MODEL FILE...: faster-whisper (int8, beam 5) on files, as one JSON object.

`seconds` is the time to load the model and to transcribe all files; the start of Python and its
imports are left out, in favour of faster-whisper.
"""
import argparse
import json
import os
import time

import faster_whisper


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batched", action="store_true", help="use BatchedInferencePipeline")
    parser.add_argument("model")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    began = time.monotonic()
    model = faster_whisper.WhisperModel(
        options.model, device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1)
    settings = {"language": "en", "beam_size": 5}
    if options.batched:
        model = faster_whisper.BatchedInferencePipeline(model=model)
        settings["batch_size"] = 8
    heard = {file: "".join(segment.text for segment in model.transcribe(file, **settings)[0])
             for file in options.files}
    print(json.dumps({"seconds": time.monotonic() - began, "heard": heard}))


if __name__ == "__main__":
    main()
