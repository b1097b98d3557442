// MachineMemory: the memory of this machine and the load of its processors, as the kernel tells them.
internal import Glibc
public import Records
internal import System

/// The memory of the machine.
public struct MachineMemory: Sendable, Equatable {
    /// The whole of it, in bytes.
    public let total: Int
    /// The bytes that programs can have without swapping.
    public let available: Int

    /// The part that is in use, in percent.
    public var usedPercent: Double {
        total > 0 ? Double(total - available) * 100 / Double(total) : 0
    }

    /// Reads `meminfo`.
    ///
    /// - Parameter proc: The directory of the kernel's files.
    /// - Throws: `Failure` when the kernel does not tell.
    public init(proc: String = "/proc") throws(Failure) {
        let lines = try ProcFile("\(proc)/meminfo").lines
        func bytes(_ name: String) throws(Failure) -> Int {
            let line = lines.first { $0.hasPrefix(name + ":") }
            let words = line?.split(separator: " ") ?? []
            guard words.count > 1, let kibibytes = Int(words[1]), (0...1 << 50).contains(kibibytes)
            else {
                throw ProcFile.untold("\(proc)/meminfo", name)
            }
            return kibibytes << 10
        }
        total = try bytes("MemTotal")
        available = min(try bytes("MemAvailable"), total)
    }
}

/// The load of the processors.
public struct MachineLoad: Sendable, Equatable {
    /// The mean number of processes that worked or waited for a processor or a disk in the last
    /// minute.
    public let lastMinute: Double
    /// The number of processors.
    public let processors: Int

    /// The load for each processor, in percent; 100 and more means that work waits.
    public var percent: Double { lastMinute * 100 / Double(max(processors, 1)) }

    /// Reads `loadavg`.
    ///
    /// - Parameter proc: The directory of the kernel's files.
    /// - Throws: `Failure` when the kernel does not tell.
    public init(proc: String = "/proc") throws(Failure) {
        let words = try ProcFile("\(proc)/loadavg").lines.first?.split(separator: " ") ?? []
        guard let text = words.first, let load = Double(text), load >= 0, load < 1e6 else {
            throw ProcFile.untold("\(proc)/loadavg", "the load of the last minute")
        }
        lastMinute = load
        processors = MachineLoad.processors
    }

    /// The number of processors that are switched on.
    ///
    /// The corresponding C function is `sysconf`.
    public static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// A small file of the kernel's.
private struct ProcFile {
    let lines: [Substring]

    init(_ path: String) throws(Failure) {
        do throws(SystemError) {
            let bytes = try Descriptor.contents(of: path, atMost: 1 << 20)
            lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        } catch {
            throw Failure(
                .temporary, .storage, "read \(path): \(error.reason)",
                remedy: "let this program read /proc; in a unit of systemd ProcSubset=all")
        }
    }

    static func untold(_ path: String, _ what: String) -> Failure {
        Failure(.temporary, .badResponse, "read \(path): it does not tell \(what)")
    }
}
