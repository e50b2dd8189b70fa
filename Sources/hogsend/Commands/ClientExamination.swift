package import Engine

/// Whether the document that describes a provider's client says what this program does.
package struct ClientExamination: Sendable {
    private let provider: any Provider
    /// The client of the stored grant where that is another one than the provider's.
    private let own: String?
    /// The address that the grant is good for.
    private let host: URL?
    private let client: any HTTPClient

    private static let timeLimit = Duration.seconds(3)
    private static let sizeLimit = 64 << 10

    package init(provider: any Provider, own: String?, host: URL?, client: any HTTPClient) {
        self.provider = provider
        self.own = own
        self.host = host
        self.client = client
    }

    /// Nil where the client has no document, and for a service on this machine, which is somebody's
    /// trial: nothing beyond the machine is asked for its sake.
    ///
    /// One that cannot be read is no failure: whether the authorization server can is not known
    /// from here.
    package func finding() async -> Finding? {
        guard let document, host?.isLoopback != true else { return nil }
        let id = "\(provider.id).client"
        switch await read(document.clientID) {
        case .failure(let reason):
            return Finding(
                id, .note, "the client document could not be compared: \(reason.description)")
        case .success(let found):
            let names = document.differences(from: found)
            guard !names.isEmpty else {
                return Finding(id, .good, "the client document says what this program does")
            }
            return Finding(
                id, .attention,
                "the client document at \(document.clientID) differs from this program in: "
                    + names.joined(separator: ", "),
                hint:
                    "publish what `hogsend providers cimd \(provider.id)` prints, or connect with --client-id"
            )
        }
    }

    private var document: ClientMetadata? {
        own.flatMap { ClientMetadata(of: provider, at: $0) } ?? ClientMetadata(of: provider)
    }

    private struct Unread: Error {
        let description: String
    }

    private func read(_ address: String) async -> Result<JSONValue, Unread> {
        guard let url = URL(address: address) else {
            return .failure(Unread(description: "its address cannot be used"))
        }
        let request = HTTPRequest(
            "GET", url, headers: ["Accept": "application/json"], timeout: Self.timeLimit,
            maximumBody: Self.sizeLimit)
        do throws(HTTPClientError) {
            let response = try await client.send(request)
            guard response.status == 200 else {
                return .failure(
                    Unread(description: "\(address) answered with status \(response.status)"))
            }
            guard let found = JSONValue(decoding: response.body), found.object != nil else {
                return .failure(Unread(description: "\(address) holds no JSON object"))
            }
            return .success(found)
        } catch {
            return .failure(Unread(description: error.description))
        }
    }
}
