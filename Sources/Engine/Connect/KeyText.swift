/// A key file: the one value by itself, a JSON object, or lines of `name=value`.
///
/// What is wrong is told by line and declared name; a name that nobody declared may be half a key.
package struct KeyText: Sendable {
    private let fields: [KeyField]

    package init(fields: [KeyField]) { self.fields = fields }

    /// The values by name, which are not checked yet.
    package func values(in secret: Secret) throws(ConnectError) -> [String: String] {
        var text = secret.reveal()
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        text = text.trimmingWhitespace()
        if text.isEmpty { throw missing(fields.map(\.name)) }
        if text.hasPrefix("{") { return try complete(try members(text)) }
        if fields.count == 1, let only = fields.first, !isNamed(text) {
            return [only.name: text]
        }
        return try complete(try lines(text))
    }

    private func isNamed(_ text: String) -> Bool {
        fields.contains { text.utf8.starts(with: "\($0.name)=".utf8) } || text.hasPrefix("#")
    }

    private func members(_ text: String) throws(ConnectError) -> [String: String] {
        guard let members = JSONValue(decoding: Data(text.utf8))?.object else {
            throw invalid("the key file is no JSON object, although it begins like one")
        }
        var values: [String: String] = [:]
        for field in fields {
            guard let value = members[field.name], value != .null else { continue }
            guard let text = value.string else {
                throw invalid("'\(field.name)' in the key file is not a text")
            }
            values[field.name] = text
        }
        return values
    }

    private func lines(_ text: String) throws(ConnectError) -> [String: String] {
        var values: [String: String] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let line = line.trimmingWhitespace()
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2,
                let field = fields.first(where: { $0.name == parts[0].trimmingWhitespace() })
            else { throw invalid("line \(index + 1) of the key file is not one of \(forms)") }
            guard values[field.name] == nil else {
                throw invalid("'\(field.name)' stands twice in the key file")
            }
            values[field.name] = parts[1].trimmingWhitespace()
        }
        return values
    }

    private func complete(_ values: [String: String]) throws(ConnectError) -> [String: String] {
        let absent = fields.map(\.name).filter { values[$0]?.isEmpty ?? true }
        if absent.isEmpty { return values }
        throw missing(absent)
    }

    private var forms: String { fields.map { "'\($0.name)=…'" }.joined(separator: ", ") }

    private func missing(_ names: [String]) -> ConnectError {
        ConnectError(
            .keyMissing,
            "the key file lacks \(names.map { "'\($0)'" }.joined(separator: " and "))",
            hint: Self.hint(fields), isCredentialStored: false)
    }

    private func invalid(_ text: String) -> ConnectError {
        ConnectError(.keyInvalid, text, hint: Self.hint(fields), isCredentialStored: false)
    }

    /// How a file is to be written.
    static func hint(_ fields: [KeyField]) -> String {
        let names = fields.map { "\($0.name)=…" }
        return fields.count == 1
            ? "write the \(fields[0].label) alone into the file that --key-file names"
            : "write lines \(names.joined(separator: ", ")), or a JSON object with these names, into the file that --key-file names"
    }
}
