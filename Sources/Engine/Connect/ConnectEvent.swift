/// What happens during `connect`, as it happens; no case can carry a secret.
package enum ConnectEvent: Sendable, Equatable {
    case began(String)
    case finished(String)
    case failed(String)
    case note(String)
    case warning(String)
    /// What is about to be asked of the user, before the browser opens.
    case authorizing(Authorizing)
    /// The address to open by hand, with the reason why no browser does.
    case openByHand(URL, reason: String?)
    /// The code to enter, and where; no browser of this machine need be the one.
    case enterCode(String, at: URL)
    /// What makes the callback work when the browser is on another machine.
    case tunnel(String)
    case provisioned(ProvisionReply)
    /// What became of a test event.
    case tried(LoopReply)

    package struct Authorizing: Sendable, Equatable {
        package let provider: String
        package let providerID: ProviderID
        package let instance: String
        package let host: String
        package let scopes: String
        /// Nil where none is waited for.
        package let callback: String?
    }
}
