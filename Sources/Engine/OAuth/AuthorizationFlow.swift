/// By which grant a login goes; it says what a server's metadata must hold.
package enum AuthorizationFlow: Sendable, Equatable {
    /// RFC 6749 §4.1.
    case code
    /// RFC 8628.
    case device

    /// Its name in `grant_types_supported` and at the token endpoint.
    package var grantType: String {
        switch self {
        case .code: "authorization_code"
        case .device: "urn:ietf:params:oauth:grant-type:device_code"
        }
    }
}
