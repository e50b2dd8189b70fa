import Engine

/// A table that help shows below a command's flags.
struct HelpSection: Sendable, Equatable {
    let title: String
    let rows: [Row]

    struct Row: Sendable, Equatable {
        let name: String
        let text: String
    }

    /// Nil where there is nothing to show.
    init?(_ title: String, _ rows: [(String, String)]) {
        if rows.isEmpty { return nil }
        self.title = title
        self.rows = rows.map { Row(name: $0, text: $1) }
    }
}

/// What `--help` says.
struct HelpText {
    let verbs: [CommandTable.Verb]

    /// Of all commands, or of those that begin with `group` where there are any.
    func overview(of group: String?) -> String {
        let grouped = verbs.filter { $0.words.first == group }
        let rows = (grouped.isEmpty ? verbs : grouped).map {
            ($0.command.usage, $0.command.summary)
        }
        return "usage: hogsend <command> [flags]\n\ncommands:\n" + Self.table(rows)
            + "\n\nflags of every command:\n" + Self.table(Flag.globals.map(\.row))
    }

    static func help(for command: any Command) -> String {
        var text = "usage: hogsend \(command.usage) [flags]\n\n\(command.summary)\n"
        if !command.flags.isEmpty { text += "\nflags:\n" + table(command.flags.map(\.row)) + "\n" }
        for section in command.sections {
            text += "\n\(section.title):\n" + table(section.rows.map { ($0.name, $0.text) }) + "\n"
        }
        return text + "\nflags of every command:\n" + table(Flag.globals.map(\.row))
    }

    private static func table(_ rows: [(String, String)]) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { name, text in
            text.isEmpty
                ? "  " + name
                : "  " + name + String(repeating: " ", count: width - name.count) + text
        }.joined(separator: "\n")
    }
}

extension Flag {
    fileprivate var row: (String, String) {
        (
            ([alias, name].compactMap { $0 }.joined(separator: ", "))
                + (value.map { " \($0)" } ?? ""), help
        )
    }
}
