import Engine
import Testing

@Suite("Header fields")
struct HTTPHeadersTests {
    @Test(arguments: ["content-type", "Content-Type", "CONTENT-TYPE"])
    func `names are compared without case`(name: String) {
        let headers: HTTPHeaders = ["Content-Type": "text/html"]
        #expect(headers[name] == "text/html")
        #expect(headers.values(for: name) == ["text/html"])
    }

    @Test(arguments: ["", "Content", "Content-Type ", "Content_Type", "Content-Type:"])
    func `another name is another field`(name: String) {
        let headers: HTTPHeaders = ["Content-Type": "text/html"]
        #expect(headers[name] == nil)
        #expect(headers.values(for: name).isEmpty)
    }

    @Test func `a doubled field keeps both values in order`() {
        var headers: HTTPHeaders = ["A": "1", "B": "2"]
        headers.append("a", "3")
        #expect(headers["A"] == "1")
        #expect(headers.values(for: "A") == ["1", "3"])
        #expect(headers.fields.map(\.name) == ["A", "B", "a"])
    }

    @Test func `setting replaces all and nil removes all`() {
        var headers: HTTPHeaders = ["A": "1", "a": "2", "B": "3"]
        headers["A"] = "4"
        #expect(headers.values(for: "a") == ["4"])
        headers["a"] = nil
        #expect(headers == ["B": "3"])
    }

    /// The Kelvin sign is a `k` in lower case, to Swift and to no server.
    @Test func `a letter that only looks alike is another name`() {
        let headers: HTTPHeaders = ["\u{212A}ey": "1"]
        #expect(headers["key"] == nil)
    }
}
