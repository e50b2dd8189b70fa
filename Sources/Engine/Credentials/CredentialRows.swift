/// Between rows and credentials: what is read is opened, what is written is sealed.
struct CredentialRows: Sendable {
    static let columns = "provider_id, kind, payload, created_at, updated_at"

    let sealer: CredentialSealer

    @Sendable func credential(_ row: SQLRow) -> StoredCredential? {
        guard let provider = row.text("provider_id").map(ProviderID.init(rawValue:)),
            let kind = row.text("kind").map(CredentialKind.init(rawValue:)),
            let payload = row.text("payload")
        else { return nil }
        let contents = Contents(payload, sealer, provider, kind)
        return StoredCredential(
            provider: provider, kind: kind, createdAt: row.text("created_at") ?? "",
            updatedAt: row.text("updated_at") ?? "", reading: contents.reading,
            format: contents.format, keyID: contents.keyID, payload: payload)
    }

    // MARK: Statements, each of which brings back the row that it wrote

    /// Brings back nothing when the row is there already.
    func insertion(
        _ provider: ProviderID, _ kind: CredentialKind, _ contents: JSONValue
    ) throws(DatabaseError) -> SQLStatement {
        SQLStatement(
            """
            INSERT INTO provider_credentials (id, \(Self.columns))
            VALUES ($1, $2, $3, $4, $5, $5)
            ON CONFLICT (provider_id, kind) DO NOTHING RETURNING \(Self.columns)
            """,
            .text(UUID().uuidString.lowercased()), .text(provider.rawValue), .text(kind.rawValue),
            .text(try seal(contents.encoded(), provider, kind, .envelope)),
            .text(Date().iso8601))
    }

    /// Brings back nothing when the row has changed since.
    func replacement(
        of stored: StoredCredential, by contents: JSONValue
    ) throws(DatabaseError) -> SQLStatement {
        let payload = try seal(
            contents.encoded(), stored.provider, stored.kind, stored.formatToKeep)
        return SQLStatement(
            """
            UPDATE provider_credentials SET payload = $1, updated_at = $2
            WHERE provider_id = $3 AND kind = $4 AND payload = $5 RETURNING \(Self.columns)
            """,
            .text(payload), .text(Date().iso8601), .text(stored.provider.rawValue),
            .text(stored.kind.rawValue), .text(stored.payload))
    }

    /// Nil for a row that cannot be opened; byte for byte, since a number may be none of ours.
    func rewrapping(of stored: StoredCredential) throws(DatabaseError) -> SQLStatement? {
        let (provider, kind) = (stored.provider, stored.kind)
        guard let opened = try? sealer.open(stored.payload, provider: provider, kind: kind) else {
            return nil
        }
        return SQLStatement(
            """
            UPDATE provider_credentials SET payload = $1
            WHERE provider_id = $2 AND kind = $3 AND payload = $4 RETURNING \(Self.columns)
            """,
            .text(try seal(opened.plaintext, provider, kind, .envelope)),
            .text(provider.rawValue), .text(kind.rawValue), .text(stored.payload))
    }

    private func seal(
        _ plaintext: Data, _ provider: ProviderID, _ kind: CredentialKind, _ format: SealedFormat
    ) throws(DatabaseError) -> String {
        do {
            return try sealer.seal(plaintext, provider: provider, kind: kind, as: format)
        } catch {
            throw .failed(reason: "the row could not be sealed: \(error.reason)")
        }
    }
}

/// What a row's text turned out to be.
private struct Contents {
    let reading: Result<JSONValue, SealedRowError>
    let format: SealedFormat?
    let keyID: String?

    init(
        _ payload: String, _ sealer: CredentialSealer, _ provider: ProviderID,
        _ kind: CredentialKind
    ) {
        do throws(SealedRowError) {
            let opened = try sealer.open(payload, provider: provider, kind: kind)
            reading =
                JSONValue(decoding: opened.plaintext).map { .success($0) } ?? .failure(.notJSON)
            (format, keyID) = (opened.format, opened.keyID)
        } catch {
            reading = .failure(error)
            switch error {
            case .unknownKey(let id): (format, keyID) = (.envelope, id)
            case .notAuthentic(let id): (format, keyID) = (id == nil ? .legacy : .envelope, id)
            case .malformed, .notJSON: (format, keyID) = (nil, nil)
            }
        }
    }
}
