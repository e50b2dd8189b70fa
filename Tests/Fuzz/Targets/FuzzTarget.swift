import Engine

/// A place where a stranger's text comes in, with what must hold whatever it says.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case answers
    case callback
    case credentials
    case deliveries
    case dotenv
    case queries

    /// Throws a ``BrokenProperty`` for an input that shows one.
    package func run(_ input: [UInt8]) async throws {
        switch self {
        case .answers: try AnswerTarget.run(input)
        case .callback: try await CallbackTarget.run(input)
        case .credentials: try CredentialTarget.run(input)
        case .deliveries: try await DeliveryTarget.run(input)
        case .dotenv: try DotEnvTarget.run(input)
        case .queries: try await QueryTarget.run(input)
        }
    }
}

/// What does not hold, in words.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String
}

/// Throws unless `holds`.
func require(
    _ holds: Bool, _ property: @autoclosure () -> String
) throws(BrokenProperty) {
    guard holds else { throw BrokenProperty(description: "not so: \(property())") }
}

/// The value, which must be there.
func require<Value>(
    _ value: Value?, _ property: @autoclosure () -> String
) throws(BrokenProperty) -> Value {
    guard let value else { throw BrokenProperty(description: "not so: \(property())") }
    return value
}

extension String {
    /// Byte for byte; `==` takes canonical equivalents for equal.
    func isSame(as other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
