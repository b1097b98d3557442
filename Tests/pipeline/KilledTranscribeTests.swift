// KilledTranscribeTests: what is left of a transcribe that was killed, and by whom it goes.
import Foundation
import Testing

@Suite struct KilledTranscribeTests {
    @Test("killed, it takes its program along, and the next run removes its sound")
    func killed() throws {
        let place = try Workplace()
        place["TMPDIR"] = "\(place.path)/tmp"
        place["PLACE"] = place.path
        // The program says where the sound lies and waits for ever, but for the second time.
        let program = """
            #!/bin/bash
            [ -e "$PLACE/second" ] && { echo heard; exit; }
            echo $$ "$1" >"$PLACE/new"; mv "$PLACE/new" "$PLACE/running"
            exec sleep 600
            """
        try Data(program.utf8).write(to: URL(filePath: "\(place.path)/program"))
        let outcome = try place.run(
            """
            sed -i "s|\\$PLACE|$PLACE|g" program; chmod +x program; mkdir -p data/audio tmp
            ffmpeg -nostdin -v error -f lavfi -i sine=400:duration=3 -ar 8000 data/audio/tone.wav
            jq -nc --arg sha $(sha256sum data/audio/tone.wav | cut -d' ' -f1) \
                --argjson bytes $(stat -c %s data/audio/tone.wav) '{id: "t:1",
                start: "2024-01-15T14:03:11Z", audio: {path: "audio/tone.wav", bytes: $bytes,
                sha256: $sha, type: "audio/wav"}}' >record
            transcribe --command "$PWD/program {wav}" <record >/dev/null & tool=$!
            until read number sound 2>/dev/null <running; do :; done
            test -s "$sound" && echo sound
            kill -9 $tool; wait $tool 2>/dev/null
            while kill -0 $number 2>/dev/null; do :; done
            test -s "$sound" && echo left
            touch second
            transcribe --command "$PWD/program {wav}" <record | jq -r .transcript.text
            find tmp -type f | wc -l
            """)
        #expect(outcome.output == "sound\nleft\nheard\n0\n", "\(outcome.errors)")
    }
}
