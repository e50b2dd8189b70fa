/// What a client asks of an instance's disconnect route.
package struct DisconnectRequest: Sendable, Equatable {
    /// Only look: nothing is written on either side.
    package var isPlan = false
    /// Leave what delivers at the service as it is.
    package var keepsDestination = false
    /// Take the refresh token back also where that ends more than this grant.
    package var isEverywhere = false

    package init() {}

    package var body: JSONValue {
        [
            "plan": .bool(isPlan), "keepDestination": .bool(keepsDestination),
            "everywhere": .bool(isEverywhere),
        ]
    }
}
