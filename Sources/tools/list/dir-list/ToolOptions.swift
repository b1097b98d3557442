// ToolOptions: the options of dir-list.
import Filter
import RecordingFolder
import Zones

struct ToolOptions: OptionTable {
    let patterns = Option.texts(
        "pattern", letter: "p", "PATTERN",
        "read names as in {from}_{to}_{start}.wav, or as a recorder such as freepbx writes them")
    let zone = Option.value(
        "timezone", "ZONE",
        "the zone of the times in names, as in Europe/Berlin ($TZ, default UTC)",
        or: "TZ", needs: "a time zone such as Europe/Berlin or +03:00"
    ) { try? Zone($0) }.or(.utc)
    let identity = Option.choice(
        "identity", "WHAT", "what makes a file the same recording: content, name or pattern",
        of: Identity.self)
    let sidecar = Option.choice(
        "sidecar", "FORM", "read NAME.json beside NAME.wav for what the name lacks",
        of: SidecarForm.self)
    let members = Option.texts(
        "member", "FIELD=MEMBER", "where that file has a field, as in start=timestamp")
    let settle = Option.time(
        "settle", "TIME", "skip files that changed in the last TIME (default 60s)"
    ).or(60)
    let days = Option.integer(
        "days", "N", "only files that changed in the last N days", in: 1...36_500)
    let isFollowing = Option.flag("follow-links", "list what symbolic links name")
    let isCopying = Option.flag("copy", letter: "c", "copy the audio instead of linking to it")
    let data = Option.data
    let minFree = Option.minFree
    var all: [any DeclaredOption] {
        [
            patterns, zone, identity, sidecar, members, settle, days, isFollowing, isCopying, data,
            minFree,
        ]
    }
}

/// The forms of files beside recordings.
enum SidecarForm: String, CaseIterable {
    case json
}
