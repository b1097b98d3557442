// AccessTests: tokens are recognised, end, and leave nothing behind by which they could be used.
import Checkpoint
import CheckpointAccess
import CheckpointSupport
import Records
import Testing

@Suite struct AccessTests {
    private let desk = Desk()

    @Test("a token is recognised by its text alone, and the file does not have it")
    func recognised() throws {
        let checkpoint = try desk.open()
        let access = Access(checkpoint)
        let token = try access.make("one", .operate, for: 60)
        #expect(token.hasPrefix("cp_") && token.utf8.count == 46)
        let found = try #require(try access.token(token))
        #expect(found.name == "one" && found.scope == .operate && found.state() == .valid)
        for other in [
            "", "cp_", token + "a", String(token.dropLast()), token.lowercased(), "one",
            String(token.dropLast()) + "\u{0}", String(repeating: "a", count: 46),
        ] where other != token {
            #expect(try access.token(other) == nil, "\(other.utf8.count) bytes")
        }
        #expect(try desk.sqlite3(".dump").contains("token_made"))
        #expect(try !desk.sqlite3(".dump").contains(token))
        #expect(try !desk.sqlite3(".dump").contains(token.dropFirst(3)))
        #expect(try access.make("two", .read, for: 60) != token)
    }

    @Test("a token ends at its time, and one with a broken time has ended")
    func ends() throws {
        let access = Access(try desk.open())
        let token = try #require(try access.token(access.make("one", .read, for: 60)))
        let end = try #require(Timestamp(token.expiresAt))
        #expect(token.state(at: end.adding(seconds: -0.001)) == .valid)
        #expect(token.state(at: end) == .expired)
        let text = try access.make("two", .read, for: 60)
        _ = try desk.sqlite3("UPDATE tokens SET expires_at = 'never'")
        #expect(try access.token(text)?.state() == .expired)
    }

    @Test("a name belongs to one token, until that is revoked; the audit chain tells both")
    func names() throws {
        let access = Access(try desk.open())
        let token = try access.make("one", .admin, for: 60)
        #expect(throws: Failure.self) { try access.make("one", .read, for: 60) }
        #expect(try access.revoke("one"))
        #expect(try !access.revoke("one"))
        #expect(try access.token(token)?.state() == .revoked)
        _ = try access.make("one", .read, for: 60)
        #expect(try access.tokens().map(\.scope) == [.read, .admin])
        #expect(
            try desk.sqlite3("SELECT action, detail ->> 'name' FROM audit")
                == "token_made|one\ntoken_revoked|one\ntoken_made|one")
    }

    @Test("each scope allows those before it")
    func scopes() {
        #expect(AccessScope.read < .operate && .operate < .admin && !(AccessScope.admin < .read))
    }
}
