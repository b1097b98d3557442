// call-link: add who called, and what was booked around the call.
//
// {"from":{"phone"},"start","duration"}  ->  the same record plus "link":{"customers","bookings"}
import Filter
import Links
import Records

let tool = Tool(
    "call-link", "add the customers and bookings of each call", stage: "link",
    examples: [
        "rc-list --days 1 | call-link --customers guests.csv | jq -c .link",
        "call-link --bookings bookings.csv --tz Europe/Berlin --window 2h <calls.ndjson",
    ],
    options: ToolOptions())

await tool.filter { options in
    let link = try CallLink(options)
    let (setsPrompt, isDryRun) = (options.prompt, options.isDryRun)
    return { record in
        let (found, names) = try link.find(record)
        if isDryRun { return }
        record.set("link", found)
        if setsPrompt { try record.addPrompt(names) }
    }
}
