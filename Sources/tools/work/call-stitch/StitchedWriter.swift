// StitchedWriter: writes the calls that were stitched, as records or as vCons.
import Files
import Filter
import Formats
import Records
import Stitching
import Transcripts

/// Writes each call to standard output, and the files of its transcript below the data directory.
struct StitchedWriter {
    private let isVCon: Bool
    private let formats: [TranscriptFormat]
    private let data: DataDirectory
    private let observer: Observer
    private let report: Report

    init(_ options: Options<ToolOptions>, _ report: Report, _ data: DataDirectory) {
        isVCon = options.isVCon
        formats = options.formats
        observer = options.observer
        self.data = data
        self.report = report
    }

    /// Writes a call; a failure of one is told, and the others go on.
    func write(_ result: Result<StitchedCall, Failure>) throws {
        do {
            let stitched = try result.get()
            for remark in stitched.remarks { observer(.note(remark)) }
            if isVCon {
                guard let document = stitched.document else {
                    throw Failure(
                        .item, .input, "write \(stitched.record.id): no leg has a transcript",
                        remedy: "put transcribe before call-stitch")
                }
                try Conversion(from: nil, to: .vcon).write(document, stitched.call) {
                    try report.write(records: $0)
                }
                return
            }
            var record = stitched.record
            if let document = stitched.document {
                record.set("transcript", to: try files(of: record, document))
            }
            try report.write(records: record.bytes + [0x0A])
        } catch let failure as Failure where failure.scope != .stop {
            report.fail(failure)
        }
    }

    private func files(of record: Record, _ document: Document) throws -> Transcript {
        let files = TranscriptFiles(of: record, formats: formats)
        let facts = document.facts
        let transcript = files.transcript(
            document.spoken.map(\.segment), language: facts.language, engine: facts.engine,
            model: facts.model, key: facts.key ?? "")
        return try files.write(
            transcript, words: document.spoken.map(\.words), id: record.id,
            seconds: facts.seconds, into: data)
    }
}
