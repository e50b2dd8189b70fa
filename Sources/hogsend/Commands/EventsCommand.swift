import Engine

/// `hogsend events list`.
struct EventsListCommand: Command {
    private static let defaultLimit = 10
    private static let largestLimit = 500

    let usage = "events list"
    let summary = "list the newest events that providers delivered"
    let flags = [Flag("--limit", value: "N", "how many, 1 to 500 (10)")]

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let limit = arguments["--limit"].map { Int($0) ?? 0 } ?? Self.defaultLimit
        guard (1...Self.largestLimit).contains(limit) else {
            throw UsageError("'--limit' is not a number from 1 to \(Self.largestLimit)")
        }
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let page = try await instance.events(limit: limit)
        let events = page["events"]?.array ?? []
        context.console.document([
            "ok": true, "events": .array(events), "total": page["total"] ?? .null,
        ])
        guard !context.console.isJSON else { return ExitStatus.done }
        if events.isEmpty { context.console.line("no event has been delivered") }
        for event in events {
            let fields = ["occurredAt", "event", "userId"].map {
                event[$0]?.string?.sanitized() ?? ""
            }
            context.console.line(fields.joined(separator: "  "))
        }
        return ExitStatus.done
    }
}
