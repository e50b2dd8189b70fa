import Engine
import Testing

@Suite("Device authorization")
struct DeviceAuthorizationTests {
    static let issuer = "https://login.as.example/tenant"

    static func document(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var members: [String: JSONValue] = [
            "device_code": "hunter2-device", "user_code": "WDJB-MJHT",
            "verification_uri": "https://login.as.example/device",
            "verification_uri_complete": "https://login.as.example/device?user_code=WDJB-MJHT",
            "expires_in": 900,
        ]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    static func read(
        _ changes: [String: JSONValue?] = [:], hosts: [String] = [], issuer: String = issuer
    ) throws(OAuthError) -> DeviceAuthorization {
        try DeviceAuthorization(document(changes), issuer: issuer, endpointHosts: hosts)
    }

    @Test func `code and address are kept as the server groups them`() throws {
        let device = try Self.read()
        #expect(device.userCode == "WDJB-MJHT" && device.deviceCode == Secret("hunter2-device"))
        #expect(device.verificationURI.absoluteString == "https://login.as.example/device")
        #expect(device.completeURI?.query() == "user_code=WDJB-MJHT")
        #expect(device.expiresIn == .seconds(900) && device.interval == .seconds(5))
    }

    @Test(arguments: [
        "https://login.as.example/d?x=1", "https://as.example/device",
        "https://a.login.as.example/",
        "https://LOGIN.as.example/device", "https://else.example/device",
    ])
    func `it may be on the issuer, above or below it, or on a declared host`(text: String) throws {
        let device = try Self.read(["verification_uri": .string(text)], hosts: ["else.example"])
        #expect(device.verificationURI.absoluteString == text)
    }

    static let hostile: [JSONValue?] = [
        nil, 7, "", "device", "/device", "http://login.as.example/device", "javascript:alert(1)",
        "file:///etc/passwd", "https://evil.example/device",
        "https://login.as.example.evil.example/",
        "https://evil-as.example/", "https://example/", "https://user@login.as.example/device",
        "https://login.as.example:x@evil.example/", "https://login.as.example@evil.example/",
        "https://login.as.example/\u{1B}[2J", "https://login.as.example/de vice",
        "https://login.as.example/\ndevice", "https://lögin.as.example/",
        "https://login.аs.example/", "https:///device", "ssh://login.as.example/",
    ]

    @Test(arguments: hostile)
    func `an address elsewhere, in the open or with more than an address ends it`(
        value: JSONValue?
    ) {
        let error = #expect(throws: OAuthError.self) {
            try Self.read(["verification_uri": value])
        }
        #expect(error?.code == "authorization_failed")
        #expect(error?.description.contains("evil") == false)
        #expect(error?.description.contains("hunter2") == false)
        let complete = value.map { ["verification_uri_complete": $0] } ?? [:]
        #expect((try? Self.read(complete))?.verificationURI != nil, "a convenience is left out")
        if let value {
            #expect((try? Self.read(["verification_uri_complete": value]))?.completeURI == nil)
        }
    }

    @Test func `a server on this machine sends to itself alone`() throws {
        let own = "http://127.0.0.1:8080"
        _ = try Self.read(["verification_uri": "http://127.0.0.1:8080/device"], issuer: own)
        #expect(throws: OAuthError.self) {
            try Self.read(["verification_uri": "http://localhost:8080/device"], issuer: own)
        }
    }

    static let codes: [(String, JSONValue?)] = [
        ("device_code", nil), ("device_code", ""), ("device_code", 7), ("device_code", "a\nb"),
        ("user_code", nil), ("user_code", ""), ("user_code", "   "), ("user_code", "AB\u{1B}[2J"),
        ("user_code", "АВС"), ("user_code", .string(String(repeating: "A", count: 65))),
    ]

    @Test(arguments: codes)
    func `codes that cannot be typed or sent end it`(name: String, value: JSONValue?) {
        let error = #expect(throws: OAuthError.self) { try Self.read([name: value]) }
        #expect(error?.code == "authorization_failed")
    }
}
