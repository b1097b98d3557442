// Tally: what was left out of a folder's listing, and what had to be decided.
internal import Files
internal import Records

/// Why a file is not on the list.
enum LeftOut: Hashable {
    /// The folder has no file there.
    case entry(Folder.Reason)
    /// The ending is none of a recording's.
    case ending(String)
    /// The name is of none of the patterns.
    case pattern
    case empty
    /// Another program may still be writing it.
    case unsettled
    /// It was written to before the days that were asked for.
    case old
    /// It changed while it was read.
    case changing
    /// The same recording lies in another place.
    case copy
    /// The same recording is there in another form, such as WAV and MP3.
    case otherForm

    /// The description of one file.
    var reason: String {
        switch self {
        case .entry(.hidden): "its name begins with a point"
        case .entry(.link): "it is a symbolic link; --follow-links follows it"
        case .entry(.brokenLink): "it is a symbolic link to what is not there"
        case .entry(.loop): "it is a symbolic link to a folder in which it lies"
        case .entry(.special): "it is no file"
        case .entry(.own): "it is the data directory"
        case .ending(""): "it has no ending"
        case .ending(let ending): "no recording ends in \(ending)"
        case .pattern: "its name does not fit --pattern"
        case .empty: "it is empty"
        case .unsettled: "it was written to just now"
        case .old: "it is older than --days"
        case .changing: "it changed while it was read"
        case .copy: "the same recording lies elsewhere in the folder"
        case .otherForm: "the same recording is there in another form"
        }
    }

    /// The description of several files, after their number.
    fileprivate func phrase(_ count: Int) -> String {
        switch self {
        case .entry(.hidden): "\(count) hidden"
        case .entry(.link): counted(count, "link")
        case .entry(.brokenLink): counted(count, "broken link")
        case .entry(.loop): counted(count, "link") + " in a circle"
        case .entry(.special): "\(count) pipe, socket or device"
        case .entry(.own): "the data directory"
        case .ending(""): "\(count) without ending"
        case .ending(let ending): "\(count) \(ending)"
        case .pattern: counted(count, "name") + " that --pattern does not fit"
        case .empty: "\(count) empty"
        case .unsettled: "\(count) written to just now"
        case .old: "\(count) older than --days"
        case .changing: "\(count) that changed meanwhile"
        case .copy: "\(count) with the content of another"
        case .otherForm: counted(count, "other form") + " of a recording"
        }
    }

    fileprivate var rank: Int {
        switch self {
        case .pattern: 0
        case .ending: 1
        case .entry: 2
        case .empty: 3
        case .unsettled: 4
        case .changing: 5
        case .copy: 6
        case .otherForm: 7
        case .old: 8
        }
    }
}

/// A number of things, such as `1 name` or `2 names`.
func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// The counts of the files of a listing.
struct Tally {
    private var counts: [LeftOut: Int] = [:]
    /// Files that were listed, and have other content now.
    var changed = 0
    /// True when such a file keeps its id.
    var changedKeepIDs = false
    /// True when more recordings were listed than ids are compared.
    var isCrowded = false

    /// Endings are anybody's; of so many each has its own number.
    private static let mostKinds = 40

    mutating func leaveOut(_ reason: LeftOut) {
        var reason = reason
        if case .ending = reason, counts[reason] == nil, counts.count >= Tally.mostKinds {
            reason = .ending("of other kinds")
        }
        counts[reason, default: 0] += 1
    }

    /// Remarks for the operator, a sentence each.
    var remarks: [String] {
        var remarks: [String] = []
        if changed > 0 {
            remarks.append(
                "the content of \(counted(changed, "file")) has changed since it was listed; "
                    + (changedKeepIDs
                        ? "the id stays, so that what is done is not done again"
                        : "it is another recording now"))
        }
        if isCrowded {
            remarks.append(
                "the ids of the first \(SeenIDs.most) recordings were compared, and no others")
        }
        let leftOut = counts.sorted {
            ($0.key.rank, -$0.value, $0.key.reason) < ($1.key.rank, -$1.value, $1.key.reason)
        }
        if !leftOut.isEmpty {
            let list = leftOut.map { $0.key.phrase($0.value) }.joined(separator: ", ")
            remarks.append("left out: \(list); --verbose names them")
        }
        return remarks
    }
}
