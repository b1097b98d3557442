// AccountCheck: a login, the permissions of the application, and one small look at the call log.
internal import HTTP
public import Records

/// The result of a login and of a look at the call log.
public struct AccountCheck: Sendable {
    /// The permissions of the application, as the token names them; empty when it names none.
    public let scopes: [String]
    /// The days for which the account keeps recordings; `nil` when the application may not ask.
    public let retentionDays: Int?
}

extension Account {
    /// Logs in, asks for one call, and sees that the application may read recordings.
    ///
    /// It uses one of the ten Heavy requests of a minute.
    ///
    /// - Returns: The answer of the service.
    /// - Throws: `Failure` of scope `stop`, with a remedy.
    public func check() async throws(Failure) -> AccountCheck {
        let token = try await token(for: .readCallRecording)
        let page = try await ask(
            address("call-log?view=Simple&type=Voice&recordingType=All&perPage=1"), budgets.heavy,
            .readCallLog)
        guard page.status == 200 else {
            throw ServiceProblem(page).failure("read the call log")
        }
        let scopes = (token.scope ?? "").split(separator: " ").map(String.init)
        let canAsk = scopes.isEmpty || scopes.contains("ReadAccounts")
        return AccountCheck(
            scopes: scopes.sorted(), retentionDays: canAsk ? try await retention().automatic : nil)
    }
}
