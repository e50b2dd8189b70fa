#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension URL {
    /// Parses an absolute http or https address with a host and without user, query or fragment.
    ///
    /// `URL(string:)` accepts almost any text, so addresses are checked where they enter.
    public init?(address text: String) {
        let text = text.trimmingWhitespace()
        guard let url = URL(string: text, encodingInvalidCharacters: false),
            let components = URLComponents(url: url, resolvingAgainstBaseURL: false),
            let scheme = components.scheme?.lowercased(), scheme == "https" || scheme == "http",
            let host = components.percentEncodedHost, !host.isEmpty, !host.contains("%"),
            (1...65_535).contains(components.port ?? 443),
            components.user == nil, components.password == nil,
            components.query == nil, components.fragment == nil
        else { return nil }
        self = url
    }

    /// The address without slashes at its end.
    public var withoutTrailingSlash: String {
        var text = absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// This address with `path`, which begins with a slash, put behind it.
    public func appending(rawPath path: String) -> URL? {
        URL(string: withoutTrailingSlash + path)
    }

    /// This address with `path` and a query behind it, of which every name and value is escaped.
    ///
    /// `URLComponents` leaves `+` as it is, which servers read as a space.
    public func appending(rawPath path: String, query: [(String, String)]) -> URL? {
        URL(string: withoutTrailingSlash + path + "?" + FormURLEncoding.encode(query))
    }

    /// Scheme, host and port, in lower case: what a bearer token may be sent to.
    package var origin: String {
        let scheme = (scheme ?? "").lowercased()
        let port = port ?? (scheme == "https" ? 443 : 80)
        return "\(scheme)://\((host() ?? "").lowercased()):\(port)"
    }

    /// Whether plain http would carry secrets beyond this machine.
    public var isInsecure: Bool {
        scheme?.lowercased() != "https" && !isLoopback
    }

    /// Whether the host is this machine or no machine: localhost, 127/8, ::1, unspecified
    /// addresses, and every spelling that a resolver takes for one of them.
    package var isLoopback: Bool {
        var host = (host(percentEncoded: false) ?? "").lowercased()
        if host.hasPrefix("[") { host = String(host.dropFirst().prefix { $0 != "]" }) }
        while host.hasSuffix(".") { host.removeLast() }
        // Both functions below stop reading at a space or a zero byte.
        guard host.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        if host.isEmpty || host == "localhost" || host.hasSuffix(".localhost") { return true }
        return Self.isLoopbackIPv4(host) ?? Self.isLoopbackIPv6(host) ?? false
    }

    /// `inet_aton` reads the short, decimal, octal and hexadecimal spellings.
    private static func isLoopbackIPv4(_ host: String) -> Bool? {
        var address = in_addr()
        guard inet_aton(host, &address) == 1 else { return nil }
        let number = UInt32(bigEndian: address.s_addr)
        return number >> 24 == 127 || number >> 24 == 0
    }

    private static func isLoopbackIPv6(_ host: String) -> Bool? {
        var address = in6_addr()
        let literal = host.prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(literal), &address) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &address) { Array($0) }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] <= 1 }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped && (bytes[12] == 127 || bytes[12] == 0)
    }
}
