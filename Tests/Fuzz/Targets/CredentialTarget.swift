import Engine

/// Sealed rows, and the grants in them.
enum CredentialTarget {
    private static let sealer = sealer("fuzz-auth-secret-0123456789abcdef", ["an earlier secret"])
    private static let stranger = sealer("another-auth-secret-0123456789abc", [])
    private static let fieldNames: Set = ["scopedTeams", "scopedOrganizations"]

    private static func sealer(_ secret: String, _ previous: [String]) -> CredentialSealer? {
        try? CredentialSealer(secret: Secret(secret), previous: previous.map { Secret($0) })
    }

    static func run(_ input: [UInt8]) throws {
        let sealer = try require(sealer, "there is a sealer")
        try opening(String(decoding: input, as: UTF8.self), sealer)
        try sealing(input, sealer)
        if let json = JSONValue(decoding: Data(input)) { try reading(json, sealer) }
    }

    /// A text that opens is one that this instance sealed, for this place and in one spelling.
    private static func opening(_ text: String, _ sealer: CredentialSealer) throws {
        guard let plaintext = opened(text, sealer) else { return }
        try onlyOpensInItsPlace(text, sealer)
        for position in 0..<min(text.utf8.count, 120) {
            try require(
                opened(altered(text, position), sealer) == nil,
                "an envelope with another byte \(position) stays shut")
        }
        if let json = JSONValue(decoding: plaintext) { try reading(json, sealer) }
    }

    private static func sealing(_ plaintext: [UInt8], _ sealer: CredentialSealer) throws {
        let text = try sealer.seal(Data(plaintext), provider: "posthog", kind: .oauth)
        try require(
            opened(text, sealer) == Data(plaintext),
            "what was sealed opens to the same bytes")
        try onlyOpensInItsPlace(text, sealer)
        let position = plaintext.reduce(plaintext.count) { $0 &* 31 &+ Int($1) }
        let other = altered(text, Int(position.magnitude % UInt(text.utf8.count)))
        for broken in [other, String(text.dropLast()), text + "A", text + "."] {
            try require(
                opened(broken, sealer) == nil,
                "'\(broken)' stays shut")
        }
    }

    private static func onlyOpensInItsPlace(_ text: String, _ sealer: CredentialSealer) throws {
        try require(
            opened(text, sealer, kind: .derived) == nil
                && opened(text, sealer, provider: "acme") == nil && opened(text, stranger) == nil,
            "an envelope opens nowhere but in its row")
    }

    private static func opened(
        _ text: String, _ sealer: CredentialSealer?, provider: ProviderID = "posthog",
        kind: CredentialKind = .oauth
    ) -> Data? {
        (try? sealer?.open(text, provider: provider, kind: kind))?.plaintext
    }

    private static func altered(_ text: String, _ position: Int) -> String {
        var bytes = Array(text.utf8)
        bytes[position] =
            bytes[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is taken as a grant can be kept, and comes back.
    private static func reading(_ json: JSONValue, _ sealer: CredentialSealer) throws {
        let grant: Grant
        do throws(Grant.Malformed) {
            grant = try Grant(json, fields: fieldNames)
        } catch {
            return try require(error.reason.hasPrefix("'"), "a refusal names the member")
        }
        try require(
            !grant.tokenEndpoint.isInsecure && !grant.host.isInsecure
                && grant.revocationEndpoint?.isInsecure != true,
            "no address of a grant is plain http")
        for token in [grant.accessToken, grant.refreshToken].compactMap(\.self) {
            try require(
                token.reveal().utf8.allSatisfy { (0x20...0x7E).contains($0) },
                "a token fits in a header")
        }
        let kept = grant.json
        let text = try sealer.seal(kept.encoded(), provider: "posthog", kind: .oauth)
        try require(
            kept.isLike(opened(text, sealer).flatMap { JSONValue(decoding: $0) }),
            "a kept grant comes back")
        let again = try Grant(kept, fields: fieldNames)
        try require(again.json == kept, "a kept grant reads as itself")
    }
}
