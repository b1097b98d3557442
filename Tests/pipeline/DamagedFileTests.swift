// DamagedFileTests: a file that was damaged on the disk is repaired by the next ordinary run.
import Foundation
import Testing

@Suite struct DamagedFileTests {
    /// The ordinary pipeline as a function, with a place for mischief behind each mark.
    private static let pipeline = """
        ordinary() {
            rc-list --days 30 --limit 2 | state-todo upload | rc-fetch | state-mark fetch |
                ${after_fetch:-cat} | transcribe --quiet | state-mark transcribe |
                ${after_transcribe:-cat} | drive-reserve | state-mark reserve |
                drive-upload | state-mark upload >/dev/null
        }
        # Does something to the file of each record that passes.
        harm() {
            while read -r line; do
                file="data/$(jq -r "$member.path" <<<"$line")"
                case $harm in
                missing) rm "$file" ;;
                cut) truncate -s -7 "$file" ;;
                changed) printf XXXX | dd of="$file" bs=1 seek=40 conv=notrunc status=none ;;
                esac
                printf '%s\\n' "$line"
            done
        }

        """

    private func scene() throws -> (place: Workplace, calls: Fake, drive: Fake) {
        let place = try Workplace()
        let calls = try place.startRingCentral("--heavy-limit", "1000")
        let drive = try place.startDrive()
        try place.startEngine()
        return (place, calls, drive)
    }

    @Test("A worker of one stage finds the damage, and workers of each stage repair it")
    func workers() throws {
        let (place, calls, _) = try scene()
        let outcome = try place.run(
            """
            rc-list --days 30 --limit 2 | state-todo fetch | rc-fetch | state-mark fetch >fetched
            truncate -s -7 "data/$(sed -n 1p fetched | jq -r .audio.path)"
            state-next transcribe | transcribe --quiet | state-mark transcribe >heard; echo $?
            state-next fetch --expiring | rc-fetch | state-mark fetch >again
            state-next transcribe | transcribe --quiet | state-mark transcribe >more; echo $?
            wc -l <again; state-show --stage transcribe --status completed | wc -l
            """)
        #expect(outcome.output == "1\n0\n1\n2\n", "\(outcome.errors)")
        #expect(try calls.operations("content") == 3)
    }

    @Test(
        "Audio or a transcript that is missing, cut off or changed between two stages",
        arguments: [
            ("after_fetch", ".audio"), ("after_transcribe", ".audio"),
            ("after_transcribe", ".transcript"),
        ], ["missing", "cut", "changed"])
    func betweenStages(_ place: (after: String, member: String), _ harm: String) throws {
        let (after, member) = place
        let (place, calls, drive) = try scene()
        let first = try place.run(
            "\(Self.pipeline) member=\(member) harm=\(harm) \(after)=harm; ordinary")
        #expect(first.status == 1, "\(first.errors)")
        #expect(first.errors.contains("is to be done again"), "\(first.errors)")
        let stage = member == ".audio" ? "fetch" : "transcribe"
        #expect(
            try place.run("state-show --stage \(stage) --status pending").records.count == 2)

        let second = try place.run("\(Self.pipeline) ordinary")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try calls.operations("content") == (member == ".audio" ? 4 : 2))
        let proof = try place.run(
            """
            state-summary --by stage,status | jq -r '"\\(.stage) \\(.status) \\(.count)"'
            state-show --manifest | jq -r 'select(.destination == "disk") | "\\(.sha256)  \\(.path)"' |
                (cd data && sha256sum --quiet --check -) && state-check --quick >/dev/null
            """)
        #expect(
            proof.output == """
                fetch completed 2
                transcribe completed 2
                reserve completed 2
                upload completed 2

                """, "\(proof.errors)")
        #expect(try drive.files().filter { $0["md5Checksum"] != nil }.count >= 4)
        let third = try place.run("\(Self.pipeline) ordinary")
        #expect(third.errors.contains("2 done"), "\(third.errors)")
    }
}
