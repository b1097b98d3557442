// Checkout: where the files of the project lie that tests read or start.
public import Foundation

/// The checkout that the tests were built from.
public enum Checkout {
    /// The folder with Package.swift.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The stand-ins for outside services: `Tests/fakes`.
    public static let fakes = root.appending(path: "Tests/fakes")
    /// The built programs, which lie where the test runner lies.
    public static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
}
