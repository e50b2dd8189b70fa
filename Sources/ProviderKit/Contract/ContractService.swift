public import Engine

/// What plays a provider's service in the checks: its API, and what a user would see there.
///
/// It is asked with the requests that the provider sends, with the header that carries the
/// credential, and with those of the token and revocation endpoints where it names some.
public protocol ContractService: HTTPClient {
    /// Its address, without a slash at the end: a grant is good for it.
    var host: URL { get }
    /// What a login brings, the members of a stored grant or the pasted keys by name.
    var credential: [String: JSONValue] { get }
    /// The project to provision where the credential alone does not say it.
    var project: String? { get }
    /// The addresses that it delivers events to now, one for each object that does, in any order.
    func destinations() async -> [String]
    /// What those deliveries are proven with by now, as the service was told it or gave it out; nil
    /// where nothing delivers to the instance, or its private key proves them.
    func deliverySecret() async -> Secret?
    /// Everything at the service that provisioning could change; equal while nothing was written.
    func state() async -> JSONValue
    /// Whether it takes the access token, or the key, that it gave out; true where it never ends one.
    func takesCredential() async -> Bool
    /// Ends it, when its check is over.
    func stop() async
}

extension ContractService {
    /// The credential says which project is meant, unless told otherwise.
    public var project: String? { nil }
    /// A service ends no credential unless told otherwise.
    public func takesCredential() async -> Bool { true }
    /// Nothing is held that would have to be ended, unless told otherwise.
    public func stop() async {}
}

/// Brings a delivery to the instance, whatever address it is for, and answers what that answers.
public typealias ContractDelivery = @Sendable (HTTPRequest) async -> HTTPResponse

/// Makes a service in which nothing is set up; it delivers through what it is given.
public typealias ContractServiceMaker =
    @Sendable (@escaping ContractDelivery) async throws -> any ContractService
