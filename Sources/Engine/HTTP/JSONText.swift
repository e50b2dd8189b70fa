/// A JSON text with every digit as it was written, on one line, at any depth.
///
/// ``JSONValue`` holds no number that is none of Swift's, and nothing that is nested very deeply. What
/// is only handed on is not decoded.
package struct JSONText: Sendable, Equatable {
    private let bytes: ArraySlice<UInt8>

    /// Checks a whole text (RFC 8259) and drops the space between its tokens; nil when it is none.
    package init?(_ text: Data) {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        var check = JSONTextCheck([UInt8](text))
        guard check.passes() else { return nil }
        bytes = check.output[...]
    }

    private init(_ part: ArraySlice<UInt8>) { bytes = part }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text that it stands for, when it is a string.
    package var string: String? { value?.string }

    /// The number, when it is an integer of 64 bits.
    package var integer: Int64? { value?.integer }

    private var value: JSONValue? { JSONValue(decoding: Data(bytes)) }

    /// The elements, when it is an array.
    package var elements: [JSONText]? {
        bytes.first == UInt8(ascii: "[") ? parts().map { JSONText($0) } : nil
    }

    /// The members, when it is an object; of two with one name, the last.
    package var members: [String: JSONText]? {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        var members: [String: JSONText] = [:]
        for part in parts() {
            let end = JSONTextCheck.endOfString(at: part.startIndex, part)
            guard let name = JSONText(part[..<end]).string else { continue }
            members[name] = JSONText(part[end...].dropFirst())
        }
        return members
    }

    /// What stands between the outermost brackets and commas.
    private func parts() -> [ArraySlice<UInt8>] {
        let inner = bytes.dropFirst().dropLast()
        var parts: [ArraySlice<UInt8>] = []
        var (start, place, depth) = (inner.startIndex, inner.startIndex, 0)
        while place < inner.endIndex {
            switch inner[place] {
            case UInt8(ascii: "\""):
                place = JSONTextCheck.endOfString(at: place, inner)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(inner[start..<place])
                start = place + 1
            default: break
            }
            place += 1
        }
        return inner.isEmpty ? [] : parts + [inner[start...]]
    }
}
