/// Goes through a JSON text token by token, without recursion: it may be nested as deeply as it is
/// long.
struct JSONTextCheck {
    private enum Expected { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd }

    /// The text so far, without the space between tokens.
    private(set) var output: [UInt8] = []
    private let bytes: [UInt8]
    private var place = 0
    private var open: [UInt8] = []
    private var expected = Expected.value

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    mutating func passes() -> Bool {
        while place < bytes.count {
            if Self.space.contains(bytes[place]) {
                place += 1
            } else if !takeToken() {
                return false
            }
        }
        return open.isEmpty && expected == .commaOrEnd
    }

    private static let space = Array(" \t\r\n".utf8)

    private mutating func takeToken() -> Bool {
        let byte = bytes[place]
        switch (Unicode.Scalar(byte), expected) {
        case ("{", .value), ("{", .valueOrEnd): return begin(byte, .nameOrEnd)
        case ("[", .value), ("[", .valueOrEnd): return begin(byte, .valueOrEnd)
        case ("}", .nameOrEnd), ("}", .commaOrEnd): return end("{")
        case ("]", .valueOrEnd), ("]", .commaOrEnd): return end("[")
        case (":", .colon): return take(1, then: .value)
        case (",", .commaOrEnd):
            guard let last = open.last else { return false }
            return take(1, then: last == UInt8(ascii: "{") ? .name : .value)
        case ("\"", .name), ("\"", .nameOrEnd): return takeString(then: .colon)
        case ("\"", .value), ("\"", .valueOrEnd): return takeString(then: .commaOrEnd)
        case (_, .value), (_, .valueOrEnd): return takeScalar()
        default: return false
        }
    }

    private mutating func begin(_ bracket: UInt8, _ next: Expected) -> Bool {
        open.append(bracket)
        return take(1, then: next)
    }

    private mutating func end(_ bracket: Unicode.Scalar) -> Bool {
        guard open.popLast() == UInt8(ascii: bracket) else { return false }
        return take(1, then: .commaOrEnd)
    }

    private mutating func take(_ count: Int, then next: Expected) -> Bool {
        output += bytes[place..<(place + count)]
        place += count
        expected = next
        return true
    }

    // MARK: Strings

    /// The index after the closing quote of the string that begins there, or the end of the text.
    static func endOfString(at start: Int, _ bytes: ArraySlice<UInt8>) -> Int {
        var place = start + 1
        while place < bytes.endIndex {
            if bytes[place] == UInt8(ascii: "\"") { return place + 1 }
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return bytes.endIndex
    }

    private mutating func takeString(then next: Expected) -> Bool {
        let string = bytes[place..<Self.endOfString(at: place, bytes[...])]
        guard Self.isString(string) else { return false }
        return take(string.count, then: next)
    }

    private static func isString(_ string: ArraySlice<UInt8>) -> Bool {
        guard string.count > 1, string.last == UInt8(ascii: "\"") else { return false }
        var rest = string.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte >= 0x20 else { return false }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let escape = rest.popFirst(), escapes.contains(escape) else { return false }
            guard escape == UInt8(ascii: "u") else { continue }
            guard rest.count >= 4, rest.prefix(4).allSatisfy(isHexDigit) else { return false }
            rest = rest.dropFirst(4)
        }
        return true
    }

    private static let escapes = Array(#""\/bfnrtu"#.utf8)

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    // MARK: Numbers and literals

    private mutating func takeScalar() -> Bool {
        let scalar = bytes[place...].prefix { !Self.ends.contains($0) }
        guard Self.literals.contains(Array(scalar)) || Self.isNumber(scalar) else { return false }
        return take(scalar.count, then: .commaOrEnd)
    }

    private static let ends = Array(",]} \t\r\n".utf8)
    private static let literals = ["true", "false", "null"].map { Array($0.utf8) }

    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = digits(&rest)
        guard whole.count == 1 || whole.count > 1 && whole.first != UInt8(ascii: "0") else {
            return false
        }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard !digits(&rest).isEmpty else { return false }
        }
        guard let mark = rest.popFirst() else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest.removeFirst()
        }
        return !digits(&rest).isEmpty && rest.isEmpty
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }
}
