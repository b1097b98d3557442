// Recorders: how known recorders name their files, and what they write beside them.

/// A program that records calls into a folder.
struct Recorder: Sendable {
    /// As `--pattern` names it.
    let name: String
    /// The forms of its names without their endings, the more particular ones first.
    let forms: [String]
    /// The members of the JSON file beside a recording.
    var members: [SidecarMap.Entry] = []

    static func named(_ name: String) -> Recorder? { all.first { $0.name == name } }

    /// Those that are known.
    static let all = [
        freepbx, issabel, asterisk, grandstream, vicidial, threeCX, miarec, ringcentral, bcr,
        trunkRecorder,
    ]

    // github.com/FreePBX/callrecording, functions.inc.php: CALLFILENAME is
    // ${ARG1}-${ARG2}-${FROMEXTEN}-${TIMESTR}-${UNIQUEID}. The unique id has the name of the system
    // before it where asterisk.conf sets one.
    private static let freepbx = Recorder(
        name: "freepbx",
        forms: [
            "{direction}-{to}-{from}-{start}-{uniqueid}",
            "{direction}-{to}-{from}-{start}-{any}-{uniqueid}",
        ])

    // The same, and what its predecessors wrote: OUT201-… for an extension, IN-5550100-… for a number,
    // q500-… for a queue, g600-… for a ring group, and the time alone.
    private static let issabel = Recorder(
        name: "issabel",
        forms: freepbx.forms + [
            "q{to}-{start}-{uniqueid}", "g{to}-{start}-{uniqueid}",
            "{direction}-{to}-{start}-{uniqueid}", "{direction}{extension}-{start}-{uniqueid}",
            "{start}-{uniqueid}",
        ])

    // MixMonitor(${UNIQUEID}.wav), Monitor's -in and -out, and features.conf's automon.
    private static let asterisk = Recorder(
        name: "asterisk",
        forms: [
            "{uniqueid}", "auto-{start}-{from}-{to}", "{start}-{uniqueid}", "{uniqueid}-{any}",
            "{any}-{uniqueid}",
        ])

    // Grandstream UCM, CDR and REC API guide: auto-1414771234-1000-1004.wav.
    private static let grandstream = Recorder(
        name: "grandstream", forms: ["auto-{start}-{from}-{to}"])

    // campaign_rec_filename FULLDATE_CUSTPHONE and its longer forms; -all, -in and -out are the
    // mix and its sides.
    private static let vicidial = Recorder(
        name: "vicidial",
        forms: [
            "{start}_{to}_{any}-{any}", "{start}_{to}-{any}", "{start}_{to}_{any}", "{start}_{to}",
            "{any}_{start}_{to}_{any}-{any}", "{any}_{start}_{to}-{any}",
            "{any}_{start}_{to}_{any}", "{any}_{start}_{to}",
        ])

    // [Zinhle Doe]_201-0114627554_20190219120918(380).wav; the caller stands first.
    private static let threeCX = Recorder(
        name: "3cx",
        forms: ["[{any}]_{from}-{to}_{start}({id})", "[]_{from}-{to}_{start}({id})"])

    // docs.miarec.com, "File name format": 20110203104522, and 20110203104522_2 for the second call
    // of that second.
    private static let miarec = Recorder(name: "miarec", forms: ["{start}"])

    // Recordings that were exported by hand:
    // 20251104-133555_302_(252)555-0186_Outgoing_Auto_2243071124051.mp3.
    private static let ringcentral = Recorder(
        name: "ringcentral",
        forms: [
            "{start}_{extension}_{phone}_{direction}_{any}_{id}",
            "{start}_{phone}_{direction}_{any}_{id}",
        ])

    // github.com/chenxiaolong/BCR, README.md: {date}[_{direction}|][_sim{sim_slot}|]
    // [_{phone_number}|][_[{contact_name}|{caller_name}|{call_log_name}]|], and its metadata file.
    private static let bcr = Recorder(
        name: "bcr",
        forms: ["{start}_{direction}_sim{any}", "{start}_{direction}", "{start}"].flatMap {
            ["\($0)_{phone}_{name}", "\($0)_{phone}", $0, "\($0)_{name}"]
        },
        members: [
            .init(.start, "timestamp_unix_ms"), .init(.start, "timestamp"),
            .init(.direction, "direction"), .init(.phone, "calls.0.phone_number"),
            .init(.name, "calls.0.contact_name"), .init(.name, "calls.0.caller_name"),
            .init(.name, "call_log_name"),
            .init(.duration, "output.recording.duration_secs_encoded"),
        ])

    // Trunk Recorder: 22102-1757705318_856187500.0-call_4.wav, a talkgroup, seconds since 1970 and
    // a frequency.
    private static let trunkRecorder = Recorder(
        name: "trunk-recorder", forms: ["{to}-{start}_{any}"],
        members: [
            .init(.start, "start_time"), .init(.duration, "call_length"), .init(.to, "talkgroup"),
            .init(.from, "srcList.0.src"),
        ])
}
