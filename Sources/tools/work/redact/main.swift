// redact: take numbers of cards, addresses and the like out of what was said.
//
// {"transcript":{"text","segments":[…]}}  ->  the same record with [CARD] and such in their place, plus
// "redaction":{"counts",…}; the files of the transcript change with it, and with --audio the audio.
import Filter
import Records
import Redaction
import System

let tool = Tool(
    "redact", "take card numbers and other personal data out of transcripts", stage: "redact",
    examples: [
        "transcribe | redact --only card,cvv | state-mark transcribe",
        "state-show --stage transcribe | redact --audio | state-mark redact",
    ],
    options: ToolOptions())

await tool.filter { options in
    let redaction = try RecordRedaction(options)
    let (isDryRun, observer) = (options.isDryRun, options.observer)
    return { record in
        if isDryRun {
            let count = try redaction.count(record)
            return observer(.note("would take \(count) out of \(record.id)"))
        }
        do {
            if try redaction.settle(&record) { return }
            // Files are read, and written durably.
            record = try await OwnThread.run { [record] _ in
                var redacted = record
                try redaction.redact(&redacted)
                return redacted
            }
        } catch {
            RecordRedaction.withhold(&record)
            throw error
        }
    }
}
