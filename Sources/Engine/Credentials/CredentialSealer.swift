/// Seals credentials with AES-256-GCM under keys derived from `BETTER_AUTH_SECRET`.
///
/// In the envelope, version, key id, provider and kind are additional data, so that a row moved to
/// another place does not open. The earlier format has none.
package struct CredentialSealer: Sendable {
    let current: SealingKey
    let all: [SealingKey]

    /// New rows are sealed under `secret`; rows of `previous` ones still open.
    package init(secret: Secret, previous: [Secret] = []) throws(OpenSSLError) {
        current = try SealingKey(secret)
        var all = [current]
        for secret in previous { all.append(try SealingKey(secret)) }
        self.all = all
    }

    package var currentKeyID: String { current.id }

    /// Newest first, each once, the current one left out.
    package var previousKeyIDs: [String] {
        all.map(\.id).reduce(into: []) { ids, id in
            if id != current.id, !ids.contains(id) { ids.append(id) }
        }
    }

    /// Seals under the current secret.
    package func seal(
        _ plaintext: Data, provider: ProviderID, kind: CredentialKind,
        as format: SealedFormat = .envelope
    ) throws(OpenSSLError) -> String {
        let text = Base64URL.encode(
            try AESGCM.seal(
                Array(plaintext), key: current.bytes(for: format),
                additionalData: Self.additionalData(format, current.id, provider, kind)))
        return switch format {
        case .envelope: "\(format.rawValue).\(current.id).\(text)"
        case .legacy: text
        }
    }

    /// Opens what `seal` made for this very row, in either format.
    package func open(
        _ text: String, provider: ProviderID, kind: CredentialKind
    ) throws(SealedRowError) -> OpenedRow {
        let row = try SealedRow(text)
        let keys = row.keyID.map { id in all.filter { $0.id == id } } ?? all
        if keys.isEmpty, let id = row.keyID { throw .unknownKey(id: id) }
        for key in keys {
            let data = Self.additionalData(row.format, key.id, provider, kind)
            let plaintext = try? AESGCM.open(
                row.sealed, key: key.bytes(for: row.format), additionalData: data)
            guard let plaintext else { continue }
            return OpenedRow(plaintext: Data(plaintext), format: row.format, keyID: key.id)
        }
        throw .notAuthentic(keyID: row.keyID)
    }

    private static func additionalData(
        _ format: SealedFormat, _ keyID: String, _ provider: ProviderID, _ kind: CredentialKind
    ) -> [UInt8] {
        switch format {
        case .envelope:
            Array("\(format.rawValue)|\(keyID)|\(provider.rawValue)|\(kind.rawValue)".utf8)
        case .legacy: []
        }
    }
}
