/// A text that never shows itself: not printed, not encoded, not reflected.
///
/// `reveal()` is called only where the text leaves the process, so that a search for that word is
/// the audit.
public struct Secret: Sendable, Equatable {
    private let text: String

    /// Keeps `text` from now on out of prints, dumps and failed expectations.
    public init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the place where it leaves the process.
    public func reveal() -> String {
        text
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { text.isEmpty }

    /// The bytes of its text, as a key.
    var bytes: [UInt8] { Array(text.utf8) }

    /// Compares in constant time, so that a near miss takes as long as a far one.
    public static func == (left: Secret, right: Secret) -> Bool {
        ConstantTime.equal(left.text, right.text)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The word `[redacted]`.
    public var description: String { "[redacted]" }
    /// The word `[redacted]`.
    public var debugDescription: String { "[redacted]" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
