import Engine

/// `hogsend events list`.
struct EventsListCommand: Command {
    private static let defaultLimit = 10
    private static let largestLimit = 500

    let usage = "events list"
    let summary = "list the newest events that providers delivered"
    let flags =
        [Flag("--limit", value: "N", "how many, 1 to 500 (10)")] + EventSelection.flags
        + EventSelection.times

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let limit = arguments["--limit"].map { Int($0) ?? 0 } ?? Self.defaultLimit
        guard (1...Self.largestLimit).contains(limit) else {
            throw UsageError("'--limit' is not a number from 1 to \(Self.largestLimit)")
        }
        let selection = try EventSelection(arguments)
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let page = try await instance.events(
            [("limit", "\(limit)")] + selection.query)
        context.console.document(text: Self.document(page))
        guard !context.console.isJSON else { return ExitStatus.done }
        if page.events.isEmpty { context.console.line(selection.nothing) }
        for event in page.events { context.console.line(EventSelection.line(event)) }
        return ExitStatus.done
    }

    /// The events as they are stored, digits and all.
    private static func document(_ page: InstanceClient.EventPage) -> String {
        let events = page.events.map(\.text).joined(separator: ",")
        return
            #"{"events":[\#(events)],"ok":true,"total":\#(page.total.map { "\($0)" } ?? "null")}"#
    }
}

/// Which events are meant, by flags that several commands take.
struct EventSelection {
    static let flags = [
        Flag("--event", value: "NAME", "only events of this name"),
        Flag("--user", value: "ID", "only events of this user"),
        Flag("--provider", value: "ID", "only events of this provider"),
    ]
    static let times = [
        Flag("--since", value: "TIME", "only what happened then or later: 2026-01-02T03:04:05Z"),
        Flag("--until", value: "TIME", "only what happened before"),
    ]

    let query: [(String, String)]

    init(_ arguments: Arguments) throws(UsageError) {
        var query: [(String, String)] = []
        for (flag, name) in [
            ("--event", "event"), ("--user", "userId"), ("--provider", "provider"),
            ("--since", "since"), ("--until", "until"),
        ] {
            guard let value = arguments[flag] else { continue }
            let isTime = ["--since", "--until"].contains(flag)
            guard !isTime || Date(iso8601: value) != nil else {
                throw UsageError("'\(flag)' is not a time such as 2026-01-02T03:04:05Z")
            }
            query.append((name, value))
        }
        self.query = query
    }

    /// What is said when there is none.
    var nothing: String {
        query.isEmpty ? "no event has been delivered" : "no event is like that"
    }

    /// An event as one line for people.
    static func line(_ event: JSONText) -> String {
        let members = event.members ?? [:]
        return ["occurredAt", "event", "userId"].map { members[$0]?.string?.sanitized() ?? "?" }
            .joined(separator: "  ")
    }
}
