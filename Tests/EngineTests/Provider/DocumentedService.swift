import Engine

/// A service whose client is known by the address of its document.
struct DocumentedService: Provider {
    let id: ProviderID = "documented"
    let name = "Documented"
    let hosts: [ProviderHost] = []
    var authentication = Authentication.authorizationCode(clientID: address)
    var scopes: [Scope] = ["b:read", "a:write"]
    var redirectPorts: [UInt16] = []
    var redirectHost = RedirectHost.address

    static let address = "https://hogsend.example/.well-known/hogsend-documented-client.json"
}
