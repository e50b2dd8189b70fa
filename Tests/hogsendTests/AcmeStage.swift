import AcmeProviders
import Engine
import Foundation
import ProviderKit
import Testing

/// Both made-up services on ports of this machine, and `acme-hogsend` as instance and as client.
struct AcmeStage {
    static let apiKey = "ak_live_\(Random.token())"
    static let signingKey = "0123456789abcdef0123456789abcdef"

    let keyed: AcmeAPI
    let keyedURL: String
    let device: AcmeAPI
    let deviceURL: String
    let server: FakeAuthorizationServer
    let instance: RunningInstance
    let folder: TemporaryFolder

    /// Nothing that the instance writes, on disk or in its log, may hold a secret.
    static func set(
        _ environment: [String: String] = [:], _ body: (AcmeStage) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try FakeAuthorizationServer.start()
        defer { server.stop() }
        let keyed = AcmeAPI(header: "X-Acme-Key", value: "Key \(apiKey)")
        keyed.state.withLock { $0.signingKey = signingKey }
        let device = AcmeAPI(header: "Authorization", value: "Bearer none")
        let (keyedServer, keyedURL) = try serve(keyed)
        let (deviceServer, deviceURL) = try serve(device)
        let instance = try await RunningInstance(
            environment, folder: folder, program: "acme-hogsend")
        let stage = AcmeStage(
            keyed: keyed, keyedURL: keyedURL, device: device, deviceURL: deviceURL,
            server: server, instance: instance, folder: folder)
        stage.listen(keyed, "keyed-acme")
        stage.listen(device, "device-acme")
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(stage))
        } catch {
            result = .failure(error)
        }
        let ended = await instance.stop()
        await keyedServer.stop()
        await deviceServer.stop()
        #expect(ended.status == 0, "the instance ends in order")
        #expect(!isLeaking(ended.output + ended.errors))
        try stage.expectNothingAtRest()
        try result.get()
    }

    private static func serve(_ api: AcmeAPI) throws -> (MicroHTTPServer, String) {
        let server = try MicroHTTPServer(on: [ListeningSocket(.loopbackIPv4, port: 0)]) {
            await api.respond(to: $0)
        }
        return (server, "http://127.0.0.1:\(server.ports.first ?? 0)")
    }

    private func listen(_ api: AcmeAPI, _ id: String) {
        let address = URL(string: "\(instance.url)/v1/webhooks/\(id)")
        api.calls { headers, body in
            guard let address else { return 0 }
            var request = HTTPRequest("POST", address, headers: headers)
            request.body = body
            return (try? await CurlClient().send(request))?.status ?? 0
        }
    }

    static func isLeaking(_ text: String) -> Bool {
        [apiKey, signingKey, "device-1", "access-2", "refresh-2", "access-3", "refresh-3"]
            .contains { text.contains($0) }
    }

    private func expectNothingAtRest() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for file in files where !file.hasSuffix("key-file") {
            guard let data = FileManager.default.contents(atPath: "\(folder.path)/\(file)") else {
                continue
            }
            #expect(!Self.isLeaking(String(decoding: data, as: UTF8.self)), "\(file)")
        }
    }

    // MARK: The client

    func program(_ arguments: [String], input: String? = "") -> Program {
        Program(
            name: "acme-hogsend", arguments: arguments + ["--url", instance.url],
            environment: ["HOGSEND_ADMIN_KEY": Stage.adminKey, "HOME": folder.path],
            input: input, folder: folder.path)
    }

    /// Runs to the end; nothing that it shows may hold a secret.
    func run(_ arguments: String..., input: String? = "") async throws -> Program.Ended {
        let ended = try await program(arguments, input: input).run()
        #expect(!Self.isLeaking(ended.output + ended.errors))
        return ended
    }

    static var keys: String {
        "apiKey=\(apiKey)\naccount=4711\nsigningKey=\(signingKey)\n"
    }

    /// Writes a key file that nobody else may read, unless told otherwise.
    func keyFile(_ text: String = AcmeStage.keys, mode: Int = 0o600) throws -> String {
        let path = "\(folder.path)/key-file"
        try? FileManager.default.removeItem(atPath: path)
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        return path
    }

    static func event(_ id: String) -> String {
        #"{"id":"\#(id)","type":"signed up","user":{"id":"u"},"at":"2026-01-02T03:04:05Z"}"#
    }
}
