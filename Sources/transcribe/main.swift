// transcribe
