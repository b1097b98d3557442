// ToolOptions: the options of transcribe.
import Filter
import Money
import Records
import Speech

struct ToolOptions: OptionTable {
    let engine = Option.value(
        "engine", letter: "e", "NAME", "whisper.cpp (default), openai, deepgram, whisperx, …",
        or: "CALLPIPE_ENGINE", needs: "one of \(EngineTable.names.joined(separator: ", "))",
        choices: EngineTable.names
    ) { EngineTable.entry(named: $0) }
    let model = Option.text(
        "model", letter: "m", "MODEL", "the engine's model ($WHISPER_MODEL, $OPENAI_MODEL)")
    let fallback = Option.value(
        "fallback", "ENGINE[:MODEL]", "the engine for records on which the first one fails",
        or: "CALLPIPE_ENGINE_FALLBACK", needs: "an engine, such as whisper.cpp:small.en"
    ) { EngineChoice($0) }
    let url = Option.text("url", "URL", "the address of the engine's service")
    let dialect = Option.text(
        "dialect", "NAME", "the server behind openai or whisperx, such as groq or fastapi")
    let prompt = Option.value(
        "prompt", "TEXT", "names and words to expect in all recordings",
        needs: "words of at most \(Prompt.longest) bytes, with commas between them"
    ) { try? Prompt.checked($0) }
    let isDiarized = Option.flag("diarize", "tell voices apart where one channel holds all parties")
    let redact = Option.text(
        "redact", "GROUPS", "what a service replaces by tags, such as pci,pii")
    let acceptEmpty = Option.flag(
        "accept-empty", "accept an empty transcript for audio that is loud, or an hour long")
    let acceptTruncated = Option.flag(
        "accept-truncated", "accept the part that is there of a truncated recording")
    let whisperCLI = Option.text(
        "whisper-cli", "FILE", "the program of whisper.cpp, instead of the installed one")
    let usesServer = Option.flag("server", "run whisper.cpp's server, which loads the model once")
    let voiceModel = Option.text(
        "vad-model", "FILE", "a voice detector for whisper.cpp (Silero)")
    let command = Option.text(
        "command", "LINE", "your own program, such as 'program {wav}'", or: "CALLPIPE_COMMAND")
    let timeout = Option.time(
        "timeout", "TIME", "stop a program that takes longer for one recording", in: 1...1e9,
        needs: "a time of at least 1s, such as 10m")
    let memory = Option.size(
        "memory", "SIZE", "the most memory for the --command, such as 4G", atLeast: 1 << 20)
    let language = Option.text(
        "language", letter: "l", "CODE", "the spoken language, or auto (default en)",
        or: "CALLPIPE_LANGUAGE"
    ).or("en")
    let channels = Option.choice(
        "channels", letter: "c", "HOW", "auto, mix or split (default auto)",
        of: Parties.Plan.self
    ).or(.auto)
    let speakers = Option.text(
        "speakers", "A,B", "the parties on channels 0, 1, … (default agent,customer)"
    ).or("agent,customer")
    let doubtBelow = Option.number(
        "doubt-below", "N", "mark words of lower confidence, from 0 to 1 (default 0.35)",
        in: 0...1, needs: "a number from 0 to 1")
    let price = Option.text(
        "price", "[ENGINE=]N,…", "the price of a minute of audio with the engine")
    let budget = Option.value(
        "budget", "N", "stop with 75 before this run spends more than N",
        needs: "an amount such as 0.0125"
    ) { Budget.amount($0) }
    let submits = Option.flag(
        "submit", "leave the audio with the service; a later run asks for the words")
    let unlessTranscript = Option.flag(
        "unless-transcript", "skip records with a transcript of any engine")
    let formats = Option.transcriptFormats
    let isBeside = Option.flag(
        "beside", "also write the text files beside the recording of a folder")
    let data = Option.data
    let minFree = Option.minFree
    let isForced = Option.force
    let httpLog = Option.httpLog
    /// The options that not all engines use.
    var ofSomeEngines: [any DeclaredOption] {
        [
            url, dialect, isDiarized, redact, whisperCLI, usesServer, voiceModel, command,
            timeout, memory,
        ]
    }
    var all: [any DeclaredOption] {
        [
            engine, model, fallback, url, dialect, prompt, isDiarized, redact, acceptEmpty,
            acceptTruncated, whisperCLI, usesServer, voiceModel, command, timeout, memory, language,
            channels, speakers, doubtBelow, price, budget, submits, unlessTranscript, formats,
            isBeside, data,
            minFree, isForced, httpLog,
        ]
    }
}
