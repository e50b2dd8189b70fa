/// What the redirect URI calls this machine.
public enum RedirectHost: String, Sendable {
    /// 127.0.0.1, or `[::1]` where there is no other and any port will do (RFC 8252 §7.3).
    case address = "127.0.0.1"
    /// `localhost`, for a service that insists; both loopbacks are listened on (RFC 8252 §8.3).
    case localhost
}
