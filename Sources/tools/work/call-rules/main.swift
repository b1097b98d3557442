// call-rules: add which rules each call keeps: what has to be said, what must not, what is to be told.
//
// {"transcript":{"segments":[…]}}  ->  the same record plus "rules":{"score","results":[…]}
import Filter
import Records
import Rules
import System

let tool = Tool(
    "call-rules", "add which rules each call keeps, with the words that prove it",
    examples: [
        "state-show --stage transcribe | call-rules --rules rules.ndjson",
        "call-measure <calls.ndjson | call-rules -r rules.ndjson | jq -c '[.id, .rules.score]'",
    ],
    options: ToolOptions())

await tool.filter { options in
    let rules = try RuleSet(options)
    for failure in rules.refused { options.observer(.rejected(failure)) }
    return { record in
        guard let transcript = record.raw("transcript"), transcript.first == UInt8(ascii: "{")
        else {
            throw Failure(
                .item, .input, "apply rules to \(record.id): it has no transcript",
                remedy: "put transcribe before call-rules in the pipe")
        }
        record.set("rules", rules.result(for: record))
    }
}

extension RuleSet {
    /// Reads the files that the options name.
    fileprivate init(_ options: Options<ToolOptions>) throws {
        guard let path = options.rules else {
            throw UsageError("name the file of the rules by --rules")
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Descriptor.contents(of: path, atMost: 16 << 20)
        } catch {
            throw Failure(
                .stop, .configuration, "read the rules in \(path): \(error.reason)",
                remedy: "let --rules name a readable file")
        }
        try self.init(bytes, from: path)
    }
}
