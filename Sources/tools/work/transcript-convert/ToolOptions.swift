// ToolOptions: the options of transcript-convert.
import Filter
import Formats

struct ToolOptions: OptionTable {
    private static let names = DocumentFormat.allCases.map(\.rawValue)

    let from = Option.value(
        "from", letter: "f", "FORMAT", "the format of the input (default auto: by the content)",
        needs: Phrase.either(["auto"] + names), choices: ["auto"] + names
    ) { $0 == "auto" ? Source.any : DocumentFormat(rawValue: $0).map(Source.one) }.or(.any)
    let to = Option.choice(
        "to", letter: "t", "FORMAT", "the format to write", of: DocumentFormat.self)
    let output = Option.text(
        "output", letter: "o", "DIR", "write a file in DIR for each input or record")
    let speakers = Option.text("speakers", "A,B", "the parties on channels 0, 1, …")
    let fromRecords = Option.flag("records", "read records, and convert their transcripts")
    let overwrites = Option.flag("force", "replace files in DIR that are there")
    let data = Option.data
    var all: [any DeclaredOption] {
        [from, to, output, speakers, fromRecords, overwrites, data]
    }

    /// The format of the input.
    enum Source: Sendable {
        case any
        case one(DocumentFormat)

        var format: DocumentFormat? { if case .one(let format) = self { format } else { nil } }
    }
}
