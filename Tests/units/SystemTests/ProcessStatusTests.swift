// ProcessStatusTests: lines of /proc/N/stat, with names that are meant to mislead.
import Foundation
import Testing

@testable import System

@Suite("The status of a process")
struct ProcessStatusTests {
    /// A line as proc_pid_stat(5) describes it: group 77, started at tick 987654.
    private func line(_ name: String, _ state: String = "S") -> [UInt8] {
        let middle = (0..<16).map(String.init).joined(separator: " ")
        return Array("4242 (\(name)) \(state) 1 77 \(middle) 987654 1 2 3\n".utf8)
    }

    @Test(
        "a name may hold spaces, parentheses and what looks like a line",
        arguments: ["sh", "a b", "(", ")", "x) R 1 2 3 (y", ") Z 0 0 0", "", "\n"])
    func names(_ name: String) {
        let status = ProcessStatus(line: line(name))
        #expect(status?.group == 77)
        #expect(status?.start == 987654)
        #expect(status?.isOver == false)
    }

    @Test("what has ended is told apart", arguments: ["Z", "X", "x"])
    func over(_ state: String) {
        #expect(ProcessStatus(line: line("sh", state))?.isOver == true)
    }

    @Test("what is no such line is no status")
    func garbage() {
        for text in [
            "", "4242", "4242 (sh) S", "4242 (sh) S 1 x " + String(repeating: "1 ", count: 30),
        ] {
            #expect(ProcessStatus(line: Array(text.utf8)) == nil)
        }
    }

    @Test("living processes are found, ended ones seen to be over, others not there")
    func living() throws {
        let own = try #require(ProcessStatus(getpid()))
        #expect(own.group == getpgrp() && !own.isOver && own.start > 0)
        #expect(ProcessStatus.members(ofGroup: own.group).contains(own))

        let child = try ChildProcess(Program("/bin/true"), as: .worker)
        // It stays a zombie until it is reaped.
        while ProcessStatus(child.number)?.isOver == false { sched_yield() }
        #expect(ProcessStatus(child.number)?.isOver == true)
        #expect(child.wait() == .exited(0))
        #expect(ProcessStatus(child.number) == nil)
    }
}
