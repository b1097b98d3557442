// ToolOptions: the options of call-link, and what they ask for.
import Filter
import Links
import Records
import Zones

struct ToolOptions: OptionTable {
    let customers = Option.text("customers", "FILE", "the customers, as CSV or NDJSON")
    let bookings = Option.text("bookings", "FILE", "the bookings, as CSV or NDJSON")
    let window = Option.time(
        "window", "TIME", "take bookings made within TIME of the call (default 2h)",
        in: 0...30 * 86_400
    ).or(7200)
    let timezone = Option.text("tz", "ZONE", "the zone of times without one (default UTC)")
    let prompt = Option.flag("prompt", "let the engine expect the names that are found")
    var all: [any DeclaredOption] { [customers, bookings, window, timezone, prompt] }
}

extension CallLink {
    /// Reads the tables; a line that cannot be used is told, and the rest goes on.
    init(_ options: Options<ToolOptions>) throws {
        guard options.customers != nil || options.bookings != nil else {
            throw UsageError("needs --customers or --bookings")
        }
        func fault(_ table: String) -> (Int, String) -> Void {
            var count = 0
            return { line, reason in
                count += 1
                if count <= 20 { options.observer(.note("\(table), line \(line): \(reason)")) }
                if count == 21 { options.observer(.note("\(table): more lines have faults")) }
            }
        }
        let zone = try Zone(options.timezone ?? "")
        self.init(
            customers: try options.customers.map { try Customers($0, fault: fault("customers")) },
            bookings: try options.bookings.map {
                try Bookings($0, zone: zone, fault: fault("bookings"))
            }, window: options.window)
    }
}

extension Record {
    /// Adds names to what the engine is to expect; those that stand there already stay.
    mutating func addPrompt(_ names: [String]) throws(Failure) {
        var prompt = try prompt() ?? ""
        let known = Set(prompt.split(separator: ",").map { $0.drop { $0 == " " } })
        for name in names.map({ $0.filter { $0 != "," } }) where !known.contains(name[...]) {
            prompt += (prompt.isEmpty ? "" : ", ") + name
        }
        if !prompt.isEmpty { set("prompt", .string(prompt)) }
    }
}
