// Story: all that is known of one recording.
import Records

/// What `state-show --why` tells.
public final class Story {
    static func unknown(_ id: String) -> Failure {
        Failure(
            .item, .notFound, "show recording \(id): the checkpoint has none of that id",
            remedy: "state-show --latest 20 --fields id shows some that it has")
    }
}
