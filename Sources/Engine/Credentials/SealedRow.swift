/// The two ways in which a row's text is written.
package enum SealedFormat: String, Sendable {
    /// `hs1.<key id>.<base64url of nonce ‖ ciphertext ‖ tag>`, bound to its row.
    case envelope = "hs1"
    /// The earlier implementation's: base64url of nonce ‖ ciphertext ‖ tag, and nothing else.
    case legacy
}

/// What a row held, and what opened it.
package struct OpenedRow: Sendable, Equatable {
    package let plaintext: Data
    package let format: SealedFormat
    package let keyID: String
}

/// A row's text taken apart, before any key is tried.
struct SealedRow {
    static let keyIDLength = 6

    let format: SealedFormat
    /// Nil in the earlier format, in which a row does not say its key.
    let keyID: String?
    let sealed: [UInt8]

    /// By bytes: to Swift, a dot with an accent on it is no dot.
    init(_ text: String) throws(SealedRowError) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        switch parts.count {
        case 1: (format, keyID) = (.legacy, nil)
        case 3: (format, keyID) = (.envelope, try Self.keyID(parts[0], parts[1]))
        default: throw .malformed
        }
        guard let sealed = Base64URL.decode(Substring(parts[parts.count - 1])),
            sealed.count >= AESGCM.nonceLength + AESGCM.tagLength
        else { throw .malformed }
        self.sealed = sealed
    }

    private static func keyID(
        _ version: Substring.UTF8View, _ id: Substring.UTF8View
    ) throws(SealedRowError) -> String {
        guard version.elementsEqual(SealedFormat.envelope.rawValue.utf8),
            Base64URL.decode(Substring(id))?.count == keyIDLength
        else { throw .malformed }
        return String(Substring(id))
    }
}

/// Why a row does not open.
package enum SealedRowError: Error, Hashable {
    /// No secret of this instance makes the key that the row names.
    case unknownKey(id: String)
    /// The row was altered, or belongs elsewhere. Without a key's id the row is of the earlier
    /// format, in which that cannot be told from a secret that is missing.
    case notAuthentic(keyID: String?)
    /// The text is of neither format.
    case malformed
    /// It opened, and what it holds is no JSON.
    case notJSON
}

extension SealedRowError: ActionableError {
    package var code: String {
        switch self {
        case .unknownKey: "row_key_unknown"
        case .notAuthentic: "row_not_authentic"
        case .malformed: "row_malformed"
        case .notJSON: "row_not_json"
        }
    }

    package var description: String {
        switch self {
        case .unknownKey(let id):
            "it is sealed with the key '\(id)', which no secret of this instance makes"
        case .notAuthentic(let id?):
            "it was altered or belongs to another row: the key '\(id)' does not open it"
        case .notAuthentic(nil):
            "it is in the earlier format, and no secret of this instance opens it"
        case .malformed: "it is written in no format that this build knows"
        case .notJSON: "what it holds is no JSON"
        }
    }

    package var hint: String? {
        switch self {
        case .unknownKey(let id):
            "put the secret that makes the key '\(id)' in BETTER_AUTH_SECRET_PREVIOUS, or delete the credential and connect again"
        case .notAuthentic(nil):
            "put the earlier BETTER_AUTH_SECRET in BETTER_AUTH_SECRET_PREVIOUS, or delete the credential and connect again"
        case .notAuthentic, .malformed, .notJSON: "delete the credential and connect again"
        }
    }
}
