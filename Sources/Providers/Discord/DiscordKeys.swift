import Engine

/// What a user pastes of an application, and how it is checked.
enum DiscordKeys {
    static let applicationID = KeyField(
        "applicationId", label: "application id", rule: KeyRule(.digits, length: 17...20),
        isSecret: false)
    static let publicKey = KeyField(
        "publicKey", label: "public key", rule: KeyRule(.hex, length: 64...64), isSecret: false,
        verifiesDeliveries: true)
    static let botToken = KeyField(
        "botToken", label: "bot token", rule: KeyRule(.token, length: 50...200))
    static let fields = [applicationID, publicKey, botToken]

    /// Its name among what is kept beside the keys.
    static let nameField = "applicationName"

    /// The token's own application says which the other two must be.
    static func check(_ keys: KeyCheck) async throws(ProvisionError) -> KeyReport {
        let application = try await DiscordAPI(keys).application(step: "checking the keys")
        guard application.id == keys.values[applicationID.name] else {
            throw .keysRefused(
                reason: "the bot token is not that of the application with this application id")
        }
        guard application.publicKey.lowercased() == keys.values[publicKey.name]?.lowercased() else {
            throw .keysRefused(reason: "the public key is not that of this application")
        }
        return KeyReport(fields: [nameField: .string(application.name)])
    }

    /// The way to add a bot to a server
    /// (<https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow>).
    static func note(on grant: GrantSummary) -> String? {
        grant.fields[applicationID.name]?.string.map {
            "to add the bot to a server, open https://discord.com/oauth2/authorize"
                + "?client_id=\($0.percentEncoded)&scope=bot+applications.commands"
        }
    }
}
