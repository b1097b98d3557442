// Transfer: an exchange on libcurl's easy handle, on the event loop's thread.
internal import CCurl
internal import Files
internal import Glibc
internal import Records
internal import System

/// One easy handle with the state of its callbacks, for the event loop's thread only.
@safe
final class Transfer {
    /// The bytes that are read of an error's body, for the service's reason.
    static let longestError = 1 << 20

    let easy: UnsafeMutableRawPointer
    private let exchange: Exchange
    private let observer: Observer?
    private let log: RequestLog?
    private let began = (clock: Timestamp.now.text, monotonic: ContinuousClock.now)
    private var lines: UnsafeMutablePointer<curl_slist>?

    private var outgoing: Outgoing
    private var head = Head(status: 0)
    private var isHeadWhole = false
    private var destination: Exchange.Destination?
    private var body: [UInt8] = []
    private var reason: Breakdown.Reason?

    init(_ exchange: Exchange, _ settings: Client.Settings) {
        guard let easy = unsafe curl_easy_init() else { fatalError("out of memory") }
        unsafe self.easy = easy
        self.exchange = exchange
        observer = settings.observer
        log = settings.requestLog
        outgoing = Outgoing(exchange.body)
        unsafe EasyOptions(easy: easy).set(exchange, length: outgoing.length, settings)
        setHeaders()
        setCallbacks()
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(lines)
    }

    private func setHeaders() {
        // libcurl would wait for "100 Continue" before a body, and some services never send it.
        let texts = exchange.headers.map { "\($0.name): \($0.value)" } + ["Expect:"]
        for text in texts {
            guard let longer = unsafe curl_slist_append(lines, text) else {
                fatalError("out of memory")
            }
            unsafe lines = longer
        }
        _ = unsafe ccurl_set_list(easy, CURLOPT_HTTPHEADER, lines)
    }

