// ChatRefusalTests: the refusals of chat servers, each in the shape that it has been seen in.
import HTTP
import Records
import Testing

@testable import Chat

struct ChatRefusalTests {
    private func refusal(_ status: Int, _ body: String) -> ChatRefusal {
        ChatRefusal(Response(status: status, body: Array(body.utf8)))
    }

    @Test(
        "The member that is not taken",
        arguments: [
            (
                #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this"#
                    + #" model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#,
                "max_tokens"
            ),
            (
                #"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use"#
                    + #" 'max_completion_tokens' instead."}}"#, "max_tokens"
            ),
            (
                #"{"error":{"message":"x","param":"temperature","code":"unsupported_value"}}"#,
                "temperature"
            ),
            (
                #"{"object":"error","message":"The provided JSON schema contains features not"#
                    + #" supported by xgrammar.","type":"BadRequestError","param":null,"code":400}"#,
                "response_format"
            ),
            (#"{"error":"response_format json_schema is not supported"}"#, "response_format"),
        ])
    func member(_ body: String, _ name: String) {
        #expect(refusal(400, body).refusedMember == name)
    }

    @Test(
        "A prompt that is too long",
        arguments: [
            #"{"error":{"code":"context_length_exceeded","message":"x","param":"messages"}}"#,
            #"{"error":{"code":400,"message":"the request exceeds the available context size",""#
                + #"type":"exceed_context_size_error"}}"#,
            #"{"object":"error","message":"This model's maximum context length is 4096 tokens."#
                + #" Please reduce max_tokens","code":400}"#,
        ])
    func tooLong(_ body: String) {
        #expect(refusal(400, body).isTooLong && refusal(400, body).refusedMember == nil)
    }

    @Test(
        "What it means for the record and for the line",
        arguments: [
            (401, "invalid_api_key", Failure.Scope.stop, Failure.Kind.auth),
            (403, "x", .stop, .permission), (404, "model_not_found", .stop, .configuration),
            (429, "rate_limit_exceeded", .temporary, .rateLimit),
            (429, "insufficient_quota", .stop, .quota), (402, "x", .stop, .quota),
            (400, "content_filter", .item, .badResponse), (400, "x", .item, .badResponse),
            (500, "x", .temporary, .server), (504, "x", .temporary, .timeout),
            (301, "x", .stop, .configuration), (418, "x", .temporary, .badResponse),
        ])
    func meaning(
        _ status: Int, _ code: String, _ scope: Failure.Scope, _ kind: Failure.Kind
    ) {
        let failure = refusal(
            status, #"{"error":{"message":"The words of the call","code":"\#(code)"}}"#
        ).failure(.openai, model: "m")
        #expect(failure.scope == scope && failure.kind == kind)
        #expect(!failure.description.contains("words of the call"))
    }

    @Test("Only what may pass is tried again")
    func again() {
        func isWorth(_ status: Int, _ body: String = "{}") -> Bool? {
            ChatRefusal.isWorthAnother(Response(status: status, body: Array(body.utf8)))
        }
        #expect(isWorth(200) == nil)
        #expect([408, 409, 429, 500, 503].allSatisfy { isWorth($0) == true })
        #expect([400, 401, 404, 413].allSatisfy { isWorth($0) == false })
        #expect(isWorth(429, #"{"error":{"type":"insufficient_quota"}}"#) == false)
    }

    @Test("Members are left out in turn, and the two names of a limit do not swing")
    func withdrawal() {
        var parameters = ChatDialect.openai.parameters
        let names = [
            "temperature", "temperature", "max_completion_tokens", "response_format",
            "response_format", "response_format",
        ]
        var changed: [Bool] = []
        for name in names { changed.append(parameters.withdraw(name)) }
        #expect(changed == [true, false, true, true, true, false])
        #expect(parameters.limitName == "max_tokens" && parameters.format == .words)
    }

    @Test("The whole address, from a base, from a whole one, and with a query")
    func endpoint() {
        #expect(
            ChatDialect.openai.endpoint("https://a/v1") == "https://a/v1/chat/completions")
        #expect(
            ChatDialect.vllm.endpoint("http://a/v1/chat/completions")
                == "http://a/v1/chat/completions")
        #expect(
            ChatDialect.azure.endpoint("https://a/openai/deployments/b?api-version=1")
                == "https://a/openai/deployments/b/chat/completions?api-version=1")
    }
}
