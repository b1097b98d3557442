// CallLogPage: one page of the call log, read tolerantly.
internal import FoundationEssentials

/// A page of `GET …/call-log` in the Detailed view.
///
/// A call that cannot be read is counted, and the others are read. A member of a call that has an
/// unexpected form counts as absent: to lose a recording because of an odd duration would be worse
/// than to miss the duration.
struct CallLogPage {
    private let body: [UInt8]
    private let text: PageText
    /// The address of the next page; absent on the last one.
    ///
    /// Only that ends the loop. A short page does not, because the service may give fewer calls on
    /// a page than were asked for.
    let nextPage: String?
    /// The place of the page among the others.
    let paging: Paging?

    /// Reads the page, but not its calls.
    init(_ body: [UInt8]) throws {
        self.body = body
        text = PageText(body, array: "records")
        let frame = try JSONDecoder().decode(Frame.self, from: Data(text.rest))
        nextPage = frame.navigation?.nextPage?.uri
        paging = frame.paging
    }

    /// The number of rows, readable or not.
    var rows: Int { text.elements.count }

    /// Gives the calls, newest first, each with its text, and `nil` for one that cannot be read.
    func forEachCall(_ body: (LoggedCall?, ArraySlice<UInt8>) -> Void) {
        let decoder = JSONDecoder()
        for element in text.elements {
            let row = self.body[element]
            body(try? decoder.decode(LoggedCall.self, from: Data(row)), row)
        }
    }

    private struct Frame: Decodable {
        struct Navigation: Decodable {
            struct Page: Decodable {
                let uri: String
            }
            let nextPage: Page?
        }
        struct Nothing: Decodable {}
        let records: [Nothing]
        let navigation: Navigation?
        let paging: Paging?

        private enum Key: String, CodingKey {
            case records, navigation, paging
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Key.self)
            records = try members.decode([Nothing].self, forKey: .records)
            navigation = try members.decodeIfPresent(Navigation.self, forKey: .navigation)
            paging = members.tolerant(Paging.self, .paging)
        }
    }
}

/// A call of the log, with the members that callpipe needs.
struct LoggedCall: Decodable {
    let id: String
    let session: String?
    let start: String
    let finished: Bool?
    let facts: CallFacts
    let legs: [CallFacts]

    private enum Key: String, CodingKey {
        case id, sessionId, startTime, finished, legs
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        id = try members.decode(Spelled.self, forKey: .id).text
        start = try members.decode(String.self, forKey: .startTime)
        session = members.tolerant(Spelled.self, .sessionId)?.text
        finished = members.tolerant(Bool.self, .finished)
        facts = try CallFacts(from: decoder)
        legs = members.tolerant([Tolerant<CallFacts>].self, .legs)?.compactMap(\.value) ?? []
    }

    /// True for a call in progress, which the log lists again under the same id when it ends.
    var isUnfinished: Bool { finished == false || facts.result == "In Progress" }
}

/// The members that a call and each of its legs have in common.
struct CallFacts: Decodable {
    let start: String?
    let seconds: Double?
    let direction: String?
    let result: String?
    let from: LoggedParty?
    let to: LoggedParty?
    let telephonySession: String?
    let recording: LoggedRecording?
    let isShort: Bool

    private enum Key: String, CodingKey {
        case startTime, duration, durationMs, direction, result, from, to, telephonySessionId
        case recording, shortRecording
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        start = members.tolerant(String.self, .startTime)
        seconds =
            members.tolerant(Double.self, .duration)
            ?? members.tolerant(Double.self, .durationMs).map { $0 / 1000 }
        direction = members.tolerant(String.self, .direction)
        result = members.tolerant(String.self, .result)
        from = members.tolerant(LoggedParty.self, .from)
        to = members.tolerant(LoggedParty.self, .to)
        telephonySession = members.tolerant(Spelled.self, .telephonySessionId)?.text
        recording = members.tolerant(LoggedRecording.self, .recording)
        isShort = members.tolerant(Bool.self, .shortRecording) ?? false
    }
}

/// One end of a call or a leg.
struct LoggedParty: Decodable {
    let phone: String?
    let name: String?
    let `extension`: String?

    private enum Key: String, CodingKey {
        case phoneNumber, name, extensionNumber
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        phone = members.tolerant(Spelled.self, .phoneNumber)?.text
        name = members.tolerant(String.self, .name)
        `extension` = members.tolerant(Spelled.self, .extensionNumber)?.text
    }

    var isKnown: Bool { phone != nil || name != nil || `extension` != nil }
}

/// A recording as a call or a leg names it.
struct LoggedRecording: Decodable {
    let id: String
    let contentURI: String?
    let type: String?

    private enum Key: String, CodingKey {
        case id, contentUri, type
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        id = try members.decode(Spelled.self, forKey: .id).text
        contentURI = members.tolerant(String.self, .contentUri)
        type = members.tolerant(String.self, .type)
    }
}

/// An id or a short number: a text by the API's description, a number in some replies.
private struct Spelled: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int64.self) {
            text = String(number)
        } else {
            text = try value.decode(String.self)
        }
        guard !text.isEmpty else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "empty")
        }
    }
}

/// A value that may be unreadable and leaves the rest of its list readable.
private struct Tolerant<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws {
        value = try? Value(from: decoder)
    }
}

extension KeyedDecodingContainer {
    /// The member; `nil` when it is absent or has another form.
    fileprivate func tolerant<Value: Decodable>(_: Value.Type, _ key: Key) -> Value? {
        (try? decodeIfPresent(Value.self, forKey: key)) ?? nil
    }
}
