// FilterTool: a program that does what its records say, to test the frame of all programs with.
//
// $FILTER_TOOL is filter, source, groups or report.
import Filter
import Records

struct ToolOptions: OptionTable {
    let count = Option.integer("count", letter: "c", "N", "list N records", in: 1...100_000).or(1)
    let data = Option.data
    let isForced = Option.force
    let format = Option.format
    var all: [any DeclaredOption] { [count, data, isForced, format] }
}

let tool = Tool(
    "filter-tool", "do what the records on standard input say", stage: "test",
    operands: environment("OPERANDS") ?? "", examples: ["filter-tool --jobs 4 <records"],
    options: ToolOptions())

switch environment("FILTER_TOOL") {
case "source":
    await tool.source { options, output in
        for number in 1...options.count {
            try output.emit(Record(["id": .string("test:\(number)")]))
            if options.environment.value("WAIT") == "\(number)" {
                await cancellation()
                throw failure(.temporary, "network")
            }
            if let gate = options.environment.value("GATE") { await pass(gate) }
        }
        output.report(Failure(.item, .input, "list the last call: it has no id"))
    }
case "groups":
    tool.groups(
        of: Int(environment("GROUP_BYTES") ?? "") ?? 8 << 20,
        within: .milliseconds(Int(environment("GROUP_MILLISECONDS") ?? "") ?? 1_000_000)
    ) { options in
        if let kind = options.environment.value("REFUSE") { throw failure(.stop, kind) }
        let each = { (group: Group) throws in
            if options.isForced { return }
            var ids: [JSON] = []
            try group.forEach { line in
                ids.append(.string(line.id))
                group.keep(line)
            }
            group.keep(JSON.members(["id": .string("group"), "ids": .array(ids)]).bytes)
            if let gate = options.environment.value("GATE") { passBlocking(gate) }
        }
        return (each: each, end: { _ in "the groups have ended" })
    }
case "report":
    tool.report { options, report in
        if let kind = options.environment.value("REFUSE") { throw failure(.stop, kind) }
        if report.isForPeople {
            var table = Table(["what": .left, "count": .right])
            table.add("calls", "12")
            table.add("a name \u{1B}[31m in red", "7")
            try report.write(table)
        } else {
            try report.write(JSON.members(["what": .string("calls"), "count": .int(12)]))
        }
        if options.isForced { report.fail() }
    }
default:
    await tool.filter { options in
        if let kind = options.environment.value("REFUSE") { throw failure(.stop, kind) }
        if let words = options.environment.value("WORDS"), words != options.operands.description {
            throw UsageError("the words are \(options.operands)")
        }
        return { record in try await work(on: &record, options) }
    }
}
