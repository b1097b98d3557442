// DecodeServer: loads the decoders once, and forks a child for each recording.
internal import CFFmpeg
internal import CSeccomp
internal import DecodeWire
internal import Glibc
internal import System

/// Serves one client over a socket, on one thread, until the client is gone.
public struct DecodeServer {
    private let control: Int32
    private let confinement: Confinement
    private let deaths: Int32
    /// Where to say how each living child ended.
    private var reports: [pid_t: Int32] = [:]

    /// True for the socket that a client starts the server with.
    public static func isSocket(_ descriptor: Int32) -> Bool {
        Socket.carriesMessages(descriptor)
    }

    /// Serves the client on the other end of a socket; returns when it is gone.
    public static func serve(_ control: Int32) {
        // A decoder needs none of the client's other descriptors.
        _ = close_range(3, UInt32.max, 0)
        _ = cseccomp_prctl(PR_SET_NO_NEW_PRIVS, 1)
        _ = cseccomp_prctl(PR_SET_DUMPABLE, 0)
        // FFmpeg writes to standard error unless it is told not to.
        av_log_set_level(AV_LOG_QUIET)
        WarmUp.run()
        guard var server = DecodeServer(control) else { return }
        server.loop()
    }

    private init?(_ control: Int32) {
        self.control = control
        confinement = Confinement()
        var child = sigset_t()
        unsafe sigemptyset(&child)
        unsafe sigaddset(&child, SIGCHLD)
        unsafe sigprocmask(SIG_BLOCK, &child, nil)
        deaths = unsafe signalfd(-1, &child, Int32(SFD_CLOEXEC))
        guard deaths >= 0,
            DescriptorMessage(words: [DecodeRequest.version]).send(over: control) == 0
        else { return nil }
    }

    private mutating func loop() {
        while true {
            let events = try? Descriptor.wait(
                for: [(control, Int16(POLLIN)), (deaths, Int16(POLLIN))], milliseconds: -1)
            guard let events else { continue }
            if events[1] != 0 { reap() }
            if events[0] != 0 {
                // The children follow: the kernel kills them when this process ends.
                guard
                    let message = DescriptorMessage.receive(
                        from: control, words: DecodeRequest.wordCount)
                else { return }
                start(message)
            }
        }
    }

    private mutating func start(_ message: DescriptorMessage) {
        let given = message.descriptors
        guard given.count == 3, let request = DecodeRequest(words: message.words) else {
            for descriptor in given { close(descriptor) }
            return
        }
        let own = getpid()
        let process = fork()
        if process == 0 {
            DecodeChild(request: request, confinement: confinement)
                .run(from: given[0], to: given[1], parent: own)
        }
        close(given[0])
        close(given[1])
        if process > 0 {
            reports[process] = given[2]
        } else {
            report(-errno, to: given[2])
        }
    }

    private mutating func reap() {
        var news = signalfd_siginfo()
        _ = unsafe read(deaths, &news, MemoryLayout<signalfd_siginfo>.size)
        while true {
            var status: Int32 = 0
            let process = unsafe waitpid(-1, &status, WNOHANG)
            guard process > 0 else { return }
            if let descriptor = reports.removeValue(forKey: process) {
                report(status, to: descriptor)
            }
        }
    }

    /// The client may have heard enough and be gone.
    private func report(_ status: Int32, to descriptor: Int32) {
        Socket.send(status, to: descriptor)
        close(descriptor)
    }
}
