// Confinement: the limits and system calls of a child that reads a stranger's file.
internal import CSeccomp
internal import DecodeWire
internal import Glibc

/// The limits of a child, and the list of system calls that decoding needs.
///
/// The list is made once, before the first fork; a kernel or container that refuses it leaves the
/// limits, and the client is told.
@safe
struct Confinement {
    /// Where the child finds the recording.
    static let input: Int32 = 0
    /// Where the child's frames go.
    static let output: Int32 = 1

    private let filter: scmp_filter_ctx?

    init() {
        unsafe filter = Confinement.canFilter() ? Confinement.allowList() : nil
    }

    /// Another filter, such as a systemd unit's, may kill a process that asks for a filter: so a
    /// child asks.
    private static func canFilter() -> Bool {
        let process = fork()
        if process == 0 {
            guard let filter = unsafe allowList() else { _exit(1) }
            _exit(unsafe seccomp_load(filter) == 0 ? 0 : 1)
        }
        var status: Int32 = -1
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return false }
        }
        return status == 0
    }

    /// Takes everything else away from this process.
    ///
    /// - Returns: True when system calls are filtered from now on.
    /// - Throws: `DecodeFault` when a limit cannot be set; then nothing may be decoded.
    func apply(_ request: DecodeRequest, parent: pid_t) throws(DecodeFault) -> Bool {
        // The parent may have ended before the kernel was told to follow it.
        guard cseccomp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) == 0, getppid() == parent,
            cseccomp_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0,
            cseccomp_prctl(PR_SET_DUMPABLE, 0) == 0,
            limit(RLIMIT_CORE, 0), limit(RLIMIT_FSIZE, 0), limit(RLIMIT_NOFILE, 0),
            limit(__RLIMIT_NPROC, 0), limit(RLIMIT_AS, request.memory),
            limit(RLIMIT_CPU, request.processorSeconds, spare: 1)
        else { throw DecodeFault(.confinement) }
        guard let filter = unsafe filter else { return false }
        return unsafe seccomp_load(filter) == 0
    }

    /// Beyond the spare the kernel kills a process that the limit's own signal did not end.
    private func limit(_ resource: __rlimit_resource, _ value: Int, spare: Int = 0) -> Bool {
        var old = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &old) == 0 else {
            return false
        }
        let most = min(rlim_t(value + spare), old.rlim_max)
        var new = rlimit(rlim_cur: min(rlim_t(value), most), rlim_max: most)
        return unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &new) == 0
    }

    // MARK: system calls

    /// Memory, time, the two descriptors, and the end; nothing that opens, starts or connects.
    private static func allowList() -> scmp_filter_ctx? {
        guard let filter = unsafe seccomp_init(cseccomp_kill) else { return nil }
        let anywhere = [
            "brk", "munmap", "mremap", "madvise", "futex", "rt_sigreturn", "exit", "exit_group",
            "getrandom", "sched_getaffinity", "clock_gettime",
        ]
        let isInput = equal(argument: 0, to: input)
        let isOutput = equal(argument: 0, to: output)
        // Memory from no file, and never memory to run code from.
        let isNotCode = scmp_arg_cmp(
            arg: 2, op: SCMP_CMP_MASKED_EQ, datum_a: scmp_datum_t(PROT_EXEC), datum_b: 0)
        let isAnonymous = scmp_arg_cmp(
            arg: 3, op: SCMP_CMP_MASKED_EQ, datum_a: scmp_datum_t(MAP_ANONYMOUS),
            datum_b: scmp_datum_t(MAP_ANONYMOUS))
        let rules: [(String, [scmp_arg_cmp])] =
            anywhere.map { ($0, []) } + [
                ("pread64", [isInput]), ("lseek", [isInput]), ("write", [isOutput]),
                ("mprotect", [isNotCode]), ("mmap", [isNotCode, isAnonymous]),
            ]
        // Libraries may ask for these out of habit, as for the time zone; they are refused.
        let refused = ["openat", "newfstatat", "fstat", "access", "readlink", "ioctl"]
        let answers =
            rules.map { ($0, cseccomp_allow, $1) } + refused.map { ($0, cseccomp_refuse, []) }
        for (name, answer, conditions) in answers {
            let number = unsafe seccomp_syscall_resolve_name(name)
            guard
                unsafe seccomp_rule_add_array(
                    filter, answer, number, UInt32(conditions.count), conditions) == 0
            else {
                unsafe seccomp_release(filter)
                return nil
            }
        }
        return unsafe filter
    }

    private static func equal(argument: UInt32, to value: Int32) -> scmp_arg_cmp {
        scmp_arg_cmp(
            arg: argument, op: SCMP_CMP_EQ, datum_a: scmp_datum_t(value), datum_b: 0)
    }
}
