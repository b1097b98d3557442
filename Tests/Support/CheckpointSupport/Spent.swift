// Spent: transcripts that say what they cost.

/// A transcript that says how it came about.
package func made(
    _ engine: String = "deepgram", _ model: String? = "nova-3",
    at: String? = "2026-11-20T06:40:00Z",
    _ amounts: String = #""seconds":360,"wall":36,"cost":0.25"#
) -> String {
    let model = model.map { #","model":"\#($0)""# } ?? ""
    let time = at.map { (amounts.isEmpty ? "" : ",") + #""at":"\#($0)""# } ?? ""
    return #""transcript":{"path":"t/1.json","text":"a \"provenance\" b","engine":"\#(engine)""#
        + #"\#(model),"provenance":{\#(amounts)\#(time)}}"#
}
