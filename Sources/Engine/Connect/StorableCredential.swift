/// What a login brought, as an instance takes it.
package struct StorableCredential: Sendable {
    package let kind: String
    package let payload: JSONValue
    /// What is left at the service when it cannot be stored, as the end of a sentence.
    let remains: @Sendable (_ name: String) -> String
    let remedy: @Sendable (_ name: String) -> String

    package init(_ grant: Grant) {
        kind = "oauth"
        payload = grant.json
        remains = { "a grant remains at \($0)" }
        remedy = { "mend the instance and run the command again, or revoke the grant at \($0)" }
    }

    package init(_ keys: KeyCredential) {
        kind = "api_key"
        payload = keys.json
        remains = { _ in "the key is stored nowhere" }
        remedy = { _ in "mend the instance and run the command again" }
    }
}
