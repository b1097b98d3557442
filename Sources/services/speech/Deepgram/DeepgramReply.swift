// DeepgramReply: the transcription in an answer of Deepgram.
internal import HTTP
internal import Records
internal import SpeechReplies
internal import SpeechService

extension DeepgramJSON {
    /// Reads a success.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - channels: The number of channels that are heard by themselves.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ response: Response, channels: Int) throws(Failure) {
        try self.init(DeepgramJSON.json(response), channels: channels)
        // They go onto the record and into messages.
        request = request.flatMap(ServiceID.plain)
        model = model.flatMap(ServiceID.plain)
        version = version.flatMap(ServiceID.plain)
    }

    /// The JSON of an answer.
    static func json(_ response: Response) -> ReplyJSON {
        ReplyJSON(response.body, of: Deepgram.title, status: response.status)
    }
}
