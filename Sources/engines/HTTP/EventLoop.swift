// EventLoop: one thread that runs all transfers, and the way in and out of it.
internal import CCurl
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// Transfers for any task, run by libcurl's multi interface on a thread of their own.
///
/// No pointer of libcurl leaves that thread. Tasks put work into the inbox and write a byte to a
/// pipe that `curl_multi_poll` watches beside its sockets; the thread resumes them when their work
/// is done.
final class EventLoop: Sendable {
    fileprivate typealias Continuation = CheckedContinuation<Result<Reply, Breakdown>, Never>

    fileprivate struct Job: Sendable {
        let id: UInt64
        let exchange: Exchange
        let continuation: Continuation
    }

    fileprivate struct Inbox {
        var lastID: UInt64 = 0
        var jobs: [Job] = []
        var cancelled: Set<UInt64> = []
        var isClosed = false
    }

    fileprivate let settings: Client.Settings
    fileprivate let bell: PipeEnds
    private let inbox = Mutex(Inbox())

    init(_ settings: Client.Settings) throws(Failure) {
        self.settings = settings
        guard EventLoop.isLibraryReady else {
            throw Failure(.stop, .internal, "start libcurl: it cannot be initialised")
        }
        do throws(SystemError) {
            bell = try PipeEnds(isBlocking: false)
            // The thread ends, and lets go of the loop, when it is closed.
            try OwnThread.begin { Reactor(self).run() }
        } catch {
            throw Failure(.stop, .internal, "start the event loop: \(error.reason)")
        }
    }

    /// Runs an exchange; the cancellation of the task aborts it.
    func perform(_ exchange: Exchange) async -> Result<Reply, Breakdown> {
        let id = inbox.withLock { inbox in
            inbox.lastID += 1
            return inbox.lastID
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job(id: id, exchange: exchange, continuation: continuation)
                inbox.withLock { $0.jobs.append(job) }
                ring()
            }
        } onCancel: {
            inbox.withLock { _ = $0.cancelled.insert(id) }
            ring()
        }
        inbox.withLock { _ = $0.cancelled.remove(id) }
        return outcome
    }

    /// Ends the thread, which drops what it has.
    func close() {
        inbox.withLock { $0.isClosed = true }
        ring()
    }

    /// The arrivals since the last look; the cancelled stay until their task has seen it.
    fileprivate func collect() -> Inbox {
        inbox.withLock { inbox in
            let taken = inbox
            inbox.jobs = []
            return taken
        }
    }

    private func ring() {
        // A full pipe has rung long since.
        PipeEnds.ring(bell.writing)
    }

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// The multi handle and its transfers, on the event loop's thread.
@safe
private final class Reactor {
    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UInt64: Transfer] = [:]
    private var continuations: [UInt64: EventLoop.Continuation] = [:]

    init(_ loop: EventLoop) {
        self.loop = loop
        guard let multi = unsafe curl_multi_init() else { fatalError("out of memory") }
        unsafe self.multi = multi
        _ = unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 16)
    }

    deinit {
        unsafe curl_multi_cleanup(multi)
    }

    func run() {
        // Signals are for the other threads; and a TLS connection that the peer closed must not
        // raise SIGPIPE here, which no option of libcurl prevents.
        Signal.blockAll()
        while takeWork() {
            var running: Int32 = 0
            unsafe curl_multi_perform(multi, &running)
            finishTransfers()
            waitForWork()
        }
        for id in transfers.keys { end(id, nil) }
    }

    private func takeWork() -> Bool {
        let inbox = loop.collect()
        for job in inbox.jobs { begin(job) }
        for id in inbox.cancelled { end(id, nil) }
        return !inbox.isClosed
    }

    private func begin(_ job: EventLoop.Job) {
        let transfer = Transfer(job.exchange, loop.settings)
        transfers[job.id] = transfer
        continuations[job.id] = job.continuation
        unsafe curl_multi_add_handle(multi, transfer.easy)
    }

    private func finishTransfers() {
        while let (id, code) = nextEnd() { end(id, code) }
    }

    private func nextEnd() -> (UInt64, CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            let (easy, code) = unsafe (message.pointee.easy_handle, message.pointee.data.result)
            if let entry = transfers.first(where: { unsafe $0.value.easy == easy }) {
                return (entry.key, code)
            }
        }
        return nil
    }

    private func end(_ id: UInt64, _ code: CURLcode?) {
        // The transfer is gone before its task goes on, and with it what it held, such as the part:
        // the task may open the same part again at once.
        guard let outcome = drop(id, code) else { return }
        continuations.removeValue(forKey: id)?.resume(returning: outcome)
    }

    private func drop(_ id: UInt64, _ code: CURLcode?) -> Result<Reply, Breakdown>? {
        guard let transfer = transfers.removeValue(forKey: id) else { return nil }
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        return transfer.outcome(code)
    }

    private func waitForWork() {
        var bell = curl_waitfd(fd: loop.bell.reading, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        unsafe curl_multi_poll(multi, &bell, 1, 60_000, nil)
        if bell.revents != 0 { loop.bell.silence() }
    }
}
