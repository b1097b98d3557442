// CheckResult: one check: its name, its result, its figure and the remedy.
public import Records

/// The result of one check.
public struct CheckResult: Sendable, Equatable {
    /// The results.
    public enum Verdict: String, Sendable, CaseIterable {
        /// It is as it should be.
        case pass
        /// It needs a look.
        case warn
        /// It is broken.
        case fail
        /// It cannot be told, or was told too long ago.
        case unknown
        /// It means nothing here.
        case skip
    }

    /// The name, such as `disk`.
    public let name: String
    /// The result.
    public var verdict: Verdict
    /// The measured number, where there is one.
    public var figure: Figure?
    /// A sentence without its full stop that says what was seen.
    public var output: String
    /// A sentence without its full stop that says what to do; empty when all is well.
    public var remedy: String

    /// A result.
    public init(
        _ name: String, _ verdict: Verdict, _ output: String, figure: Figure? = nil,
        remedy: String = ""
    ) {
        self.name = name
        self.verdict = verdict
        self.output = output
        self.figure = figure
        self.remedy = verdict == .pass ? "" : remedy
    }

    /// A result that the limits of the figure decide.
    public init(_ name: String, _ figure: Figure, _ output: String, remedy: String) {
        self.init(name, figure.verdict, output, figure: figure, remedy: remedy)
    }

    /// A check that could not be made.
    public init(_ name: String, unknown failure: Failure) {
        self.init(name, .unknown, "unable to \(failure.message)", remedy: failure.remedy)
    }

    /// A check that found a failure.
    public init(_ name: String, failed failure: Failure) {
        self.init(name, .fail, "unable to \(failure.message)", remedy: failure.remedy)
    }

    /// `status`, `observed`, `unit`, `limit`, `critical`, `output` and `remedy`.
    public var json: JSON {
        var members: [JSON.Member] = [.init("status", .string(verdict.rawValue))]
        members += figure?.members ?? []
        members.append(.init("output", .string(output)))
        if !remedy.isEmpty { members.append(.init("remedy", .string(remedy))) }
        return .object(members)
    }
}

extension CheckResult.Verdict {
    /// The weight: a fault, a warning, a thing not known, all well.
    var weight: Int {
        switch self {
        case .pass, .skip: 0
        case .unknown: 1
        case .warn: 2
        case .fail: 3
        }
    }

    /// True for a warning, a fault, and a thing that is not known.
    public var needsLook: Bool { weight > 0 }

    /// The exit status as of a monitoring plugin: 0 well, 1 warning, 2 fault, 3 not known.
    public var exitStatus: Int32 {
        switch self {
        case .pass, .skip: 0
        case .warn: 1
        case .fail: 2
        case .unknown: 3
        }
    }
}

extension Sequence<CheckResult> {
    /// The worst of the verdicts; ``CheckResult/Verdict/pass`` when there is none.
    public var worst: CheckResult.Verdict {
        map(\.verdict).max { $0.weight < $1.weight } ?? .pass
    }
}

extension CheckResult {
    /// Reads the object of ``json`` that another program wrote; `nil` for anything else.
    ///
    /// - Parameters:
    ///   - name: The name that the check has here.
    ///   - line: The text of one object.
    public init?(_ name: String, line: [UInt8]) {
        guard let members = JSON.members(of: line.prefix { $0 != 0x0A }) else { return nil }
        func value<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) -> Value? {
            members.last { $0.name == name }?.value.decoded(as: type)
        }
        guard let verdict = value("status", String.self).flatMap(Verdict.init(rawValue:)),
            let output = value("output", String.self)
        else { return nil }
        let figure = value("observed", Double.self).map { observed in
            Figure(
                observed, value("unit") ?? "", limit: value("limit"), critical: value("critical"),
                isFloor: value("floor") ?? false)
        }
        self.init(name, verdict, output, figure: figure, remedy: value("remedy") ?? "")
    }
}
