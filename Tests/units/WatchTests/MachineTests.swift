// MachineTests: memory and load by files of the kernel's form, and what is said when they lack something.
import Machine
import Records
import TestSupport
import Testing

@Suite struct MachineTests {
    private let proc = TemporaryDirectory()

    @Test("memory is told by MemTotal and MemAvailable")
    func memory() throws {
        try proc.write("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n".utf8, "meminfo")
        let memory = try MachineMemory(proc: proc.path)
        #expect((memory.total, memory.available) == (1_024_000, 256_000))
        #expect(memory.usedPercent == 75)
    }

    @Test(
        "without a line or a file it is said what is missing",
        arguments: [
            nil, "MemTotal: 1000 kB\n", "MemTotal: many kB\nMemAvailable: 1 kB\n", "",
        ])
    func missing(_ text: String?) throws {
        if let text { try proc.write(text.utf8, "meminfo") }
        let failure = #expect(throws: Failure.self) { try MachineMemory(proc: proc.path) }
        #expect(failure?.message.hasPrefix("read \(proc.path)/meminfo: ") == true)
    }

    @Test("the load is told for each processor")
    func load() throws {
        try proc.write("3.50 2.00 1.00 2/300 4711\n".utf8, "loadavg")
        let load = try MachineLoad(proc: proc.path)
        #expect(load.lastMinute == 3.5)
        #expect(load.percent == 350 / Double(load.processors))
        try proc.write("odd\n".utf8, "loadavg")
        #expect(throws: Failure.self) { try MachineLoad(proc: proc.path) }
    }

    @Test("this machine tells both")
    func here() throws {
        #expect(try MachineMemory().total > 1 << 20)
        #expect(try MachineLoad().processors >= 1)
    }
}
