import AcmeProviders
import Engine
import Testing

@Suite("Connecting with pasted keys")
struct KeyLoginTests {
    @Test func `keys of a file are checked once, stored, and provision`() async throws {
        try await KeyStage.set { stage in
            let outcome = try await stage.connect()
            #expect(outcome.verdict == .connected)
            #expect(
                outcome.json["credential"] == ["stored": true, "expiresAt": nil, "kind": "api_key"])
            #expect(
                outcome.json["keyed-acme"] == [
                    "privateHost": "https://keys.acme.example", "account": "4711", "plan": "pro",
                    "mode": "live", "echo": nil,
                ])
            #expect(outcome.scopeGap == [] && outcome.json["loop"]?["ok"] == true)
            #expect(!KeyStage.isLeaking("\(outcome.json)"))
            #expect(stage.api.lines.first == "GET /api/account/4711")
            #expect(stage.api.lines.filter { $0.contains("account") }.count == 1)
            #expect(stage.api.state.withLock { $0.pings } == [200], "while it is provisioned")
            try await stage.expect(rows: ["keyed-acme api_key", "keyed-acme derived"])
        }
    }

    @Test func `on a terminal each is asked for in order, a wrong one again`() async throws {
        try await KeyStage.set { stage in
            let asked = Locked<[String]>([])
            let answers = Locked([
                " \(KeyStage.apiKey)\n", "47 11", "4711", KeyStage.signingKey,
            ])
            let prompt = Self.prompt { field in
                asked.withLock { $0.append("\(field.name) \(field.isSecret)") }
                return answers.withLock { $0.removeFirst() }
            }
            let outcome = try await stage.connect(nil, prompt: prompt) {
                $0.skipsProvisioning = true
            }
            #expect(outcome.verdict == .connectedNoProvision)
            #expect(
                asked.withLock { $0 } == [
                    "apiKey true", "account false", "account false", "signingKey true",
                ])
            let events = stage.events.withLock { $0 }
            #expect(
                events.contains(
                    .warning(
                        "the account number ('account') must hold nothing but digits")))
            #expect(events.contains(.note("keys of Keyed Acme are made at \(KeyedAcme.page)")))
        }
    }

    @Test func `who answers wrong three times, or goes away, stores nothing`() async throws {
        try await KeyStage.set { stage in
            let wrong = await stage.refusal(nil, prompt: Self.prompt { _ in "hunter2 " })
            #expect(wrong?.verdict == .keyInvalid && wrong?.isCredentialStored == false)
            let gone = await stage.refusal(nil, prompt: Self.prompt { _ in nil })
            #expect(gone?.verdict == .interrupted && gone?.isCredentialStored == false)
            #expect(stage.api.lines == [])
            try await stage.expect(rows: [])
        }
    }

    @Test func `with nobody to ask and no file it says what it wants`() async throws {
        try await KeyStage.set { stage in
            let error = await stage.refusal(nil)
            #expect(error?.verdict == .keyMissing)
            #expect(error?.hint?.contains("--key-file") == true)
            #expect(error?.description.contains("API key, account number, signing key") == true)
            #expect(stage.api.lines == [])
        }
    }

    static let invalid = [
        "apiKey=hunter2\naccount=1234\nsigningKey=\(KeyStage.signingKey)",
        "apiKey=ak_live_hunter2 x\naccount=1234\nsigningKey=\(KeyStage.signingKey)",
        #"{"apiKey":"ak_live_hunter2\n","account":"1234","signingKey":"\#(KeyStage.signingKey)"}"#,
        #"{"apiKey":"ak_live_hunter2\r\nX-Evil: 1","account":"1234","signingKey":"\#(KeyStage.signingKey)"}"#,
        "apiKey=\(KeyStage.apiKey)\naccount=1234\nsigningKey=\(KeyStage.signingKey)0",
        "apiKey=\(KeyStage.apiKey)\naccount=12\nsigningKey=\(KeyStage.signingKey)",
    ]

    @Test(arguments: invalid)
    func `a value that breaks its rule is sent nowhere`(text: String) async throws {
        try await KeyStage.set { stage in
            let error = await stage.refusal(text)
            #expect(error?.verdict == .keyInvalid && error?.isCredentialStored == false)
            #expect(error?.description.contains("must") == true)
            #expect(stage.api.lines == [])
            try await stage.expect(rows: [])
        }
    }

    static let failures: [(Result<HTTPResponse, HTTPClientError>, Verdict)] = [
        (.success(.json(401, [:])), .keyRefused), (.success(.json(403, [:])), .keyRefused),
        (.success(.json(500, ["echo": .string(KeyStage.apiKey)])), .keyCheckFailed),
        (
            .success(HTTPResponse(status: 302, headers: ["Location": "https://evil.example"])),
            .keyCheckFailed
        ),
        (.failure(.unreachable(host: "h", reason: "down")), .keyCheckFailed),
        (.failure(.answerUnknown(host: "h", reason: "time-out")), .keyCheckFailed),
        (.failure(.insecureConnection(host: "h", reason: "expired")), .keyCheckFailed),
    ]

    @Test(arguments: failures)
    func `keys that the service does not take are not stored`(
        answer: Result<HTTPResponse, HTTPClientError>, verdict: Verdict
    ) async throws {
        try await KeyStage.set { stage in
            stage.api.state.withLock { $0.failures["GET /api/account/4711"] = answer }
            let error = await stage.refusal()
            #expect(error?.verdict == verdict && error?.isCredentialStored == false)
            #expect(error?.hint?.isEmpty == false)
            #expect(stage.api.lines.count == 1)
            try await stage.expect(rows: [])
        }
    }

    @Test func `a service that repeats the key gets it neither shown nor stored`() async throws {
        try await KeyStage.set { stage in
            stage.api.state.withLock {
                $0.account = ["plan": "pro", "echo": ["x": [.string("is \(KeyStage.apiKey)")]]]
            }
            let outcome = try await stage.connect { $0.skipsProvisioning = true }
            #expect(outcome.json["keyed-acme"]?["plan"] == "pro")
            #expect(outcome.json["keyed-acme"]?["echo"] == nil)
            #expect(!KeyStage.isLeaking("\(outcome)"))
        }
    }

    @Test func `connecting again to the only host asks for none`() async throws {
        try await KeyStage.set { stage in
            _ = try await stage.connect { $0.skipsProvisioning = true }
            let outcome = try await stage.connect(prompt: Self.prompt { _ in nil })
            #expect(outcome.verdict == .connected)
        }
    }

    @Test(arguments: [
        (String(repeating: "ab", count: 16), true), (KeyStage.signingKey.lowercased(), false),
    ])
    func `an environment's secret that is not the pasted one is told`(
        secret: String, isTold: Bool
    ) async throws {
        try await KeyStage.set(["KEYED_ACME_SIGNING_KEY": secret]) { stage in
            let outcome = try await stage.connect { $0.skipsProvisioning = true }
            let sentence =
                "KEYED_ACME_SIGNING_KEY of the instance is another value than the pasted signing"
                + " key, and deliveries are verified with the former"
            #expect(outcome.notes.contains(sentence) == isTold)
            #expect(stage.events.withLock { $0.contains(.note(sentence)) } == isTold)
            let info = await stage.call("GET", "\(KeyStage.provider)/connect-info").json
            #expect(info["pastedSecretOverruled"]?.bool == (isTold ? true : nil))
            #expect(!"\(info)".contains(secret))
            let again = try await stage.connect(nil) { $0.provisionOnly = true }
            #expect(again.notes.contains(sentence) == isTold)
        }
    }

    @Test func `no key goes out in the open`() async throws {
        try await KeyStage.set(["KEYED_ACME_HOST": "http://10.0.0.1"]) { stage in
            let error = await stage.refusal()
            #expect(error?.verdict == .notConfigured && stage.api.lines == [])
        }
    }

    @Test func `a failed store says so, and leaves no word of a grant`() async throws {
        try await KeyStage.set { stage in
            let instance = ScriptedInstance(
                get: [.success(.json(["apiPublicUrl": "https://hogsend.example"]))],
                put: [.success(.json(400, ["error": "invalid_credential"]))])
            let error = await stage.refusal(instance: instance)
            #expect(error?.verdict == .storeFailed && error?.isCredentialStored == false)
            #expect(error?.description.contains("grant") == false)
            #expect(instance.bodies("PUT").first?["kind"] == "api_key")
        }
    }

    private static func prompt(
        _ key: @escaping @Sendable (KeyField) -> String?
    ) -> ConnectPrompt {
        ConnectPrompt(host: { _, _ in nil }, project: { _ in nil }, key: { key($0) })
    }
}
