import Engine
import Foundation
import ProviderKit
import Testing

/// A fake authorization server behind TLS, as the built program meets it.
struct SecureStage {
    let server: FakeAuthorizationServer
    let certificates: Certificates
    let client: StageClient
    /// The port of the TLS in front of the server.
    let port: Int
    var url: String { "https://localhost:\(port)" }

    static func set(
        _ kind: Certificates.Kind = .good, _ body: (SecureStage) async throws -> Void
    ) async throws {
        try await Stage.set { stage in
            let certificates = try await Certificates(kind)
            defer { certificates.folder.remove() }
            let server = try FakeAuthorizationServer.start()
            defer { server.stop() }
            let behind = try #require(server.origin.port)
            let front = try await NetworkPeer.start(
                "tls", [certificates.certificate, certificates.key, "\(behind)"])
            defer { front.program.closeInput() }
            server.script.issuer = "https://localhost:\(front.port)"
            try await body(
                SecureStage(
                    server: server, certificates: certificates, client: stage.client,
                    port: front.port))
        }
    }

    /// `connect posthog`; the browser goes to the server without TLS or proxy.
    func connect(
        _ url: String? = nil, _ environment: [String: String]
    ) async throws -> Program.Ended {
        var client = client
        client.environment = environment
        let url = url ?? self.url
        server.script.issuer = url
        let running = try client.program([
            "connect", "posthog", "--posthog-host", url, "--no-provision", "--no-browser",
            "--json", "--timeout", "20s",
        ]).start()
        let asked = try? await running.wait { program in
            program.errors.split(separator: "\n").first { $0.hasPrefix("\(url)/authorize?") }
        }
        if let asked {
            let page = String(asked).replacing(url, with: server.origin.absoluteString)
            try await LoopbackBrowser().open(try #require(URL(string: page)))
        }
        return await running.end(within: .seconds(20))
    }
}

/// One of the programs in Tests/Peers/network.
struct NetworkPeer {
    let program: RunningProgram
    let port: Int

    private static let folder =
        URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Peers/network"

    /// It ends when its input is closed.
    static func start(_ name: String, _ arguments: [String]) async throws -> NetworkPeer {
        let program = try Program(
            name: "/usr/bin/env", arguments: ["python3", "\(folder)/\(name).py"] + arguments,
            input: nil
        ).start()
        let port = try await program.wait { program in
            program.output.split(separator: "\n").first.flatMap {
                Int($0.replacing("listening ", with: ""))
            }
        }
        return NetworkPeer(program: program, port: port)
    }

    /// The lines that it printed since it listens.
    var lines: [String] {
        program.output.split(separator: "\n").dropFirst().map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
}
