import Engine
import Testing

@Suite("Listening socket")
struct ListeningSocketTests {
    @Test(arguments: [ListeningSocket.Address.loopbackIPv4, .loopbackIPv6])
    func `port 0 is a free port of its own`(address: ListeningSocket.Address) throws {
        let first = try ListeningSocket(address, port: 0)
        let second = try ListeningSocket(address, port: 0)
        defer {
            first.closeUnused()
            second.closeUnused()
        }
        #expect(first.port != 0)
        #expect(first.port != second.port)
    }

    @Test func `a port is not shared while it is listened on`() throws {
        let first = try ListeningSocket(.loopbackIPv4, port: 0)
        let error = #expect(throws: SocketError.self) {
            try ListeningSocket(.loopbackIPv4, port: first.port)
        }
        #expect(error?.isInUse == true)
        #expect(
            error?.description
                == "port \(first.port) of 127.0.0.1 cannot be listened on: address already in use")
        first.closeUnused()
        try ListeningSocket(.loopbackIPv4, port: first.port).closeUnused()
    }

    @Test func `a port is free again although a connection of it lingers`() throws {
        let socket = try ListeningSocket(.loopbackIPv4, port: 0)
        let connection = try #require(RawConnection(port: socket.port))
        socket.closeUnused()
        connection.close()
        try ListeningSocket(.loopbackIPv4, port: socket.port).closeUnused()
    }

    @Test(arguments: ["localhost", "example.com", "", "127.0.0.1.1", "203.0.113.1"])
    func `what is no address of this machine is refused`(host: String) {
        #expect(throws: SocketError.self) {
            try ListeningSocket(ListeningSocket.Address(host), port: 0).closeUnused()
        }
    }

    @Test(arguments: [
        ("::0", false), ("0:0:0:0:0:0:0:0", false), ("::ffff:0.0.0.0", false),
        ("0:0:0:0:0:0:0:1", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true),
        ("0.0.0.0", false),
        ("::", false), ("10.0.0.1", false), ("2001:db8::1", false),
    ])
    func `only this machine's own address is loopback`(host: String, loopback: Bool) {
        #expect(ListeningSocket.Address(host).isLoopback == loopback)
    }
}
