// Settings: the options of dir-list as what a listing is told.
import Filter
import RecordingFolder
import Records

extension ListingSettings {
    /// Takes the options over; what is wrong with their values is wrong usage.
    init(_ options: Options<ToolOptions>) throws(UsageError) {
        self.init()
        do throws(PatternError) {
            if !options.patterns.isEmpty { names = try NameForms(options.patterns) }
        } catch {
            throw UsageError("option --pattern \(error.message)")
        }
        do throws(PatternError) {
            if options.sidecar != nil { sidecar = try SidecarMap(options.members, for: names) }
        } catch {
            throw UsageError("option --member \(error.message)")
        }
        if options.sidecar == nil, !options.members.isEmpty {
            throw UsageError("option --member needs --sidecar json")
        }
        if options.identity == .pattern, names?.hasID != true {
            throw UsageError("option --identity pattern needs {id} or {uniqueid} in --pattern")
        }
        zone = options.zone
        identity = options.identity
        settle = options.settle
        days = options.days
        copies = options.isCopying
        isDryRun = options.isDryRun
        followsLinks = options.isFollowing
    }
}

extension FolderListing.Outlets {
    /// Sends records and failures to the frame, and with --verbose each file that is left out.
    init(_ options: Options<ToolOptions>, _ output: Emitter) {
        let observer = options.observer
        let tell: @Sendable (String, String) -> Void = { name, reason in
            observer(.note("left out \(name): \(reason)"))
        }
        self.init(
            emit: { record in try output.emit(record) },
            report: { failure in output.report(failure) },
            detail: options.isVerbose ? tell : nil)
    }
}
