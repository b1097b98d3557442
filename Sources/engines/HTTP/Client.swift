// Client: requests with retries, redirects and budgets, over one event loop.
public import Files
public import Records
internal import System

/// Speaks HTTP/1.1 through libcurl; a program makes one client for all of its tasks.
public final class Client: Sendable {
    private static let longestChain = 5
    /// The size in bytes above which a body has no total timeout, only one for silence: no total
    /// time fits every line.
    private static let smallBody = 256 << 10

    let settings: Settings
    private let loop: EventLoop

    /// Starts the event loop.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ settings: Settings) throws(Failure) {
        self.settings = settings
        loop = try EventLoop(settings)
    }

    deinit {
        loop.close()
    }

    /// Makes one exchange with retries; after the last attempt any status is an answer.
    ///
    /// A service makes its own failure of a status, by the body.
    ///
    /// - Throws: `Failure`: of scope `stop` when the service cannot be reached or trusted, of scope
    ///   `temporary` when the exchange broke off.
    public func send(_ request: Request) async throws(Failure) -> Response {
        let limit = settings.longestBody
        let plan = Plan { head in
            head.isSuccess
                ? .memory(limit: limit, isCut: false)
                : .memory(limit: Transfer.longestError, isCut: true)
        }
        let timeout = request.body.length > Client.smallBody ? nil : settings.timeout
        switch try await exchange(request, timeout: timeout, { plan }) {
        case .memory(let response): return response
        case .part(let head): return Response(status: head.status, headers: head.headers)
        }
    }

    /// Streams the body of a success to a part file, and goes on where an earlier attempt stopped.
    ///
    /// A reset, a truncation or a temporary status is tried again here, with a `Range` for the rest
    /// if the part is known to be of the same content. A success that is not what was asked for,
    /// such as a page of HTML in the place of a file, is dropped and tried again too. The caller
    /// finishes the part under its name.
    ///
    /// - Parameters:
    ///   - request: A `GET`.
    ///   - part: The file for the body.
    ///   - limit: The largest size of the body, in bytes.
    ///   - expectation: The kind of body that is asked for.
    /// - Returns: The stored body, or the answer if it is not a success.
    /// - Throws: `Failure` as ``send(_:)`` does; of kind `storage` when the disk is full.
    public func download(
        _ request: Request, to part: PartFile, limit: Int,
        expecting expectation: Download.Expectation = .anything
    ) async throws(Failure) -> Download {
        let resumption = Resumption(request.url, part, limit: limit, expecting: expectation)
        let known = try await OwnThread.blocking(resumption.wholeAlready)
        if let known { return .stored(known) }
        while true {
            let reply = try await exchange(request, timeout: nil) { () throws(Failure) in
                try resumption.plan()
            }
            switch reply {
            case .part:
                // Bytes of an earlier process have to be hashed first.
                return .stored(try await OwnThread.blocking(resumption.body))
            // The rest that was asked for does not exist, so the part is of another file.
            case .memory(let response) where response.status == 416 && part.length > 0:
                try part.truncate()
            case .memory(let response): return .refused(response)
            }
        }
    }

    /// The amount of a file that has arrived after an attempt that went well.
    enum Arrival {
        /// The file that was asked for.
        case whole
        /// A piece that the service chose; the rest is asked for at once.
        case piece
        /// Fewer bytes than the reply said.
        case truncated
        /// A body that is not of the kind that was asked for; the kind has this name.
        case unexpected(String)
    }

    /// The things that differ from one attempt to the next.
    struct Plan: Sendable {
        var headers: [Header] = []
        /// True when the attempts are counted anew, since the one before got much further.
        var isProgress = false
        /// Tells the amount of a file that has arrived after a success.
        var arrival: @Sendable () -> Result<Arrival, Failure> = { .success(.whole) }
        var destination: @Sendable (Head) -> Exchange.Destination

        init(destination: @escaping @Sendable (Head) -> Exchange.Destination) {
            self.destination = destination
        }
    }

    // MARK: Attempts

    private func exchange(
        _ request: Request, timeout: Double?, _ plan: () throws(Failure) -> Plan
    ) async throws(Failure) -> Reply {
        let address = try Address(request: request.url, plainHosts: settings.plainHosts)
        if request.isSecret { try address.checkIsSafeForSecrets() }
        var retries = RetryPolicy(settings, isRetried: request.isRetried)
        while true {
            let plan = try plan()
            if plan.isProgress { retries.renew() }
            var outcome = try await follow(request, address, timeout: timeout, plan)
            if case .success(.part) = outcome {
                switch try plan.arrival().get() {
                case .whole: break
                case .piece: continue
                case .truncated: outcome = .failure(.truncated)
                case .unexpected(let what):
                    outcome = .failure(.unexpected(what, host: address.host))
                }
            }
            switch outcome {
            case .success(.memory(let response))
            where request.isWorthAnother(response):
                guard let wait = retries.wait(after: response, hasGate: request.gate != nil)
                else { return .memory(response) }
                try await pause(wait, "\(address.host) answered \(response.status)")
            case .success(let reply): return reply
            case .failure(let breakdown):
                guard breakdown.isTemporary, let wait = retries.wait() else {
                    throw breakdown.failure(host: address.host, attempts: retries.made)
                }
                try await pause(wait, breakdown.words(host: address.host))
            }
        }
    }

    private func pause(_ seconds: Double, _ reason: String) async throws(Failure) {
        settings.observer?(.retrying(seconds: seconds, reason: reason))
        try await Pause.seconds(seconds)
    }

    /// Makes one attempt and follows its redirects.
    private func follow(
        _ request: Request, _ first: Address, timeout: Double?, _ plan: Plan
    ) async throws(Failure) -> Result<Reply, Breakdown> {
        var address = first
        var isAtHome = true
        var hops = 0
        while true {
            let outcome = try await attempt(
                request, address, isAtHome: isAtHome, timeout: timeout, plan)
            guard case .success(.memory(let response)) = outcome, request.method == .get,
                request.followsRedirects, [301, 302, 303, 307, 308].contains(response.status),
                let location = response.header("Location")
            else { return outcome }
            hops += 1
            guard hops <= Client.longestChain else {
                throw Failure(
                    .temporary, .badResponse,
                    "follow the redirects of \(first.host): there are more than "
                        + "\(Client.longestChain)")
            }
            guard let next = address.following(location),
                next.isPrivate || settings.plainHosts.contains(next.host)
            else {
                // The service chose the address: neither our settings nor the record are wrong.
                throw Failure(
                    .temporary, .badResponse,
                    "follow a redirect of \(address.host): it leads away from https")
            }
            address = next
            // After one foreign host no later host gets credentials: the foreign host may have
            // chosen the address.
            isAtHome = isAtHome && address.hasSameOrigin(as: first)
        }
    }

    private func attempt(
        _ request: Request, _ address: Address, isAtHome: Bool, timeout: Double?, _ plan: Plan
    ) async throws(Failure) -> Result<Reply, Breakdown> {
        if Task.isCancelled { throw .cancelled }
        let headers = try self.headers(of: request, plan, isAtHome: isAtHome)
        // The budget is that of the service, so a request to a foreign host does not count.
        let permit = isAtHome ? try await request.gate?() : nil
        let outcome = await loop.perform(
            Exchange(
                method: request.method, address: address, headers: headers, body: request.body,
                timeout: request.timeout.map(\.seconds) ?? timeout,
                isOnFreshConnection: !request.isRetried, hasSecretPath: request.hasSecretPath,
                destination: plan.destination,
                onHead: { permit?.settle(status: $0.status, headers: $0.headers) }))
        if case .failure(let breakdown) = outcome, !breakdown.hadHead {
            // It waits for the lock of the budget's file.
            try? await OwnThread.blocking {
                if breakdown.wasSent { permit?.settle() } else { permit?.release() }
            }
        }
        return outcome
    }

    private func headers(
        of request: Request, _ plan: Plan, isAtHome: Bool
    ) throws(Failure) -> [Header] {
        // A foreign host gets no header that could hold a credential.
        var headers = isAtHome ? request.headers : request.headers.filter { $0.isHarmless }
        if isAtHome, let bearer = request.bearer {
            headers.append(Header("Authorization", "Bearer \(bearer)"))
        }
        headers += plan.headers
        for header in headers where !header.isValid {
            throw Failure(
                .item, .input, "send a header: it holds a character that a header line cannot hold")
        }
        return headers
    }
}

extension Request {
    /// True when the answer is temporary, so that another attempt may succeed.
    fileprivate func isWorthAnother(_ response: Response) -> Bool {
        guard !acceptedStatuses.contains(response.status) else { return false }
        return isWorthAnother?(response) ?? RetryPolicy.statuses.contains(response.status)
    }
}

extension Header {
    fileprivate var isHarmless: Bool {
        ["accept", "accept-language"].contains(name.lowercased())
    }

    /// True for a header without line ends: libcurl would send them, and so one more header.
    fileprivate var isValid: Bool {
        let isToken = name.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
        }
        return !name.isEmpty && isToken
            && value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
