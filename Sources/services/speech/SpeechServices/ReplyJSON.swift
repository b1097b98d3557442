// ReplyJSON: the JSON of a speech service's answer, or what it is instead.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// Reads answers by their first byte, since servers call JSON `text/plain` and pages JSON.
enum ReplyJSON {
    /// The body of a success as a type.
    ///
    /// - Parameters:
    ///   - type: What is looked for in it; whatever else is there is not looked at.
    ///   - response: What came, of whatever type it says it is.
    ///   - title: Who sent it, for the message.
    /// - Returns: What is there.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    static func decode<Body: Decodable>(
        _ type: Body.Type, _ response: Response, of title: String
    ) throws(Failure) -> Body {
        switch response.body.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"): break
        case UInt8(ascii: "<"):
            throw unusable("a page of HTML or XML, not JSON", title, response)
        case nil: throw unusable("empty", title, response)
        default: throw unusable("not JSON", title, response)
        }
        // Servers cut text between the bytes of a character and let control characters through.
        let repaired = String(decoding: response.body, as: UTF8.self).utf8.map {
            $0 < 0x20 ? 0x20 : $0
        }
        do {
            return try JSONDecoder().decode(type, from: Data(repaired))
        } catch DecodingError.dataCorrupted {
            throw unusable("no whole JSON (\(response.body.count) bytes)", title, response)
        } catch {
            throw unusable("JSON of another kind than a transcription", title, response)
        }
    }

    /// What an answer is that is no answer.
    static func unusable(_ reason: String, _ title: String, _ response: Response) -> Failure {
        Failure(
            .temporary, .badResponse, "read what \(title) answered: it is \(reason)",
            remedy: "check that --url and --dialect are those of the server",
            status: response.status)
    }
}
