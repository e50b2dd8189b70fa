import Engine
import Testing

@Suite("Router")
struct RouterTests {
    static let router: Router = {
        var router = Router()
        router.on("GET", "/") { _ in reply("root") }
        router.on("GET", "/v1/things") { _ in reply("list") }
        router.on("POST", "/v1/things") { _ in reply("make") }
        router.on("GET", "/v1/things/special") { _ in reply("special") }
        router.on("GET", "/v1/things/{id}") { reply($0.parameters["id"]) }
        router.on("DELETE", "/v1/things/{id}") { reply($0.parameters["id"]) }
        router.on("GET", "/v1/{kind}/of/{id}") {
            reply(($0.parameters["kind"] ?? "") + "," + ($0.parameters["id"] ?? ""))
        }
        return router
    }()

    static func reply(_ text: String?) -> HTTPResponse {
        HTTPResponse(status: 200, body: Data((text ?? "none").utf8))
    }

    func respond(_ method: String, _ target: String) async -> (status: Int, text: String) {
        let request = ServerRequest(method: method, target: target)
        let response = await Self.router.respond(to: request)
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    @Test(arguments: [
        ("GET", "/", "root"), ("GET", "/?a=/v1/things", "root"), ("GET", "/v1/things", "list"),
        ("POST", "/v1/things", "make"), ("GET", "/v1/things?x", "list"),
        ("GET", "/v1/things?\u{301}", "list"), ("GET", "/v1/things/\u{301}", "\u{301}"),
        ("GET", "/v1/things/special", "special"), ("GET", "/v1/things/7", "7"),
        ("DELETE", "/v1/things/special", "special"), ("GET", "/v1/things/a%2Fb", "a/b"),
        ("GET", "/v1/things/a%20b+c", "a b+c"), ("GET", "/v1/a/of/b", "a,b"),
        ("GET", "/v1/things/..", ".."), ("GET", "/v1/things/%7Bid%7D", "{id}"),
    ])
    func `a request reaches its route`(method: String, target: String, text: String) async {
        #expect(await respond(method, target) == (200, text))
    }

    @Test(arguments: [
        "", "//", "/v1", "/v1/", "//v1/things", "/v1//things", "/v1/things/", "/v1/things//",
        "/v1/./things", "/v1/../v1/things", "/x/../v1/things", "/v1%2Fthings", "/v1%2fthings",
        "/%76%31/things", "/v1/things%00", "/v1/%2e%2e/v1/things", "/V1/things", "/v1/Things",
        "v1/things", "/v1\\things", "/v1/things;a=b", "/v1/things/7/", "/v1/things/7/8",
        "/v1/things/%", "/v1/things/%4", "/v1/things/%zz", "/v1/things/%80", "/v1/things/%C0%AF",
        "/v1/things#a", "http://host/v1/things", "*", "/v1//of/b", "/v1/a/of/",
        "/v1/things/7/\u{301}", "/v1/things\u{301}/7",
    ])
    func `no other spelling reaches one`(target: String) async {
        #expect(await respond("GET", target).status == 404)
    }

    @Test(arguments: [
        ("DELETE", "/v1/things", "GET, POST"), ("POST", "/v1/things/7", "GET, DELETE"),
        ("get", "/", "GET"), ("", "/", "GET"), ("OPTIONS", "/v1/things", "GET, POST"),
        ("DELETE", "/", "GET"), ("POST", "/v1/things/special", "GET, DELETE"),
    ])
    func `another method is told which ones there are`(
        method: String, target: String, allowed: String
    ) async {
        let request = ServerRequest(method: method, target: target)
        let response = await Self.router.respond(to: request)
        #expect(response.status == 405)
        #expect(response.headers["Allow"] == allowed)
        #expect(response.mediaType == "application/json")
    }

    @Test func `HEAD is GET without a body, which the server leaves out`() async {
        #expect(await respond("HEAD", "/v1/things/7") == (200, "7"))
    }

    @Test func `a log learns the pattern and not the path`() {
        let known = ServerRequest(method: "GET", target: "/v1/things/secret?a=b")
        #expect(Self.router.pattern(for: known) == "/v1/things/{id}")
        let unknown = ServerRequest(method: "GET", target: "/secret")
        #expect(Self.router.pattern(for: unknown) == nil)
    }

    @Test(arguments: [
        ("/p?a=b+c&a=%2B", "/p", ["b c", "+"]), ("/p", "/p", []), ("/p?", "/p", []),
        ("/p?a=?", "/p", ["?"]), ("?a=1", "", ["1"]), ("/p%3Fa=1", "/p%3Fa=1", []),
    ])
    func `a target is a path and a query`(target: String, path: String, values: [String]) {
        let request = ServerRequest(method: "GET", target: target)
        #expect(request.path == path)
        #expect(request.query?.map(\.value) == values)
    }

    @Test func `a broken query is none`() {
        #expect(ServerRequest(method: "GET", target: "/p?a=%zz").query == nil)
    }
}
