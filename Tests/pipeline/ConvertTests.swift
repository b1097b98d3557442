// ConvertTests: transcript-convert as a process, and its captions before validators of others.
import Foundation
import Testing

@Suite struct ConvertTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        let captions = """
            1
            00:00:01,000 --> 00:00:03,500
            Agent: Good morning, R&D <desk>.

            2
            00:00:03,000 --> 00:00:05,250
            Customer: Hello. 2266 --> yes

            3
            01:00:06,000 --> 01:00:07,000
            So.

            """
        try Data(captions.utf8).write(to: URL(filePath: "\(place.path)/call.srt"))
    }

    @Test("WebVTT and SRT are what validators of others expect, from every beginning")
    func validators() throws {
        let check = """
            import sys, srt, webvtt
            def clock(t): h, m, s = t.split(':'); return int(h) * 3600 + int(m) * 60 + float(s)
            cues = list(webvtt.read(sys.argv[1]))
            subs = list(srt.parse(open(sys.argv[2], encoding='utf-8').read(), ignore_errors=False))
            assert len(cues) == len(subs) == int(sys.argv[3]), (len(cues), len(subs))
            before = 0
            for number, (cue, sub) in enumerate(zip(cues, subs), 1):
                start, end = clock(cue.start), clock(cue.end)
                assert before <= start < end, (before, start, end)
                assert abs(sub.start.total_seconds() - start) < 0.0005
                assert abs(sub.end.total_seconds() - end) < 0.0005
                assert sub.index == number
                before = start
            assert srt.compose(subs).strip() == open(sys.argv[2], encoding='utf-8').read().strip()
            print([cue.text for cue in cues])
            """
        try Data(check.utf8).write(to: URL(filePath: "\(place.path)/check.py"))
        for format in ["json", "vtt", "whisperx", "openai", "deepgram", "vcon", "whisper.cpp"] {
            let outcome = try place.run(
                """
                transcript-convert --to \(format) <call.srt >there &&
                transcript-convert --to vtt <there >a.vtt && transcript-convert --to srt <there >a.srt &&
                /usr/bin/python3 -B check.py a.vtt a.srt 3
                """)
            #expect(outcome.status == 0, "\(format): \(outcome.errors)")
            #expect(outcome.output.contains("R&amp;D &lt;desk&gt;."), "\(format)")
        }
    }

    @Test("a bad file of many is told with its cause, and the others are converted")
    func many() throws {
        let outcome = try place.run(
            """
            echo '{"a":1}' >bad.json; cp call.srt other.srt
            transcript-convert --to vtt -o out call.srt bad.json gone.srt other.srt; echo $?; ls out
            """)
        #expect(outcome.output == "1\ncall.vtt\nother.vtt\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("unable to read bad.json: it is no transcript in any of"))
        #expect(outcome.errors.contains("unable to open gone.srt: "))
        let again = try place.run(
            "echo mine >out/call.vtt; transcript-convert --to vtt -o out call.srt; cat out/call.vtt"
        )
        #expect(again.output == "mine\n")
        #expect(again.errors.contains("a file of that name is there"))
        let forced = try place.run(
            "transcript-convert --force --to vtt -o out call.srt && head -1 out/call.vtt")
        #expect(forced.output == "WEBVTT\n")
        #expect(try place.run("transcript-convert --to vtt call.srt other.srt").status == 64)
        #expect(try place.run("transcript-convert call.srt").status == 64)
        let lines = try place.run("transcript-convert --to json call.srt other.srt | jq -r .id")
        #expect(lines.output == "call\nother\n")
    }

    @Test("records become vCons with both parties, and with the recording where it has an address")
    func records() throws {
        let outcome = try place.run(
            """
            mkdir -p data/audio && printf sound >data/audio/1.mp3
            sum=$(sha256sum data/audio/1.mp3 | cut -d' ' -f1)
            for uri in https://media.example.org/1 ftp://x/1; do
            jq -nc --arg sum "$sum" --arg uri "$uri" '{id:"rc:1",start:"2024-01-15T14:03:11.120Z",
                direction:"inbound",from:{phone:"+16505550100",name:null},to:{phone:null,name:"Desk"},
                recording:{id:"1",uri:$uri},
                audio:{path:"audio/1.mp3",bytes:5,sha256:$sum,type:"audio/mpeg",seconds:9,channels:2},
                transcript:{path:"transcripts/1.json",text:"Hi.\\nYes.",engine:"whisper.cpp",model:"m",
                    segments:[{start:1,end:2,channel:0,speaker:"agent",text:"Hi."},
                        {start:3,end:4,channel:1,speaker:"customer",text:"Yes."}]}}'
            done >records; echo '{"id":"rc:2"}' >>records
            transcript-convert --records --to vcon <records
            """)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("unable to convert rc:2: it has no transcript"))
        #expect(outcome.errors.contains("rc:1: the recording is left out: it has no https address"))
        let made = outcome.records
        #expect(made.count == 2)
        let dialogs = made.compactMap { $0["dialog"] as? [[String: Any]] }
        #expect(dialogs.map(\.count) == [1, 0])
        let hash = try place.run(
            "openssl dgst -sha512 -binary data/audio/1.mp3 | basenc --base64url -w0 | tr -d =")
        #expect(dialogs[0].first?["content_hash"] as? String == "sha512-\(hash.output)")
        #expect(dialogs[0].first?["parties"] as? [Int] == [1, 0])
        let parties = made.first?["parties"] as? [[String: String]]
        #expect(parties == [["tel": "+16505550100", "name": "customer"], ["name": "Desk"]])
        #expect(made.first?["vcon"] == nil && made.first?["created_at"] is String)
        let back = try place.run(
            """
            transcript-convert --records --to vcon <records 2>/dev/null | head -1 >v
            transcript-convert --to txt <v; jq '.critical = ["cc"]' v | transcript-convert --to txt
            """)
        #expect(back.output == "Agent: Hi.\nCustomer: Yes.\n")
        #expect(back.status == 1 && back.errors.contains("the extension \"cc\""))
        let files = try place.run(
            "transcript-convert --records --to md -o pages <records; cat pages/rc-1.md")
        #expect(files.output.hasPrefix("# Transcript of rc:1\n\nwhisper.cpp m, 00:00:09\n"))
    }

    @Test("many captions are converted in 64 MiB, of which one needs no more than another")
    func large() throws {
        let outcome = try place.run(
            """
            python3 -c '
            for n in range(100000):
                s = n * 2
                t = "%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60)
                print("%d\\n%s,000 --> %s,900\\nAgent: These are some words.\\n" % (n + 1, t, t))
            ' >large.srt
            for format in vtt txt; do
                (ulimit -v 1000000; exec /usr/bin/env time -f %M -o peak \
                    transcript-convert --to $format <large.srt >large.$format) || exit 1
                [ $(cat peak) -le 65536 ] || { echo "$format took $(cat peak) KiB"; exit 1; }
            done
            grep -c -e '-->' large.vtt
            """)
        #expect(outcome.output == "100000\n", "\(outcome.output)\(outcome.errors)")
    }
}
