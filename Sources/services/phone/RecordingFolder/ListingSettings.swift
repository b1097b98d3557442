// ListingSettings: what to list of a folder, and how.
public import Zones

/// The settings of a listing.
public struct ListingSettings: Sendable {
    /// The reader of names; `nil` when nothing of them is read.
    public var names: NameForms?
    /// The reader of the files beside the recordings; `nil` when they are not read.
    public var sidecar: SidecarMap?
    /// The zone of the clock that the names are from.
    public var zone = Zone.utc
    /// `nil` when the names decide.
    public var identity: Identity?
    /// A file that was not written to for so many seconds is finished.
    public var settle = 60.0
    /// Only files that were written to in so many days.
    public var days: Int?
    /// True when audio is copied, and not linked to.
    public var copies = false
    /// True when nothing is written.
    public var isDryRun = false
    /// True when symbolic links stand for what they name.
    public var followsLinks = false

    /// The usual settings.
    public init() {}
}
