import Engine
import Foundation
import ProviderKit
import Testing

extension BinaryTests {
    /// RFC 8414 §6.1: who answers is proven, or nothing is read.
    @Suite("the certificate of the authorization server") struct TLSTests {
        @Test(arguments: ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
        func `a private authority is trusted when the environment names it`(
            variable: String
        ) async throws {
            try await SecureStage.set { stage in
                let ended = try await stage.connect(
                    nil, [variable: stage.certificates.authority])
                #expect(ended.document?["verdict"] == "connected_no_provision", "\(ended.errors)")
                #expect(ended.document?["posthog"]?["issuer"] == .string(stage.url))
                #expect(stage.server.requests(to: "/token").count == 1)
            }
        }

        static let refusals: [(Certificates.Kind, isTrusted: Bool, words: String)] = [
            (.good, false, "unable to get local issuer certificate"),
            (.expired, true, "certificate has expired"),
            (.wrongName, true, "no alternative certificate subject name matches"),
            (.selfSigned, true, "self-signed certificate"),
            (.selfSigned, false, "self-signed certificate"),
        ]

        @Test(arguments: refusals.indices)
        func `any other is refused with the reason, before anything is asked`(
            index: Int
        ) async throws {
            let (kind, isTrusted, words) = Self.refusals[index]
            try await SecureStage.set(kind) { stage in
                let trusted = ["SSL_CERT_FILE": stage.certificates.authority]
                let ended = try await stage.connect(nil, isTrusted ? trusted : [:])
                #expect(ended.status == 1)
                #expect(ended.document?["verdict"] == "discovery_failed")
                let sentence = ended.document?["error"]?.string ?? ""
                #expect(sentence.contains("no trusted connection to 'localhost'"), "\(sentence)")
                #expect(sentence.contains(words), "\(sentence)")
                #expect(stage.server.requests.isEmpty)
            }
        }

        @Test func `a file of authorities that is not there is no reason to trust`() async throws {
            try await SecureStage.set { stage in
                let ended = try await stage.connect(nil, ["SSL_CERT_FILE": "/does/not/exist"])
                #expect(ended.document?["verdict"] == "discovery_failed")
                #expect(stage.server.requests.isEmpty)
            }
        }
    }
}
