import Engine
import Testing

/// An address that a test is sure of.
func address(_ text: String) throws -> URL {
    try #require(URL(string: text))
}

extension JSONValue {
    /// The value of a JSON text; a test that misspells one compares with null.
    static func text(_ text: String) -> JSONValue {
        JSONValue(decoding: Data(text.utf8)) ?? .null
    }
}
