// transcribe: write down what is said in the audio of each record.
//
// {"audio":{"path"}}  ->  the same record plus "transcript":{"path","text","segments",…}, and three
// files beside each other: JSON, plain text and WebVTT.
import Filter

let tool = Tool(
    "transcribe", "write down what is said in the audio of each record", stage: "transcribe",
    examples: [
        "rc-list --days 1 | rc-fetch | transcribe >transcribed.ndjson",
        "transcribe --model base.en <fetched.ndjson",
    ],
    options: [
        .value("engine", letter: "e", "NAME", "whisper.cpp, openai, deepgram, whisperx, …"),
        .value("model", letter: "m", "MODEL", "the engine's model ($WHISPER_MODEL, $OPENAI_MODEL)"),
        .value("fallback", "ENGINE[:MODEL]", "the engine for records that the first one fails on"),
        .value("url", "URL", "where the engine's service is"),
        .value("dialect", "NAME", "whose server openai or whisperx is, such as groq or fastapi"),
        .value("prompt", "TEXT", "words that a service's model is to expect"),
        .flag("diarize", "tell voices apart where one channel holds all parties"),
        .value("redact", "GROUPS", "what a service is to write as a tag, such as pci,pii"),
        .flag("accept-empty", "take no word for loud sound, or in an hour, as an answer"),
        .flag("accept-truncated", "take what is there of a recording that is cut off"),
        .value("whisper-cli", "FILE", "whisper.cpp's program, instead of the installed one"),
        .flag("server", "let whisper.cpp's server keep the model for the whole run"),
        .value("vad-model", "FILE", "a voice detector for whisper.cpp (Silero)"),
        .value("command", "LINE", "a program of your own, such as 'program {wav}'"),
        .value("timeout", "TIME", "end a program that takes longer for a sound"),
        .value("memory", "SIZE", "the most memory for the --command, such as 4G"),
        .value("language", letter: "l", "CODE", "spoken language, or auto (default en)"),
        .value("channels", letter: "c", "HOW", "auto, mix or split (default auto)"),
        .value("speakers", "A,B", "who is on channels 0, 1, … (default agent,customer)"),
        .value("doubt-below", "N", "mark what has less confidence, from 0 to 1 (default 0.35)"),
        .value("price", "[ENGINE=]N,…", "what a minute of audio costs with the engine"),
        .value("budget", "N", "stop with 75 before this run spends more than N"),
        .flag("submit", "leave the audio with the service, for a later run to ask for the words"),
        .flag("unless-transcript", "pass on what has a transcript, whoever wrote it"),
        .data, .minFree, .force,
    ])

// Eight records in hand make one run of whisper.cpp.
await tool.filter(jobs: 8, finishes: true) { options in
    let transcriber = try Transcriber(options)
    return { record in try await transcriber.transcribe(&record) }
}
