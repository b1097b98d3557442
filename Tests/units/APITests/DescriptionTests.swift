// DescriptionTests: the OpenAPI description is served to everybody and names every route.
import API
import CGI
import Foundation
import Records
import Testing

@Suite struct DescriptionTests {
    private func description() throws -> [String: Any] {
        let api = API(Environment([:]), version: "1.2.3")
        let response = try api.answer(
            Request(["REQUEST_METHOD": "GET", "REQUEST_URI": "/api/openapi.json"]))
        guard case .bytes(let bytes) = response.body else { return [:] }
        return try #require(
            try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test("each path has an answer, a summary and the problems of its scope")
    func complete() throws {
        let description = try description()
        #expect(description["openapi"] as? String == "3.1.0")
        let paths = try #require(description["paths"] as? [String: [String: [String: Any]]])
        #expect(paths.count == 17)
        for (path, operations) in paths {
            for (method, operation) in operations {
                let responses = try #require(operation["responses"] as? [String: Any])
                #expect(responses.keys.contains { $0.hasPrefix("2") }, "\(method) \(path)")
                let isOpen = path == "/health" || path == "/api/openapi.json"
                #expect((responses["401"] == nil) == isOpen, "\(method) \(path)")
                #expect((operation["x-scope"] == nil) == isOpen, "\(method) \(path)")
                #expect(operation["summary"] as? String != "", "\(method) \(path)")
            }
        }
    }
}
