// Fields: the names of the values that a report can have of a recording.
import Checkpoint
import Records

/// The values that a report has of each recording, in their order.
///
/// A name is a member of the record, with points where it lies deeper (`audio.path`); a column of the
/// checkpoint; or a column of a replaced system. A point at the front always means the record.
public struct Fields: Sendable {
    /// A name that is no field.
    public struct Unknown: Error, Equatable {
        /// A sentence without its full stop.
        public let reason: String
    }

    /// The source of a field's value.
    enum Source: Sendable, Equatable {
        /// The record.
        case member([String])
        /// A column of the table of calls.
        case call(String)
        /// A column of the outcome of a stage: of the named one, or of the first open one.
        case outcome(Stage?, String)
        /// A column of the view `call_recordings`, as an SQL expression.
        case old(String)
        /// The last failure of a stage that has not succeeded since, as an object.
        case error
        /// The status of each stage, as an object.
        case stages
        /// The reason of its hold.
        case hold
    }

    let all: [(name: String, source: Source)]

    /// The names in their order.
    public var names: [String] { all.map(\.name) }

    /// Reads names with commas between them.
    public init(_ text: String) throws(Unknown) {
        var all: [(name: String, source: Source)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part)
            guard let source = Fields.source(of: name) else {
                throw Unknown(
                    reason: "there is no field \"\(name)\"; the fields are \(Fields.list), those "
                        + "from stage to run also as in upload.status, and .NAME for any other "
                        + "member of the record")
            }
            all.append((name, source))
        }
        self.all = all
    }

    /// All names, for a message.
    static var list: String {
        let own = members + callColumns + ["hold"] + outcomeColumns + ["error", "stages"]
        return (own + oldColumns.keys.sorted()).joined(separator: ", ")
    }

    static let members = [
        "id", "source", "start", "duration", "direction", "result", "from", "to", "call",
        "recording", "prompt", "audio", "transcript", "insights", "sides", "measures", "analysis",
        "rules", "uploads", "deleted",
    ]
    static let callColumns = ["number", "batch", "expires", "seen_at", "updated_at"]
    static let outcomeColumns = [
        "stage", "status", "attempts", "not_before", "error_class", "error_kind", "error_message",
        "started_at", "finished_at", "seconds", "run",
    ]
    /// The names of the replaced systems, each with its JSON expression over the view.
    static let oldColumns = [
        "call_id": "json_quote(call_id)", "call_start_time": "json_quote(call_start_time)",
        "recorded_at": "json_quote(recorded_at)", "created_at": "json_quote(created_at)",
        "download_status": "json_quote(download_status)",
        "transcription_status": "json_quote(transcription_status)",
        "upload_status": "json_quote(upload_status)", "retry_count": "json_quote(retry_count)",
        "rc_call_id": "json_quote(rc_call_id)", "rc_transcript": "json_quote(rc_transcript)",
        "rc_transcript_confidence": "json_quote(rc_transcript_confidence)",
        "rc_transcript_fetched_at": "json_quote(rc_transcript_fetched_at)",
        "rc_ai_insights": "ifnull(json(rc_ai_insights), 'null')",
        "has_transcript": "iif(has_transcript, 'true', 'false')",
        "sentiment": "json_quote(sentiment)",
        "audio_path": "json_quote(audio_path)",
        "recording_name": "json_quote(recording_name)",
        "recording_path": "json_quote(recording_path)",
    ]

    private static func source(of name: String) -> Source? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 1, parts[0].isEmpty {
            return parts.dropFirst().contains("") ? nil : .member(Array(parts.dropFirst()))
        }
        guard !parts.contains("") else { return nil }
        if parts.count == 2, let stage = Stage(rawValue: parts[0]),
            outcomeColumns.contains(parts[1])
        {
            return .outcome(stage, parts[1])
        }
        if members.contains(parts[0]) { return .member(parts) }
        guard parts.count == 1 else { return nil }
        if callColumns.contains(name) { return .call(name) }
        if outcomeColumns.contains(name) { return .outcome(nil, name) }
        switch name {
        case "error": return .error
        case "stages": return .stages
        case "hold": return .hold
        default: return oldColumns[name].map(Source.old)
        }
    }
}
