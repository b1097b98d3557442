// AccountTests: the settings.
import Foundation
import Records
import TestSupport
import Testing

@testable import GoogleDrive

@Suite struct AccountTests {
    private let place = TemporaryDirectory()

    @Test("the defaults are Google's address, the narrow scope and three writes a second")
    func defaults() throws {
        let account = try Account(place.environment(["GOOGLE_API_URL": ""]))
        #expect(account.address == "https://www.googleapis.com")
        #expect(account.scope == "https://www.googleapis.com/auth/drive.file")
        #expect(account.writesPerSecond == 3)
        #expect(!account.isDelegated)
    }

    @Test(
        "a scope is a word or an address",
        arguments: [
            ("drive", "https://www.googleapis.com/auth/drive"),
            (
                "drive.file, drive",
                "https://www.googleapis.com/auth/drive.file https://www.googleapis.com/auth/drive"
            ),
            ("https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/drive"),
        ])
    func scope(_ text: String, _ scope: String) {
        #expect(Account.scope(text) == scope)
    }

    @Test(
        "a setting that cannot be used is named",
        arguments: [
            ("GOOGLE_DRIVE_FOLDER_ID", "https://drive.google.com/drive/folders/1x"),
            ("GOOGLE_DRIVE_FOLDER_ID", ""), ("GOOGLE_SERVICE_ACCOUNT_FILE", ""),
            ("GOOGLE_SERVICE_ACCOUNT_FILE", "/nonexistent"),
            ("GOOGLE_WRITES_PER_SECOND", "0"), ("GOOGLE_WRITES_PER_SECOND", "many"),
        ])
    func unusable(_ name: String, _ value: String) throws {
        let environment = try place.environment([name: value])
        let failure = #expect(throws: Failure.self) { try Account(environment) }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .configuration)
        #expect(failure?.description.contains(name) == true)
    }
}
