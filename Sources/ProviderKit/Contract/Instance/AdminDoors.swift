import Engine

/// The admin routes of an instance with one provider, by method and a path that matches.
struct AdminDoors {
    private let provider: any Provider

    init(_ provider: any Provider) { self.provider = provider }

    var all: [(String, String)] { shared + own + further }

    private var shared: [(String, String)] {
        let one = APIPath.credential(provider.id.rawValue)
        return [
            ("GET", APIPath.credentials), ("GET", one), ("PUT", one), ("DELETE", one),
            ("POST", one + "/refresh"), ("GET", APIPath.events), ("DELETE", APIPath.events),
        ]
    }

    private var own: [(String, String)] {
        let places = [ProviderRoutes.standard(provider.id), provider.routes].compactMap { $0 }
        var doors = [
            ("GET", APIPath.drift(provider.id)), ("POST", APIPath.verify(provider.id)),
            ("POST", APIPath.disconnect(provider.id)),
        ]
        for place in places {
            doors += [("GET", place.connectInfo), ("POST", place.provision)]
        }
        return doors
    }

    private var further: [(String, String)] {
        InterfaceChecks.routes(of: provider).flatMap { route in
            let own = "/v1/admin/providers/\(provider.id)/\(route.path)"
            return [own, route.alias].compactMap { $0 }.map { (route.method, Self.filled($0)) }
        }
    }

    /// With a word in place of each parameter.
    private static func filled(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "x" : String($0) }.joined(separator: "/")
    }
}
