import Engine

/// The instance's clock beside a provider's, both read from here one right after the other.
struct ClockComparison {
    let instance: InstanceClient
    let client: any HTTPClient

    /// Nil when one of them does not say.
    func skew(against host: String?) async throws -> Duration? {
        guard let url = host.flatMap({ URL(address: $0) }), !url.isInsecure,
            let theirs = await date(of: url),
            let ours = try await instance.health()["timestamp"]?.string.flatMap({
                Date(iso8601: $0)
            })
        else { return nil }
        return .seconds(ours.timeIntervalSince(theirs))
    }

    private func date(of url: URL) async -> Date? {
        let request = HTTPRequest("GET", url, timeout: .seconds(5), maximumBody: 1 << 20)
        return try? await client.send(request).date
    }
}
