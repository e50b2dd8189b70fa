/// What a user is to enter, and where (RFC 8628 §3.2).
package struct DeviceAuthorization: Sendable {
    /// RFC 8628 §3.2.
    private static let defaultInterval = Duration.seconds(5)
    private static let shortestInterval = Duration.seconds(1)
    /// Nobody means more than a day.
    private static let longest = 86_400.0

    package let deviceCode: Secret
    /// As the server groups it.
    package let userCode: String
    package let verificationURI: URL
    /// The same with the code in it, where there is one that may be opened.
    package let completeURI: URL?
    /// Nil when the server gave none that makes sense.
    package let expiresIn: Duration?
    package let interval: Duration

    /// Reads an answer of the server of that issuer.
    ///
    /// The user is sent to the issuer's own host, to one above or below it, or to one of
    /// `endpointHosts`, and never in the open.
    package init(
        _ document: JSONValue, issuer: String, endpointHosts: [String]
    ) throws(OAuthError) {
        let place = VerificationPlace(issuer: issuer, hosts: endpointHosts)
        guard let code = document["device_code"]?.string, Self.isVisible(code, atMost: 4096) else {
            throw .noDeviceCode(reason: "the answer holds no device code")
        }
        guard let userCode = document["user_code"]?.string, Self.isVisible(userCode, atMost: 64)
        else { throw .noDeviceCode(reason: "the answer holds no code that could be typed") }
        // `verification_url` is how drafts, and servers of their time, call it.
        let address = document["verification_uri"] ?? document["verification_url"]
        guard let uri = address?.string.flatMap(place.url) else {
            throw .noDeviceCode(
                reason: "the address to enter it at is not an https address of this service")
        }
        deviceCode = Secret(code)
        self.userCode = userCode
        verificationURI = uri
        completeURI = document["verification_uri_complete"]?.string.flatMap(place.url)
        expiresIn = Self.seconds(document["expires_in"])
        interval = max(
            Self.seconds(document["interval"]) ?? Self.defaultInterval, Self.shortestInterval)
    }

    /// Printable ASCII and not spaces alone: nothing that would move a cursor or look like another
    /// letter.
    private static func isVisible(_ text: String, atMost limit: Int) -> Bool {
        text.utf8.count <= limit && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && text.utf8.contains { $0 != 0x20 }
    }

    /// Zero, negative and nonsense mean "unknown".
    private static func seconds(_ value: JSONValue?) -> Duration? {
        guard let seconds = value?.seconds, seconds > 0 else { return nil }
        return .milliseconds(Int64(min(seconds, longest) * 1000))
    }
}

/// Where a server may send its users.
private struct VerificationPlace {
    let issuer: String
    let hosts: [String]

    /// Nil for an address in the open, elsewhere, or with more in it than an address.
    func url(_ text: String) -> URL? {
        // Letters that look like others, and what a terminal would obey, are escaped in an address.
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let url = URL(string: text), ["https", "http"].contains(url.scheme?.lowercased()),
            let host = url.host()?.lowercased(), !host.isEmpty, url.user() == nil,
            url.password() == nil, !url.isInsecure, isOurs(host)
        else { return nil }
        return url
    }

    private func isOurs(_ host: String) -> Bool {
        guard let own = URL(string: issuer)?.host()?.lowercased() else { return false }
        return host == own || hosts.contains(host) || isAbove(own, host) || isAbove(host, own)
    }

    /// A name of one label is a registry's and not a service's.
    private func isAbove(_ upper: String, _ lower: String) -> Bool {
        upper.contains(".") && !upper.hasPrefix("[") && lower.hasSuffix(".\(upper)")
            && !upper.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }
}
