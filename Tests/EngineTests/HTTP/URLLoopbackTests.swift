import Engine
import Testing

@Suite("Addresses")
struct URLLoopbackTests {
    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost.", "a.localhost", "a.b.localhost.", "127.0.0.1",
        "127.0.0.1.", "127.255.255.254", "127.1", "2130706433", "0x7f.1", "0x7F000001",
        "0177.0.0.1", "0.0.0.0", "0", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[::FFFF:127.1.2.3]", "%31%32%37.0.0.1", "loc%61lhost",
    ])
    func `this machine is loopback`(host: String) throws {
        for scheme in ["http", "https"] {
            #expect(try #require(URL(string: "\(scheme)://\(host):8423/path")).isLoopback)
        }
    }

    @Test(arguments: [
        "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "8.8.8.8", "128.0.0.1",
        "[2001:db8::1]", "example.com", "notlocalhost", "localhost-example", "169.254.169.254",
        "[::2]", "[::ffff:8.8.8.8]", "[1::]", "[::1:1]", "1.127.0.1", "192.168.0.127",
        "127.0.0.1%20.example.com", "localhost%2eexample.com", "0x7f.1.example.com", "256.0.0.1",
        "[fe80::1]", "localhost%00.example.com", "127.0.0.1%00.example.com",
    ])
    func `another machine is not`(host: String) throws {
        guard let url = URL(string: "http://\(host):8423/path") else { return }
        #expect(!url.isLoopback)
        #expect(url.isInsecure)
    }

    @Test(arguments: [
        ("https://example.com", false), ("HTTPS://example.com", false),
        ("http://example.com", true), ("HTTP://EXAMPLE.COM", true), ("http://127.0.0.1:1", false),
        ("ftp://example.com", true), ("example.com", false),
    ])
    func `plain http beyond this machine is insecure`(text: String, insecure: Bool) throws {
        #expect(try #require(URL(string: text)).isInsecure == insecure)
    }

    @Test(arguments: [
        "https://example.com", "http://localhost:8080", "https://example.com/a/b",
        "https://[::1]:8443/", " https://example.com \n", "HTTPS://EXAMPLE.com",
        "https://example.com:65535",
    ])
    func `an address is taken`(text: String) {
        #expect(URL(address: text) != nil)
    }

    @Test(arguments: [
        "", " ", "example.com", "example.com:443", "//example.com", "/path", "https:", "https://",
        "https:///path", "https:example.com", "ftp://example.com", "file:///etc/passwd",
        "javascript:alert(1)", "https://user@example.com", "https://user:pw@example.com",
        "https://@example.com", "https://:@example.com", "https://example.com?a=b",
        "https://example.com?", "https://example.com#a", "https://example.com#",
        "https://example.com\\@evil.com", "https://exa mple.com", "https://example.com:99999",
        "https://example.com:65536", "https://example.com:-1", "https://example.com:abc",
        "https://example.com:0", "https://[::1", "https://::1", "https://example.com/\nX: y",
        "https://example.com/a b", "https://example.com/\0", "https://example.com%00.evil.com",
        "https://example.com%20", "https://exam%2fple.com", "https://<script>",
    ])
    func `what is no address is refused`(text: String) {
        #expect(URL(address: text) == nil)
    }

    @Test(arguments: [
        ("https://Example.COM", "https://example.com:443"),
        ("http://example.com/path?a=b", "http://example.com:80"),
        ("HTTP://example.com:8080", "http://example.com:8080"),
        ("https://example.com:443/", "https://example.com:443"),
    ])
    func `an origin is scheme, host and port`(text: String, origin: String) throws {
        #expect(try #require(URL(string: text)).origin == origin)
    }

    @Test(arguments: [
        ("https://example.com", "https://example.com/a"),
        ("https://example.com//", "https://example.com/a"),
        ("https://example.com/base/", "https://example.com/base/a"),
    ])
    func `a path is put behind without a doubled slash`(text: String, whole: String) throws {
        let url = try #require(URL(string: text))
        #expect(url.appending(rawPath: "/a")?.absoluteString == whole)
    }
}
