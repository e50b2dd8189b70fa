/// The page that the browser shows at the end of a login: no external asset, all text escaped.
package struct BrowserPage: Sendable {
    package let status: Int
    package let title: String
    package let text: String

    package init(status: Int = 200, title: String, text: String) {
        self.status = status
        self.title = title
        self.text = text
    }

    /// Takes the code out of the address bar and the history.
    private static let script = "history.replaceState(null,'',location.pathname)"
    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}
        """

    package var response: HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": Self.policy, "Connection": "close",
            ], body: Data(html.utf8))
    }

    private var html: String {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(Self.escape(title))</title>\
        <style>\(Self.style)</style></head><body><h1>\(Self.escape(title))</h1>\
        <p>\(Self.escape(text))</p><script>\(Self.script)</script></body></html>
        """
    }

    /// Nothing may load or run but the style and the script above, named by their digests.
    private static let policy =
        "default-src 'none'; style-src \(digest(style)); script-src \(digest(script)); "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static func digest(_ text: String) -> String {
        guard let hash = try? SHA256.hash(Array(text.utf8)) else { return "'none'" }
        return "'sha256-\(Data(hash).base64EncodedString())'"
    }

    private static func escape(_ text: String) -> String {
        // By scalars: to Swift, `<` with an accent on it is one character that is not `<`.
        text.sanitized(limit: 600).unicodeScalars.reduce(into: "") { output, scalar in
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(scalar)
            }
        }
    }
}
