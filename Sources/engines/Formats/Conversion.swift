// Conversion: reads a transcript in one format and writes it in another.
internal import Records

/// How transcripts are converted.
public struct Conversion: Sendable {
    /// The format of the input; `nil` to find it by the content.
    public var from: DocumentFormat?
    /// The format of the output.
    public var to: DocumentFormat
    /// The names of the parties.
    public var parties: PartyNames

    /// Chooses formats.
    public init(from: DocumentFormat?, to: DocumentFormat, parties: PartyNames = PartyNames()) {
        self.from = from
        self.to = to
        self.parties = parties
    }

    /// Reads a whole input and writes it.
    ///
    /// From one format of lines to another, memory does not grow with the input. Otherwise the
    /// transcript is in memory as a whole.
    ///
    /// - Parameters:
    ///   - descriptor: The input, which stays the caller's.
    ///   - name: The name of the input, for messages.
    ///   - id: The id of a transcript whose format has none.
    ///   - write: Gets the output.
    /// - Returns: The faults that were mended.
    /// - Throws: `Failure` of scope `item` for an input that cannot be read, which names it and, in a
    ///   format of lines, its line; and the error of `write`.
    public func convert(
        _ descriptor: Int32, name: String, id: String, _ write: @escaping ([UInt8]) throws -> Void
    ) throws -> [Remark] {
        do {
            var source = try LineSource(descriptor)
            guard !ByteMarks.isWide(source.head) else {
                throw Failure(
                    .item, .input, "it is UTF-16", remedy: "convert it with iconv -t UTF-8 first")
            }
            let format = try from ?? Conversion.format(of: &source)
            var remarks = Remarks()
            if format.isOfLines {
                try convert(&source, from: format, id: id, &remarks, write)
            } else {
                let document = try DocumentReader.read(
                    Conversion.withoutMark(source.all()), as: format, id: id, &remarks)
                try self.write(document, CallFacts(), write)
            }
            return remarks.all
        } catch let failure as Failure where failure.scope == .item {
            throw Failure(
                .item, failure.kind, "read \(name): \(failure.message)", remedy: failure.remedy)
        }
    }

    /// Writes a transcript that is in memory.
    ///
    /// - Parameters:
    ///   - document: The transcript, in any order.
    ///   - call: The facts about the call that its record tells.
    ///   - write: Gets the output.
    /// - Throws: The error of `write`.
    public func write(
        _ document: Document, _ call: CallFacts, _ write: @escaping ([UInt8]) throws -> Void
    ) throws {
        var document = document
        for index in document.spoken.indices { parties.complete(&document.spoken[index]) }
        document.spoken = document.spoken.enumerated().sorted {
            ($0.element.segment.start, $0.offset) < ($1.element.segment.start, $1.offset)
        }.map(\.element)
        guard to.isOfLines else {
            return try write(DocumentWriter.bytes(document, as: to, call))
        }
        var outlet = LineOutlet(to, write)
        for spoken in document.spoken { try outlet.add(spoken, document.facts, line: 0) }
        try outlet.finish(document.facts)
    }

    private func convert(
        _ source: inout LineSource, from format: DocumentFormat, id: String,
        _ remarks: inout Remarks, _ write: @escaping ([UInt8]) throws -> Void
    ) throws {
        var reader = reader(of: format, id)
        let isPossible = reader.hasTimes || to == .txt || to == .json
        var outlet = LineOutlet(to, write)
        var whole: [Spoken] = []
        var count = 0
        var latest = Facts(id: id)
        func sink(_ spoken: Spoken, _ line: Int) throws {
            guard isPossible else {
                throw Failure(
                    .item, .input, "plain text has no times, which \(to.rawValue) needs",
                    remedy: "convert it to txt or json, or convert the file that it was made of")
            }
            var spoken = spoken
            parties.complete(&spoken)
            count += 1
            if to.isOfLines {
                try outlet.add(spoken, latest, line: line)
            } else {
                whole.append(spoken)
            }
        }
        var number = 0
        while var line = try source.next() {
            number += 1
            if number == 1 { line = Conversion.withoutMark(line) }
            try reader.take(line, number, sink)
            latest = reader.facts
        }
        try reader.finish(sink)
        remarks = reader.remarks
        guard count > 0 || number == 0 || format == .vtt || format == .md || format == .txt else {
            throw Failure(
                .item, .input, "none of its \(number) lines has the times of a caption",
                remedy: "name its format with --from")
        }
        if to.isOfLines {
            try outlet.finish(reader.facts)
        } else {
            try self.write(Document(reader.facts, whole), CallFacts(), write)
        }
    }

    private func reader(of format: DocumentFormat, _ id: String) -> any LineFormatReader {
        switch format {
        case .srt: SubRipReader(id: id, parties: parties)
        case .vtt: WebVTTReader(id: id, parties: parties)
        case .md: MarkdownReader(id: id, parties: parties)
        default: PlainTextReader(id: id, parties: parties)
        }
    }

    private static func format(of source: inout LineSource) throws(Failure) -> DocumentFormat {
        let first = source.head.first { !($0 <= 0x20) && !ByteMarks.utf8.contains($0) }
        let head = first == UInt8(ascii: "{") ? try source.all()[...] : source.head
        guard let format = DocumentFormat.detected(in: head) else {
            throw Failure(
                .item, .input, "it is no transcript in any of the formats",
                remedy: "name its format with --from, or look at it")
        }
        return format
    }

    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: ByteMarks.utf8) ? Array(bytes.dropFirst(3)) : bytes
    }
}
