// Schemas: the parts of the description that tell the form of values, in JSON Schema 2020-12.
import Records

/// The forms of parameters, bodies and answers.
enum Schemas {
    static func reference(_ name: String) -> JSON {
        .members(["$ref": .string("#/components/schemas/\(name)")])
    }

    static func content(_ type: String, _ schema: JSON?) -> JSON {
        .object([.init(type, .members(["schema": schema]))])
    }

    private static func type(_ names: String...) -> JSON {
        .members([
            "type": names.count == 1 ? .string(names[0]) : .array(names.map(JSON.string))
        ])
    }

    private static func object(
        _ properties: KeyValuePairs<String, JSON?>, required: [String], isClosed: Bool = false
    ) -> JSON {
        .members([
            "type": .string("object"), "properties": .members(properties),
            "required": required.isEmpty ? nil : .array(required.map(JSON.string)),
            "additionalProperties": isClosed ? .bool(false) : nil,
        ])
    }

    private static func choice(_ words: String...) -> JSON {
        .members(["type": .string("string"), "enum": .array(words.map(JSON.string))])
    }

    private static func whole(_ least: Int, _ most: Int) -> JSON {
        .members([
            "type": .string("integer"), "minimum": .int(least), "maximum": .int(most),
        ])
    }

    private static let moment = JSON.members([
        "type": .string("string"),
        "description": .string("A day such as 2024-01-15, or a time of RFC 3339."),
    ])

    /// The form of a parameter of a query.
    static func parameter(_ name: String) -> JSON {
        switch name {
        case "limit": whole(1, 500)
        case "offset": whole(0, 1_000_000)
        case "after": whole(1, Int.max)
        case "since", "until": moment
        case "transcriptionStatus", "transcription_status":
            choice("pending", "queued", "processing", "completed", "failed")
        default: type("string")
        }
    }

    static let problem = object(
        [
            "type": type("string"), "title": type("string"), "status": type("integer"),
            "detail": type("string"),
        ], required: ["type", "title", "status", "detail"])

    static let health = object(
        ["status": type("string"), "timestamp": type("string")],
        required: ["status", "timestamp"])

    static let status = object(
        ["transcriptionStatus": choice("queued", "pending"), "force": type("boolean")],
        required: ["transcriptionStatus"], isClosed: true)

    static let force = object(
        ["force": type("boolean"), "recordingId": .bool(true)], required: [], isClosed: true)

    static let portal = object(
        [
            "id": type("integer"), "call_id": type("string"), "file_path": type("string"),
            "file_name": type("string"), "caller_number": type("string", "null"),
            "callee_number": type("string", "null"), "call_date": type("string", "null"),
            "duration_seconds": type("integer", "null"), "transcription": type("string", "null"),
            "transcription_status": type("string"), "created_at": type("string"),
            "updated_at": type("string"),
        ], required: ["id", "call_id", "file_path", "file_name", "transcription_status"])

    static let storage = object(
        [
            "id": type("string"), "number": type("integer"), "rc_call_id": type("string", "null"),
            "source": type("string"), "recorded_at": type("string", "null"),
            "duration": type("number", "null"), "direction": type("string", "null"),
            "has_audio": type("boolean"), "has_transcript": type("boolean"),
            "rc_transcript": type("string", "null"),
            "download_status": type("string"), "transcription_status": type("string"),
            "upload_status": type("string"), "retry_count": type("integer"),
        ], required: ["id", "number", "has_audio", "has_transcript", "transcription_status"])
}
