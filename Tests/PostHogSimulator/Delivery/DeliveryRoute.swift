import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a delivery is really sent.
struct DeliveryRoute: Sendable {
    let url: URL
    /// The `Host` header, when the address is not the destination's own.
    var host: String?

    /// Nil for a host that is not public and not in `hosts`.
    static func find(_ text: String, hosts: [String: String]) async -> DeliveryRoute? {
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty,
            ["http", "https"].contains(url.scheme?.lowercased())
        else { return nil }
        let port = url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80)
        if let target = hosts["\(host):\(port)"] { return mapped(url, host, to: target) }
        guard await BlockingCall.run({ isPublic(host) }) else { return nil }
        return DeliveryRoute(url: url)
    }

    /// As through a tunnel: plain http to this machine, with the name of the other.
    private static func mapped(_ url: URL, _ host: String, to target: String) -> DeliveryRoute? {
        let query = url.query(percentEncoded: true).map { "?" + $0 } ?? ""
        let address = "http://\(target)\(url.path(percentEncoded: true))\(query)"
        return URL(string: address).map {
            DeliveryRoute(url: $0, host: url.port.map { "\(host):\($0)" } ?? host)
        }
    }

    /// Whether every address of the name is one of the open internet.
    private static func isPublic(_ host: String) -> Bool {
        var list: UnsafeMutablePointer<addrinfo>?
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard getaddrinfo(name, nil, nil, &list) == 0 else { return false }
        defer { freeaddrinfo(list) }
        var next = list
        while let entry = next {
            guard let address = entry.pointee.ai_addr, isPublic(address) else { return false }
            next = entry.pointee.ai_next
        }
        return true
    }

    private static func isPublic(_ address: UnsafeMutablePointer<sockaddr>) -> Bool {
        guard Int32(address.pointee.sa_family) == AF_INET else { return false }
        let number = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
        }
        switch (number >> 24, number >> 16 & 0xFF) {
        case (0, _), (10, _), (127, _), (224..., _), (169, 254), (172, 16..<32), (192, 168),
            (100, 64..<128):
            return false
        default: return true
        }
    }
}
