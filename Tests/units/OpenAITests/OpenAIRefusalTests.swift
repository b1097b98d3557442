// OpenAIRefusalTests: whom a refusal concerns, by status and code in each dialect's shape.
import HTTP
import Records
import Testing

@testable import OpenAI

@Suite("Refusals")
struct OpenAIRefusalTests {
    private func response(
        _ status: Int, _ body: String = "", _ headers: [Header] = []
    ) -> Response {
        Response(status: status, headers: headers, body: Array(body.utf8))
    }

    private func failure(
        _ status: Int, _ body: String = "", _ dialect: OpenAI.Dialect = .openai
    ) -> Failure {
        OpenAIRefusal(response(status, body), dialect).failure(model: "whisper-1")
    }

    private func error(_ code: String, type: String = "invalid_request_error") -> String {
        #"{"error":{"message":"for sk-1234****","type":"\#(type)","param":null,"code":"\#(code)"}}"#
    }

    @Test(
        "each status has its scope",
        arguments: [
            (400, .openai, .item, .audio), (401, .openai, .stop, .auth),
            (402, .groq, .stop, .quota), (403, .openai, .stop, .permission),
            (403, .speaches, .stop, .auth), (404, .openai, .stop, .configuration),
            (404, .whisperCPP, .stop, .configuration), (405, .localai, .stop, .configuration),
            (302, .vllm, .stop, .configuration), (408, .openai, .temporary, .timeout),
            (409, .openai, .temporary, .server), (413, .openai, .item, .audio),
            (415, .speaches, .item, .audio), (422, .speaches, .item, .audio),
            (429, .openai, .temporary, .rateLimit), (500, .openai, .temporary, .server),
            (500, .whisperCPP, .item, .engine), (503, .whisperCPP, .temporary, .server),
            (504, .groq, .temporary, .timeout), (418, .openai, .temporary, .badResponse),
        ] as [(Int, OpenAI.Dialect, Failure.Scope, Failure.Kind)])
    func statuses(
        _ status: Int, _ dialect: OpenAI.Dialect, _ scope: Failure.Scope, _ kind: Failure.Kind
    ) {
        let failure = failure(status, "<html>secret</html>", dialect)
        #expect(failure.scope == scope && failure.kind == kind && failure.status == status)
        #expect(!failure.description.contains("secret") && !failure.remedy.isEmpty)
    }

    @Test("a credit that is used up stops the line, whatever the status, and nobody asks again")
    func quota() {
        for body in [
            error("insufficient_quota"), error("credit_balance_exhausted", type: "x"),
            error("x", type: "insufficient_quota"),
        ] {
            #expect(failure(429, body).scope == .stop && failure(429, body).kind == .quota)
            #expect(OpenAIRefusal.isWorthAnother(response(429, body), .openai) == false)
        }
    }

    @Test("what is worth another attempt is said by the header, else by the status")
    func another() {
        func isWorth(_ status: Int, _ header: String? = nil) -> Bool? {
            let headers = header.map { [Header("X-Should-Retry", $0)] } ?? []
            return OpenAIRefusal.isWorthAnother(response(status, "", headers), .openai)
        }
        for status in [408, 409, 429, 500, 502, 529] { #expect(isWorth(status) == true) }
        for status in [400, 401, 403, 404, 413] { #expect(isWorth(status) == false) }
        #expect(isWorth(500, "false") == false && isWorth(400, "true") == true)
        #expect(isWorth(200) == nil)
    }

    @Test("too long is told by the message, too large by the status, though its type lies")
    func tooLong() {
        let body = """
            {"error":{"message":"audio duration 1500.5 seconds is longer than 1400 seconds which is \
            the maximum for this model","type":"invalid_request_error","code":"invalid_value"}}
            """
        let refusal = OpenAIRefusal(response(400, body), .openai)
        #expect(refusal.isTooLong && refusal.longest == 1400)
        let large = OpenAIRefusal(response(413, error("x", type: "server_error")), .openai)
        #expect(large.isTooLong && large.failure(model: "m").scope == .item)
        #expect(!OpenAIRefusal(response(400, error("invalid_value")), .openai).isTooLong)
    }

    @Test("a field that is at fault is everybody's, a file only its own")
    func fields() {
        let format =
            #"{"error":{"message":"m","param":"response_format","code":"unsupported_value"}}"#
        #expect(failure(400, format).scope == .stop)
        #expect(failure(400, format).message.contains("response_format"))
        #expect(failure(400, #"{"error":{"message":"m","param":"file"}}"#).scope == .item)
        let validation = #"{"detail":[{"loc":["body","model"],"msg":"m","type":"missing"}]}"#
        #expect(failure(422, validation, .speaches).scope == .stop)
        #expect(failure(422, #"{"detail":[{"loc":["body","file"]}]}"#, .speaches).scope == .item)
        #expect(failure(401, #"{"error":{"code":401,"message":"m"}}"#, .localai).kind == .auth)
        #expect(failure(400, #"{"error":"a mere string"}"#).scope == .item)
    }

    @Test("of a message nothing is repeated, of a code only what is a word")
    func privacy() {
        let failure = failure(401, error("bad key sk-1234"))
        #expect(!failure.description.contains("sk-1234"))
        #expect(failure.message.hasSuffix("(401 invalid_request_error)"))
    }
}
