// ProcessGroup: the processes of one pipe, and the question if one of them lives.
internal import Files
internal import Glibc
import Records
internal import System

/// The processes of one pipe, as the kernel knows them.
///
/// A shell makes one group of all programs of a pipe. The kernel gives the number of a group out
/// again only when all of its processes have ended.
package struct ProcessGroup: Hashable, Sendable {
    /// The machine's id, which does not depend on its name.
    package var machine: String
    /// The id of the machine's boot.
    package var boot: String
    /// The namespace of process numbers: a container cannot see those of another.
    package var namespace: String
    package var number: Int32
    /// The start of the group's first process, in ticks since the boot.
    package var leaderStart: Int64?

    /// True when a process of the group lives, seen from another group; `nil` when that cannot be
    /// told from here.
    package func isAlive(seenFrom own: ProcessGroup) -> Bool? {
        if self == own { return true }
        guard machine == own.machine else { return nil }
        guard boot == own.boot else { return boot.isEmpty || own.boot.isEmpty ? nil : false }
        guard namespace == own.namespace, number > 1 else { return nil }
        // A group that this process may not signal is there.
        if kill(-number, 0) != 0 { return errno != ESRCH }
        // The same number with another leader is another group.
        let leader = ProcessStatus(number)
        if let leaderStart, let leader, leader.start != leaderStart { return false }
        // Mostly the first process is a shell that waits for its pipe; that is the quick answer.
        if let leader, leader.group == number, !leader.isOver { return true }
        return hasWorkers
    }

    /// True when a process of the group is no zombie.
    ///
    /// In a container a zombie may stay for ever, and the kernel counts it as a process.
    private var hasWorkers: Bool {
        let members = ProcessStatus.members(ofGroup: number)
        return members.isEmpty || members.contains { !$0.isOver }
    }

    /// The processes of this process's group that work: all that live, this one among them, but for
    /// the shells that wait for it.
    static var ownWorkers: [ProcessStatus] {
        var waiting: Set<Int32> = []
        var next = getppid()
        while next > 1, waiting.insert(next).inserted { next = ProcessStatus(next)?.parent ?? 0 }
        return ProcessStatus.members(ofGroup: getpgrp()).filter {
            !$0.isOver && !waiting.contains($0.number)
        }
    }

    /// The group of this process.
    static var own: ProcessGroup { here(getpgrp()) }

    /// A group of this machine by its number.
    static func here(_ number: Int32) -> ProcessGroup {
        ProcessGroup(
            machine: identity(of: "/etc/machine-id") ?? Host.name, boot: Boot.id,
            namespace: (try? FileSystem.target(ofLink: "/proc/self/ns/pid")) ?? "",
            number: number, leaderStart: ProcessStatus(number)?.start)
    }

    private static func identity(of path: String) -> String? {
        let bytes = (try? Descriptor.contents(of: path, atMost: 256)) ?? []
        let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
