// Converter: converts files and records one by one; a bad one is told, and the rest goes on.
import Files
import Filter
import Formats
import Glibc
import Records
import System

/// Converts to standard output, or to a file for each input.
struct Converter {
    private let conversion: Conversion
    private let directory: String?
    private let overwrites: Bool
    private let data: DataDirectory
    private let observer: Observer
    private let report: Report

    /// Reads the options.
    init(_ options: Options<ToolOptions>, _ report: Report) throws {
        guard let to = options.to else {
            throw UsageError("option --to is missing, such as --to srt")
        }
        if options.output == nil, to.isOfLines, options.fromRecords || options.operands.count > 1 {
            throw UsageError("several transcripts as \(to.rawValue) need --output DIR")
        }
        let names = (options.speakers ?? "").split(separator: ",").map(String.init)
        conversion = Conversion(
            from: options.from.format, to: to, parties: PartyNames(names))
        directory = options.output
        overwrites = options.overwrites
        data = try DataDirectory(options.data, isMade: false)
        observer = options.observer
        self.report = report
        guard let directory else { return }
        do {
            try StagedFile.makeDirectory(directory)
        } catch {
            throw Failure(.stop, .storage, "make the directory \(directory): \(error.reason)")
        }
    }

    /// Converts a file; `-` is standard input.
    func convert(_ file: String) throws {
        let name = file == "-" ? "standard input" : file
        let last = file.split(separator: "/").last.map(String.init) ?? file
        let stem = file == "-" ? "transcript" : Converter.stem(of: last)
        try telling {
            let descriptor: Int32
            do throws(SystemError) {
                descriptor =
                    file == "-" ? 0 : try OwnedDescriptor(opening: file, O_RDONLY).release()
            } catch {
                throw Failure(.item, .input, "open \(file): \(error.reason)")
            }
            defer { if descriptor != 0 { close(descriptor) } }
            try writing(stem) { write in
                for remark in try conversion.convert(descriptor, name: name, id: stem, write) {
                    let place = remark.line.map { ", the first on line \($0)" } ?? ""
                    observer(.note("\(name): \(remark.text): \(remark.count)\(place)"))
                }
            }
        }
    }

    /// Converts the transcript of a record.
    func convert(_ record: Record) throws {
        try telling {
            guard let document = try Document.of(record, in: data) else {
                throw Failure(
                    .item, .input, "convert \(record.id): it has no transcript",
                    remedy: "put transcribe before it in the pipe")
            }
            let call = try CallFacts(of: record, in: data)
            if conversion.to == .vcon, call.recordings.isEmpty {
                observer(
                    .note(
                        "\(record.id): the recording is left out: it has no https address, or its "
                            + "file is not there"))
            }
            try writing(record.fileStem) { try conversion.write(document, call, $0) }
        }
    }

    /// Tells the failure of one transcript.
    private func telling(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as Failure where failure.scope != .stop {
            report.fail(failure)
        }
    }

    /// Hands on the output to where it goes; a file is whole, or not there.
    private func writing(
        _ stem: String, _ body: (@escaping ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        guard let directory else {
            return try body { [report] in try report.write(records: $0) }
        }
        let path = "\(directory)/\(stem).\(conversion.to.suffix)"
        if !overwrites, (try? FileStatus.ifPresent(path, followingLinks: false)) != nil {
            throw Failure(
                .item, .input, "write \(path): a file of that name is there",
                remedy: "remove it, name another --output, or use --force")
        }
        var failure: (any Error)?
        do throws(SystemError) {
            try StagedFile.place(path, mode: StagedFile.usualMode, isDurable: true) {
                descriptor throws(SystemError) in
                do {
                    try body { try Descriptor.writeAll(descriptor, $0) }
                } catch let error as SystemError {
                    throw error
                } catch {
                    failure = error
                    throw SystemError(code: ECANCELED)
                }
            }
        } catch {
            throw failure ?? Failure(.stop, .storage, "write \(path): \(error.reason)")
        }
    }

    /// `call.whisperx.json` is `call`.
    private static func stem(of name: String) -> String {
        let suffixes = DocumentFormat.allCases.map { "." + $0.suffix }
            .sorted { $0.utf8.count > $1.utf8.count }
        for suffix in suffixes where name.hasSuffix(suffix) && name != suffix {
            return String(name.dropLast(suffix.count))
        }
        return name
    }
}
