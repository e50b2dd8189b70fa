import Engine
import ProviderKit
import Testing

/// What the browser gets from the callback (RFC 9700 §4.2, §4.3, §4.11, §4.12).
@Suite("Callback page")
struct CallbackPageTests {
    static func pages(_ stage: LoginStage) async throws -> [HTTPResponse] {
        var stage = stage
        let pages = Locked<[HTTPResponse]>([])
        stage.visit = { url in
            guard let target = try? await LoopbackBrowser().redirect(from: url) else { return }
            let base = target.absoluteString
            for text in [
                base.replacing("state=", with: "state=x"), base.replacing("/callback", with: "/x"),
                base + "&next=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example"
                    + "&x=%3Cscript%3E",
            ] {
                guard let url = URL(string: text),
                    let page = try? await CurlClient().send(HTTPRequest("GET", url))
                else { continue }
                pages.withLock { $0.append(page) }
            }
        }
        _ = await stage.refusal()
        return pages.withLock { $0 }
    }

    static let consents: [ConsentAnswer] = [
        .approve, .deny, .error("server_error", description: "<script>alert(1)</script>"),
    ]

    @Test(arguments: consents.indices)
    func `no answer sends the browser on or lets its address leak`(index: Int) async throws {
        try await LoginStage.set { stage in
            stage.server.script.consent = Self.consents[index]
            let pages = try await Self.pages(stage)
            #expect(pages.map(\.status) == [400, 404, 200])
            for page in pages {
                #expect(page.headers["Location"] == nil)
                #expect(page.headers["Refresh"] == nil)
                #expect(page.headers["Referrer-Policy"] == "no-referrer")
                #expect(page.headers["Cache-Control"] == "no-store")
                let text = String(decoding: page.body, as: UTF8.self)
                for trace in ["evil.example", "code-", "src=", "href=", "http-equiv", "<script>a"] {
                    #expect(!text.contains(trace), "\(trace)")
                }
            }
        }
    }

    @Test func `the page takes the code out of the address bar, and may do nothing else`()
        async throws
    {
        try await LoginStage.set { stage in
            let page = try #require(try await Self.pages(stage).last)
            let text = String(decoding: page.body, as: UTF8.self)
            let script = "history.replaceState(null,'',location.pathname)"
            #expect(text.contains("<script>\(script)</script>"))
            #expect(text.split(separator: "<script>").count == 2)
            let digest = Data(try SHA256.hash(Array(script.utf8))).base64EncodedString()
            let policy = page.headers["Content-Security-Policy"] ?? ""
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("script-src 'sha256-\(digest)'"))
            #expect(!policy.contains("unsafe"))
        }
    }
}
