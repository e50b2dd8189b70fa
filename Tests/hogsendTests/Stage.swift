import Engine
import Foundation
import PostHogSimulator
import Testing

/// A simulated PostHog, an instance as a process, and a client of it.
struct Stage {
    // Random, so that a search of all processes finds those of this run alone.
    static let adminKey = "stage-admin-\(Random.token())"
    static let authSecret = "stage-auth-\(Random.token())"

    let posthog: PostHogSimulator
    let instance: RunningInstance
    let client: StageClient

    /// Sets everything up, lets `body` act, and takes everything down.
    ///
    /// `environment` is the instance's, over a set-up without any `POSTHOG_` variable.
    static func set(
        _ environment: [String: String] = [:], _ body: (Stage) async throws -> Void
    ) async throws {
        let posthog = try await PostHogSimulator.start()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let instance = try await RunningInstance(environment, folder: folder)
        posthog.switches.hosts = ["hogsend.example:80": "127.0.0.1:\(instance.port)"]
        posthog.switches.retryDelay = 0.01
        let stage = Stage(
            posthog: posthog, instance: instance,
            client: StageClient(url: instance.url, folder: folder, posthog: posthog))
        do {
            try await body(stage)
        } catch {
            await posthog.stop()
            _ = await instance.stop()
            throw error
        }
        await posthog.stop()
        let ended = await instance.stop()
        #expect(ended.status == 0, "the instance ends in order")
    }
}

/// `hogsend` as a user runs it.
struct StageClient {
    let url: String
    let folder: TemporaryFolder
    let posthog: PostHogSimulator
    var environment: [String: String] = [:]
    var adminKey: String? = Stage.adminKey

    /// The port that discards; nothing listens there.
    static let closedProxy = "http://127.0.0.1:9"

    func program(_ arguments: [String], browser: String? = nil) -> Program {
        var variables = environment
        variables["HOGSEND_ADMIN_KEY"] = variables["HOGSEND_ADMIN_KEY"] ?? adminKey
        variables["BROWSER"] = browser ?? "\(Program.path("posthog-simulator")) browse"
        variables["HOME"] = folder.path
        // Nothing beyond this machine is asked: `doctor` would read PostHog's client document.
        if arguments.first == "doctor" { variables["https_proxy"] = Self.closedProxy }
        return Program(
            name: "hogsend", arguments: arguments + ["--url", url], environment: variables,
            folder: folder.path)
    }

    func run(_ arguments: String...) async throws -> Program.Ended {
        try await program(arguments).run()
    }

    /// `connect posthog` against the simulator, as a script would run it.
    func connect(_ arguments: String...) async throws -> Program.Ended {
        try await program(
            ["connect", "posthog", "--posthog-host", posthog.origin.absoluteString] + arguments
        ).run()
    }

    /// A call to the instance's API as its administrator.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:]
    ) async throws -> (status: Int, json: JSONValue) {
        let address = try #require(URL(string: url + path))
        var request = HTTPRequest(method, address, headers: headers)
        if request.headers["Authorization"] == nil {
            request.headers["Authorization"] = "Bearer \(Stage.adminKey)"
        }
        if let body { request.body = body.encoded() }
        let response = try await CurlClient().send(request)
        return (response.status, JSONValue(decoding: response.body) ?? .null)
    }
}

/// `hogsend serve` on a free port.
struct RunningInstance {
    let program: RunningProgram
    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    init(
        _ environment: [String: String] = [:], folder: TemporaryFolder,
        program name: String = "hogsend"
    ) async throws {
        var variables = [
            "PORT": "0", "HOST": "127.0.0.1", "HOGSEND_DATA_DIR": "\(folder.path)/data",
            "API_PUBLIC_URL": "http://hogsend.example", "ADMIN_API_KEY": Stage.adminKey,
            "BETTER_AUTH_SECRET": Stage.authSecret, "HOME": folder.path,
        ]
        for (name, value) in environment { variables[name] = value.isEmpty ? nil : value }
        program = try Program(
            name: name, arguments: ["serve"], environment: variables, folder: folder.path
        ).start()
        port = try await program.wait { program in
            program.errors.split(separator: "\n").lazy
                .compactMap { JSONValue(decoding: Data($0.utf8)) }
                .first { $0["event"]?.string == "listening" }?["port"]?.integer.map(Int.init)
        }
    }

    func stop() async -> Program.Ended {
        program.signal(SIGTERM)
        return await program.end(within: .seconds(15))
    }
}

/// A folder that ends with the test.
struct TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "\(NSTemporaryDirectory())hogsend-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
