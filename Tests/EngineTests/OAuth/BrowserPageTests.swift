import Engine
import Foundation
import Testing

@Suite("Browser page")
struct BrowserPageTests {
    static func html(_ title: String, _ text: String) -> String {
        String(decoding: BrowserPage(title: title, text: text).response.body, as: UTF8.self)
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a & b &amp;", "a &amp; b &amp;amp;"), (#"" onload="x"#, "&quot; onload=&quot;x"),
        ("it's", "it&#39;s"), ("</title><b>", "&lt;/title&gt;&lt;b&gt;"), ("ü😀", "ü😀"),
        ("a\u{0}b\u{1B}c\u{202E}d\ne", "a b c d e"), ("<\u{301}b>", "&lt;\u{301}b&gt;"),
    ])
    func `no text of it is markup`(text: String, escaped: String) {
        let page = Self.html(text, text)
        #expect(page.contains("<title>\(escaped)"))
        #expect(page.contains("<p>\(escaped)"))
        #expect(page.components(separatedBy: "<script").count == 2)
        #expect(!page.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `it loads nothing, is not kept and tells no one where it came from`() {
        let response = BrowserPage(title: "t", text: "x").response
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(response.headers["Referrer-Policy"] == "no-referrer")
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Location"] == nil)
        let html = Self.html("t", "x")
        for mark in ["http", "src=", "href=", "url(", "@import"] { #expect(!html.contains(mark)) }
    }

    @Test func `its policy allows the script and the style that stand in it and no other`() throws {
        let response = BrowserPage(title: "t", text: "x").response
        let policy = try #require(response.headers["Content-Security-Policy"])
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        let html = Self.html("t", "x")
        for name in ["script", "style"] {
            let inside = try #require(
                html.components(separatedBy: "<\(name)>").last?.components(
                    separatedBy: "</\(name)>"
                ).first)
            let digest = Data(try SHA256.hash(Array(inside.utf8))).base64EncodedString()
            #expect(policy.contains("\(name)-src 'sha256-\(digest)'"))
        }
    }

    @Test func `it takes the code out of the address bar`() {
        #expect(Self.html("t", "x").contains("history.replaceState(null,'',location.pathname)"))
    }

    @Test func `its status can be another`() {
        #expect(BrowserPage(status: 400, title: "t", text: "x").response.status == 400)
    }
}
