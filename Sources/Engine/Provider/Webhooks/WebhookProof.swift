/// What a delivery brings to prove where it came from; nothing of it is believed yet.
package struct WebhookProof: Sendable {
    private let headers: HTTPHeaders
    private let body: Data
    private let now: Date

    package init(_ headers: HTTPHeaders, _ body: Data, at now: Date) {
        self.headers = headers
        self.body = body
        self.now = now
    }

    /// Whether one of the secrets makes it good; an empty one makes nothing good.
    package func holds(for verification: WebhookVerification, _ secrets: [Secret]) -> Bool {
        let secrets = secrets.filter { !$0.isEmpty }
        guard !secrets.isEmpty else { return false }
        switch verification.scheme {
        case .sharedSecret: return isShared(verification, secrets)
        case .bodyCode(let header, let prefix, let encoding):
            return isCoded(header, prefix, encoding, secrets)
        case .timestampedCode(let header):
            return isTimed(header, secrets, verification.tolerance)
        case .standardWebhooks(let headers):
            return isStandard(headers, secrets, verification.tolerance)
        case .ed25519(let signature, let timestamp):
            return isSigned(signature, timestamp, secrets, verification.tolerance)
        }
    }

    /// The secret that the delivery carries, right or wrong; nil where it carries none or two.
    package func carriedSecret(_ verification: WebhookVerification) -> Secret? {
        guard case .sharedSecret(let header) = verification.scheme else { return nil }
        return only(header).map { Secret($0) }
    }

    // MARK: Schemes

    private func isShared(_ verification: WebhookVerification, _ secrets: [Secret]) -> Bool {
        guard let given = carriedSecret(verification) else { return false }
        return secrets.contains { $0 == given }
    }

    private func isCoded(
        _ header: String, _ prefix: String, _ encoding: WebhookVerification.Encoding,
        _ secrets: [Secret]
    ) -> Bool {
        guard let text = only(header), text.utf8.starts(with: prefix.utf8),
            let code = encoding.decode(String(decoding: text.utf8.dropFirst(prefix.utf8.count)))
        else { return false }
        return isCode([code], of: [], secrets.map(\.bytes))
    }

    private func isTimed(_ header: String, _ secrets: [Secret], _ tolerance: Duration) -> Bool {
        let parts = (only(header) ?? "").parts(separatedBy: ",").map { $0.parts(separatedBy: "=") }
        let pairs = parts.filter { $0.count == 2 }.map { (name: $0[0], value: $0[1]) }
        let times = pairs.filter { $0.name == "t" }.map(\.value)
        guard parts.count == pairs.count, times.count == 1, isTimely(times[0], tolerance) else {
            return false
        }
        let codes = pairs.filter { $0.name == "v1" }.compactMap { Hex.decode($0.value) }
        return isCode(codes, of: Array("\(times[0]).".utf8), secrets.map(\.bytes))
    }

    private func isStandard(_ prefix: String, _ secrets: [Secret], _ tolerance: Duration) -> Bool {
        guard let id = only("\(prefix)-id"), !id.isEmpty, let time = only("\(prefix)-timestamp"),
            isTimely(time, tolerance), let signatures = only("\(prefix)-signature")
        else { return false }
        let codes = signatures.parts(separatedBy: " ").map { $0.parts(separatedBy: ",") }
            .filter { $0.count == 2 && $0[0] == "v1" }.compactMap { Base64.decode($0[1]) }
        return isCode(
            codes, of: Array("\(id).\(time).".utf8), secrets.compactMap { SigningKey($0)?.bytes })
    }

    private func isSigned(
        _ signature: String, _ timestamp: String, _ secrets: [Secret], _ tolerance: Duration
    ) -> Bool {
        guard let signature = only(signature).flatMap({ Hex.decode($0) }),
            let time = only(timestamp), isTimely(time, tolerance)
        else { return false }
        let message = Array(time.utf8) + body
        return secrets.compactMap { Hex.decode(String(decoding: $0.bytes)) }.contains {
            Ed25519.isSignature(signature, of: message, publicKey: $0)
        }
    }

    // MARK: Parts

    /// A header that is there twice would let two readers see two deliveries.
    private func only(_ header: String) -> String? {
        let values = headers.values(for: header)
        return values.count == 1 ? values[0] : nil
    }

    private func isCode(_ codes: [[UInt8]], of start: [UInt8], _ keys: [[UInt8]]) -> Bool {
        if codes.isEmpty { return false }
        let message = start + body
        return keys.contains { key in
            guard let right = try? HMACSHA256.code(for: message, key: key) else { return false }
            return codes.contains { ConstantTime.equal($0, right) }
        }
    }

    private func isTimely(_ text: String, _ tolerance: Duration) -> Bool {
        guard (1...12).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let seconds = Double(text)
        else { return false }
        return abs(now.timeIntervalSince1970 - seconds) <= tolerance / .seconds(1)
    }
}

extension WebhookSource {
    /// The headers in which its proofs stand.
    package var proofHeaders: [String] { verification.headers + (signature?.headers ?? []) }
}

extension WebhookVerification {
    fileprivate var headers: [String] {
        switch scheme {
        case .sharedSecret(let header), .bodyCode(let header, _, _), .timestampedCode(let header):
            [header]
        case .standardWebhooks(let headers):
            ["id", "timestamp", "signature"].map { "\(headers)-\($0)" }
        case .ed25519(let signature, let timestamp): [signature, timestamp]
        }
    }
}

/// A secret of Standard Webhooks, as the bytes that it stands for.
struct SigningKey {
    static let prefix = "whsec_"

    let bytes: [UInt8]

    /// Nil for what is no base64, or stands for nothing.
    init?(_ secret: Secret) {
        let text = secret.bytes
        let isPrefixed = text.starts(with: Self.prefix.utf8)
        let digits = text.dropFirst(isPrefixed ? Self.prefix.utf8.count : 0)
        guard let bytes = Base64.decode(String(decoding: digits)), !bytes.isEmpty else {
            return nil
        }
        self.bytes = bytes
    }
}

extension WebhookVerification.Encoding {
    fileprivate func decode(_ text: String) -> [UInt8]? {
        switch self {
        case .hex: Hex.decode(text)
        case .base64: Base64.decode(text)
        }
    }
}

extension String {
    /// By bytes: to Swift, a comma with an accent on it is no comma.
    fileprivate func parts(separatedBy separator: Unicode.Scalar) -> [String] {
        utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    fileprivate init(decoding bytes: some Collection<UInt8>) {
        self.init(decoding: bytes, as: UTF8.self)
    }
}