    /// The callbacks get this object unretained: the event loop keeps it as long as the handle.
    private func setCallbacks() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe ccurl_set_context(easy, CURLOPT_HEADERDATA, context)
        _ = unsafe ccurl_set_context(easy, CURLOPT_WRITEDATA, context)
        _ = unsafe ccurl_set_context(easy, CURLOPT_READDATA, context)
        _ = unsafe ccurl_set_context(easy, CURLOPT_SEEKDATA, context)
        _ = unsafe ccurl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { line, _, count, context in
            guard let context = unsafe context else { return 0 }
            let bytes = unsafe UnsafeRawBufferPointer(start: line, count: count)
            return unsafe Transfer.of(context).takeHeader(bytes) ? count : 0
        }
        _ = unsafe ccurl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { piece, _, count, context in
            guard let context = unsafe context else { return 0 }
            let bytes = unsafe UnsafeRawBufferPointer(start: piece, count: count)
            return unsafe Transfer.of(context).takeBody(bytes) ? count : 0
        }
        _ = unsafe ccurl_set_transfer(easy, CURLOPT_READFUNCTION) { room, size, count, context in
            guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
            let room = unsafe UnsafeMutableRawBufferPointer(start: room, count: size * count)
            return unsafe Transfer.of(context).giveBody(room)
        }
        _ = unsafe ccurl_set_seek(easy, CURLOPT_SEEKFUNCTION) { context, offset, origin in
            guard let context = unsafe context, origin == SEEK_SET else {
                return CURL_SEEKFUNC_CANTSEEK
            }
            let isThere = unsafe Transfer.of(context).outgoing.seek(to: Int(offset))
            return isThere ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    // MARK: Callbacks

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var line = unsafe String(decoding: bytes, as: UTF8.self)
        while let last = line.unicodeScalars.last, last == "\r" || last == "\n" {
            line.unicodeScalars.removeLast()
        }
        if line.hasPrefix("HTTP/") {
            // This is also the start of the head after "100 Continue": the last head counts.
            let words = line.split(separator: " ")
            head = Head(status: words.count > 1 ? Int(words[1]) ?? 0 : 0)
            isHeadWhole = false
        } else if line.isEmpty {
            guard head.status >= 200, !isHeadWhole else { return true }
            isHeadWhole = true
            exchange.onHead(head)
        } else if !isHeadWhole, let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            head.headers.append(Header(String(line[..<colon]), String(value)))
        }
        return true
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch place() {
        case .memory(let limit, let isCut):
            let room = max(0, limit - body.count)
            if bytes.count > room, !isCut {
                return stop(
                    Failure(
                        .temporary, .badResponse,
                        "read the reply of \(exchange.address.host): it is longer than "
                            + "\(limit) bytes"))
            }
            unsafe body.append(contentsOf: bytes.prefix(room))
            return true
        case .part(let part, let limit):
            guard part.length + bytes.count <= limit else { return stop(.tooLong(limit)) }
            do throws(Failure) {
                try unsafe part.append(Span(_unsafeBytes: bytes))
            } catch {
                return stop(error)
            }
            observer?(.bytes(bytes.count))
            return true
        case .none(let reason):
            self.reason = reason
            return false
        }
    }

    private func giveBody(_ room: UnsafeMutableRawBufferPointer) -> Int {
        do throws(Failure) {
            let count = try unsafe outgoing.read(into: room)
            if case .parts = exchange.body, count > 0 { observer?(.bytes(count)) }
            return count
        } catch {
            // After an early end libcurl would wait for the rest.
            _ = stop(error)
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func place() -> Exchange.Destination {
        if let destination { return destination }
        let chosen = exchange.destination(head)
        destination = chosen
        return chosen
    }

    private func stop(_ failure: Failure) -> Bool {
        reason = .failure(failure, isFinal: true)
        return false
    }

    // MARK: The end

    /// The result, by libcurl's code, which the log of requests gets too; `nil` for a transfer that
    /// was cancelled.
    func outcome(_ code: CURLcode?) -> Result<Reply, Breakdown> {
        let outcome = result(code)
        note(outcome)
        return outcome
    }

    private func result(_ code: CURLcode?) -> Result<Reply, Breakdown> {
        guard let code else { return failed(.cancelled) }
        guard code == CURLE_OK, reason == nil else {
            return failed(reason ?? .code(code.rawValue, words(for: code)))
        }
        switch place() {
        case .memory: return .success(.memory(response))
        case .part: return .success(.part(head))
        case .none(let reason): return failed(reason)
        }
    }

    private var response: Response {
        Response(status: head.status, headers: head.headers, body: body)
    }

    private func failed(_ reason: Breakdown.Reason) -> Result<Reply, Breakdown> {
        let wasSent = number(CURLINFO_REQUEST_SIZE) > 0
        return .failure(Breakdown(reason: reason, wasSent: wasSent, hadHead: isHeadWhole))
    }

    private func note(_ outcome: Result<Reply, Breakdown>) {
        guard let log else { return }
        let fault: String? =
            if case .failure(let breakdown) = outcome {
                switch breakdown.reason {
                case .code(_, let words): words
                case .failure(let failure, _): failure.kind.rawValue
                case .cancelled: "cancelled"
                }
            } else {
                nil
            }
        log.note(
            RequestLog.Entry(
                time: began.clock, method: exchange.method.rawValue, address: exchange.address,
                isSecret: exchange.hasSecretPath, status: head.status > 0 ? head.status : nil,
                milliseconds: (ContinuousClock.now - began.monotonic).milliseconds,
                received: size(CURLINFO_SIZE_DOWNLOAD_T), sent: size(CURLINFO_SIZE_UPLOAD_T),
                error: fault))
    }

    private func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        _ = unsafe ccurl_get_offset(easy, info, &value)
        return Int(value)
    }

    private func words(for code: CURLcode) -> String {
        let system = number(CURLINFO_OS_ERRNO)
        if code == CURLE_COULDNT_CONNECT, system != 0 {
            return SystemError(code: Int32(system)).reason
        }
        return unsafe String(cString: curl_easy_strerror(code))
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe ccurl_get_long(easy, info, &value)
        return value
    }
}

extension Duration {
    fileprivate var milliseconds: Double {
        let (seconds, rest) = components
        return Double(seconds) * 1000 + Double(rest / 1_000_000_000_000) / 1000
    }
}

extension Failure {
    /// The failure of a body that is longer than the limit.
    static func tooLong(_ limit: Int) -> Failure {
        Failure(.item, .badResponse, "store the reply: it is longer than \(limit) bytes")
    }
}
