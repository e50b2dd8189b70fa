import CCurl
import Engine

/// libcurl's reading of an address, which decides where a request really goes.
enum CurlAddress {
    /// Throws when libcurl would connect to another machine than ours has checked.
    static func check(_ url: URL) throws {
        guard let handle = curl_url() else { throw BrokenProperty(description: "curl_url") }
        defer { curl_url_cleanup(handle) }
        // An address that libcurl refuses goes nowhere.
        guard curl_url_set(handle, CURLUPART_URL, url.absoluteString, 0) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME, handle), let host = part(CURLUPART_HOST, handle)
        else { return }
        try require(scheme == url.scheme?.lowercased(), "'\(url)' has the scheme '\(scheme)'")
        let port = part(CURLUPART_PORT, handle, UInt32(CURLU_DEFAULT_PORT)).flatMap { Int($0) }
        try require(
            port == url.port ?? (scheme == "https" ? 443 : 80), "'\(url)' has another port")
        let ours = (url.host(percentEncoded: false) ?? "").lowercased()
        let other = try require(
            URL(string: "\(scheme)://\(host)/"), "'\(host)' of '\(url)' is a host")
        try require(other.isLoopback == url.isLoopback, "'\(url)' is, or is not, this machine")
        let isNumeric = host.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        try require(
            isNumeric || host.hasPrefix("[") || host.lowercased().isSame(as: ours),
            "'\(url)' goes to '\(host)', not to '\(ours)'")
        try require(
            part(CURLUPART_USER, handle) == nil && part(CURLUPART_PASSWORD, handle) == nil,
            "'\(url)' names no user")
    }

    private static func part(
        _ part: CURLUPart, _ handle: OpaquePointer, _ flags: UInt32 = 0
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
