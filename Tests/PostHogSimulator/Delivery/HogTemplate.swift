import Engine

/// Strings in which `{…}` is code; the code here is a path such as `event.properties['a-b']`.
struct HogTemplate {
    private enum Piece {
        case text(String)
        case code(String)
    }

    let globals: JSONValue

    /// Renders every string in `value`, however deep.
    func render(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): render(text)
        case .array(let elements): .array(elements.map(render))
        case .object(let members): .object(members.mapValues(render))
        default: value
        }
    }

    /// A string that is code and nothing else becomes what the code gives, an object too.
    private func render(_ text: String) -> JSONValue {
        let pieces = (try? Self.parse(text)) ?? [.text(text)]
        if pieces.count == 1, case .code(let path) = pieces[0] { return look(path) }
        return .string(pieces.map(plain).joined())
    }

    private func plain(_ piece: Piece) -> String {
        switch piece {
        case .text(let text): return text
        case .code(let path):
            let value = look(path)
            if value == .null { return "null" }
            return value.scalarText ?? String(decoding: value.encoded(), as: UTF8.self)
        }
    }

    private func look(_ path: String) -> JSONValue {
        let steps = path.replacing("']", with: "").replacing("['", with: ".").split(separator: ".")
        return steps.reduce(globals) { value, step in
            value[step.trimmingWhitespace()] ?? .null
        }
    }

    // MARK: Parsing

    /// What the server says about the first string that does not compile.
    static func firstFault(in value: JSONValue) -> String? {
        switch value {
        case .string(let text):
            do {
                _ = try parse(text)
                return nil
            } catch {
                return error.reason
            }
        case .array(let elements): return elements.lazy.compactMap(firstFault).first
        case .object(let members):
            return members.sorted { $0.key < $1.key }.lazy.compactMap { firstFault(in: $0.value) }
                .first
        default: return nil
        }
    }

    private struct SyntaxError: Error {
        let reason: String
    }

    private static func parse(_ text: String) throws(SyntaxError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        var plain = ""
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.first, next == "{" || next == "}" {
                plain.append(next)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw SyntaxError(reason: "no closing }")
                }
                let code = rest[..<end].trimmingWhitespace()
                guard !code.isEmpty, !code.hasPrefix("{") else {
                    throw SyntaxError(reason: "'{\(code)' is not an expression")
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.code(code))
                rest = rest[end...].dropFirst()
            } else {
                plain.append(character)
            }
        }
        if !plain.isEmpty || pieces.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }
}
