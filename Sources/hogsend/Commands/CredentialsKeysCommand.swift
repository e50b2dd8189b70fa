import Engine

/// `hogsend credentials keys`.
struct CredentialsKeysCommand: Command {
    let usage = "credentials keys"
    let summary = "count the rows that each key still holds (beside the instance)"

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let access = try StoreAccess(beside: arguments, context)
        let entries = try await access.withStore { try await $0.census().entries }
        context.console.document(["ok": true, "keys": .array(entries.map(Self.json))])
        if !context.console.isJSON {
            let table = TextTable(
                ["KEY", "FORMAT", "STANDING", "ROWS", "UNDECRYPTABLE"], entries.map(Self.row))
            context.console.line(table.description)
        }
        return ExitStatus.done
    }

    private static func row(_ entry: KeyCensus.Entry) -> [String] {
        [
            entry.keyID ?? TextTable.missing, entry.format?.rawValue ?? TextTable.missing,
            entry.standing.rawValue, String(entry.rows), String(entry.closed),
        ]
    }

    private static func json(_ entry: KeyCensus.Entry) -> JSONValue {
        [
            "keyId": entry.keyID.map { .string($0) } ?? .null,
            "format": entry.format.map { .string($0.rawValue) } ?? .null,
            "standing": .string(entry.standing.rawValue), "rows": .integer(Int64(entry.rows)),
            "undecryptable": .integer(Int64(entry.closed)),
        ]
    }
}

extension StoreAccess {
    /// Opens the database itself, since the keys never travel; so no other instance can be meant.
    init(beside arguments: Arguments, _ context: CommandContext) throws {
        for flag in ["--url", "--admin-key", "--admin-key-file"] where arguments.has(flag) {
            throw UsageError(
                "this command opens the database of the instance beside it; leave '\(flag)' out")
        }
        try self.init(context.environment)
    }
}
