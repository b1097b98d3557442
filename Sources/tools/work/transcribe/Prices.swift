// Prices: the prices of engines, as --price tells them.
import Filter
import Money
import Speech

/// The price of a minute of audio, by engine.
struct Prices: Sendable {
    private let byEngine: [String: Double]

    /// Reads `--price` (`AMOUNT`, or `ENGINE=AMOUNT` separated by commas), and checks that `--budget`
    /// has the prices that it needs.
    init(_ options: Options<ToolOptions>, engine: String, fallback: String?) throws {
        byEngine = try Prices.prices(options.price, engine: engine)
        guard options.budget != nil else { return }
        for name in [engine, fallback].compactMap({ $0 }) where byEngine[name] == nil {
            throw UsageError("option --budget needs --price \(name)=AMOUNT; it may be 0")
        }
    }

    private static func prices(_ text: String?, engine: String) throws -> [String: Double] {
        var prices: [String: Double] = [:]
        for entry in (text ?? "").split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.count == 2 ? parts[0] : engine
            let text = parts.last ?? ""
            guard let price = Budget.amount(text) else {
                throw UsageError("option --price needs an amount such as 0.0125, not \"\(text)\"")
            }
            prices[name] = price
        }
        return prices
    }

    /// The cost of seconds of audio with an engine; `nil` when it has no price.
    func cost(ofSeconds seconds: Double, _ engine: String) -> Double? {
        byEngine[engine].map { $0 * seconds / 60 }
    }

    /// The highest cost of a sound.
    func highest(of sound: Sound, _ engine: String) -> Double {
        cost(ofSeconds: sound.seconds * Double(sound.channels), engine) ?? 0
    }
}
