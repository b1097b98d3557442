// MadeUpSchema: a version after this program's, to test how an older file is brought up to date.
package import CheckpointSchema

extension Schema {
    /// This program's schema and one made-up step, which reads and changes rows.
    package static let madeUp = Schema(
        steps: Schema.current.steps + [
            """
            CREATE TABLE made_up(call INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;
            INSERT INTO made_up SELECT number, id FROM calls;
            UPDATE calls SET batch = 'made up';
            """
        ])
}
