// Views: the members of callpipe-record(5) as types.

/// A member of the record that callpipe reads as a type and writes in a fixed order.
public protocol MemberValue: Decodable, Sendable, Equatable {
    /// The member's value as it is written.
    var json: JSON { get }
}

extension Record {
    /// The start of the call, RFC 3339 in UTC.
    public var start: String? { string("start") }

    /// The directory of its files: the day of the call in UTC as `YYYY/MM/DD`, or `undated`.
    public var dayPath: String { Record.dayPath(of: start.flatMap { Timestamp($0) }) }

    /// The directory of the files of a call that began at that moment.
    public static func dayPath(of start: Timestamp?) -> String { start?.day.path ?? "undated" }

    /// `inbound` or `outbound`.
    public var direction: String? { string("direction") }

    /// The id as a file's name: `rc:4012` is `rc-4012`.
    ///
    /// Characters that could leave the directory or steer a shell are spelled in hexadecimal, so
    /// that two ids never share a file.
    public var fileStem: String { Record.fileStem(of: id) }

    /// The id of a record as a file's name.
    public static func fileStem(of id: String) -> String { FileStem.of(id) }

    /// The names and words that a speech engine is to expect in this recording.
    public func prompt() throws(Failure) -> String? { try decode("prompt", as: String.self) }

    /// The phone system's recording.
    public func recording() throws(Failure) -> Recording? {
        try decode("recording", as: Recording.self)
    }

    /// The audio file.
    public func audio() throws(Failure) -> AudioFile? { try decode("audio", as: AudioFile.self) }

    /// The SHA-256 of the copy of the recording in which personal data is silent; `nil` without one.
    public var mutedAudio: String? {
        raw(at: ["redaction", "audio", "sha256"]).flatMap { JSON.raw($0).decoded(as: String.self) }
    }

    /// The transcript.
    public func transcript() throws(Failure) -> Transcript? {
        try decode("transcript", as: Transcript.self)
    }

    /// The channel of the agent, where call-measure(1) had to find it; `nil` where it is not known.
    public var agentChannel: Int? {
        raw(at: ["sides", "channel"]).flatMap { JSON.raw(Array($0)).decoded(as: Int.self) }
    }

    /// Replaces or appends a member that has a type.
    public mutating func set(_ name: String, to value: some MemberValue) {
        set(name, value.json)
    }
}

/// One end of a call.
public struct Party: MemberValue {
    /// The telephone number as the phone system spells it.
    public var phone: String?
    /// The name that the phone system shows.
    public var name: String?
    /// The extension's number, as text.
    public var `extension`: String?

    /// Makes a party of the known facts.
    public init(phone: String? = nil, name: String? = nil, extension: String? = nil) {
        self.phone = phone
        self.name = name
        self.extension = `extension`
    }

    /// The member's value as it is written; an unknown fact is `null`.
    public var json: JSON {
        .members([
            "phone": JSON.text(phone) ?? .null, "name": JSON.text(name) ?? .null,
            "extension": JSON.text(`extension`) ?? .null,
        ])
    }
}

/// The recording as the phone system holds it.
public struct Recording: MemberValue {
    /// The phone system's own id.
    public var id: String
    /// The name of the recording's file, as the phone system gave it.
    public var name: String?
    /// The file's path, relative to the folder that was listed; it ends with the name.
    public var path: String?
    /// The start as the clock on the wall showed it, RFC 3339 with the offset from UTC.
    public var localStart: String?
    /// Where its bytes are.
    public var uri: String?
    /// `automatic` or `ondemand`.
    public var type: String?
    /// The day, `YYYY-MM-DD`, on which the phone system purges it.
    public var expires: String?

    private enum CodingKeys: String, CodingKey {
        case id, name, path
        case localStart = "local_start"
        case uri, type, expires
    }

    /// Makes a recording of the known facts.
    public init(
        id: String, name: String? = nil, path: String? = nil, localStart: String? = nil,
        uri: String? = nil, type: String? = nil, expires: String? = nil
    ) {
        self.id = id
        self.name = name
        self.path = path
        self.localStart = localStart
        self.uri = uri
        self.type = type
        self.expires = expires
    }

    /// The member's value as it is written.
    public var json: JSON {
        .members([
            "id": .string(id), "name": .text(name), "path": .text(path),
            "local_start": .text(localStart), "uri": .text(uri), "type": .text(type),
            "expires": .text(expires),
        ])
    }
}

/// A recording's audio on disk.
public struct AudioFile: MemberValue {
    /// Relative to the data directory.
    public var path: String
    /// The file's size.
    public var bytes: Int
    /// The SHA-256 of the file, in lower-case hexadecimal.
    public var sha256: String
    /// The MIME type.
    public var type: String
    /// The decoded length in seconds, when the file was probed.
    public var seconds: Double?
    /// Samples per second.
    public var rate: Int?
    /// The number of channels.
    public var channels: Int?
    /// FFmpeg's name of the codec, such as `mp3` or `pcm_mulaw`.
    public var codec: String?

    /// Makes a file of the known facts.
    public init(
        path: String, bytes: Int, sha256: String, type: String, seconds: Double? = nil,
        rate: Int? = nil, channels: Int? = nil, codec: String? = nil
    ) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.type = type
        self.seconds = seconds
        self.rate = rate
        self.channels = channels
        self.codec = codec
    }

    /// The member's value as it is written.
    public var json: JSON {
        .members([
            "path": .string(path), "bytes": .int(bytes), "sha256": .string(sha256),
            "type": .string(type), "seconds": .number(seconds), "rate": .whole(rate),
            "channels": .whole(channels), "codec": .text(codec),
        ])
    }
}
