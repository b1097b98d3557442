// ByteCountTests: amounts of bytes, as they are written and read.
import Records
import Testing

struct ByteCountTests {
    @Test(
        "Each way to write an amount",
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("500M", 524_288_000), ("5G", 5_368_709_120),
            ("5g", 5_368_709_120), ("5GiB", 5_368_709_120), ("1.5k", 1536),
            ("2T", 2_199_023_255_552), ("0.5G", 536_870_912), ("7P", 7_881_299_347_898_368),
        ] as [(String, Int)])
    func understood(_ text: String, _ bytes: Int) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(
        "What is no amount",
        arguments: [
            "", "G", "iB", "5GB", "5 G", "-1", "-1G", "1e9", "0x10", "nan", "inf", "5iB", "9999P",
            "1.2.3", "5X", "٣",
        ])
    func refused(_ text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test(
        "An amount is shown without showing more than there is",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (5_368_709_120, "5 GiB"),
            (5_368_709_119, "4.9 GiB"), (3_435_973_837, "3.2 GiB"), (3_435_973_836, "3.1 GiB"),
            (Int.max, "8192 PiB"),
        ] as [(Int, String)])
    func shown(_ bytes: Int, _ text: String) {
        #expect(ByteCount(bytes).description == text)
    }
}
