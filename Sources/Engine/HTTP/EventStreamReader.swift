/// Takes a stream of server-sent events apart (WHATWG HTML §9.2.6), as far as hogsend writes them.
package struct EventStreamReader: Sendable {
    package struct Message: Sendable, Equatable {
        package let id: String?
        /// Nil where nothing but the place is said.
        package let data: Data?
    }

    /// A line that does not end by then is no event of ours.
    private static let longestLine = 16 << 20

    private var line: [UInt8] = []
    private var id: String?
    private var data: [UInt8]?

    package init() {}

    /// The messages that end within these bytes.
    package mutating func read(_ bytes: Data) -> [Message] {
        var messages: [Message] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.longestLine, byte != UInt8(ascii: "\r") { line.append(byte) }
                continue
            }
            if line.isEmpty {
                messages.append(Message(id: id, data: data.map { Data($0) }))
                data = nil
            } else {
                take(line)
                line = []
            }
        }
        return messages
    }

    private mutating func take(_ line: [UInt8]) {
        if let value = Self.value(of: "data", line) {
            data = data.map { $0 + [UInt8(ascii: "\n")] + value } ?? Array(value)
        } else if let value = Self.value(of: "id", line) {
            id = String(decoding: value, as: UTF8.self)
        }
    }

    private static func value(of name: String, _ line: [UInt8]) -> ArraySlice<UInt8>? {
        let prefix = Array("\(name):".utf8)
        guard line.starts(with: prefix) else { return nil }
        let value = line[prefix.count...]
        return value.first == UInt8(ascii: " ") ? value.dropFirst() : value
    }
}
