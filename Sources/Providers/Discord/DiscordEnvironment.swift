import Engine

/// What the variables `DISCORD_…` say; no error repeats a value.
struct DiscordEnvironment {
    static let variables = [
        ProviderVariable(
            "DISCORD_BOT_TOKEN", "A bot's token, used while none is stored.", isSecret: true),
        ProviderVariable(
            "DISCORD_PUBLIC_KEY",
            "The application's public key, with which interactions are verified."),
    ]

    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    func configuration() throws(ConfigurationError) -> ProviderConfiguration {
        let token = try environment.key("DISCORD_BOT_TOKEN", DiscordKeys.botToken)
        return ProviderConfiguration(
            host: token == nil ? nil : URL(string: "https://discord.com"), personalKey: token,
            webhookSecret: try publicKey(), webhookSecretVariable: "DISCORD_PUBLIC_KEY")
    }

    private func publicKey() throws(ConfigurationError) -> Secret? {
        guard let text = environment["DISCORD_PUBLIC_KEY"] else { return nil }
        guard text.wholeMatch(of: /[0-9A-Fa-f]{64}/) != nil else {
            throw ConfigurationError(
                "DISCORD_PUBLIC_KEY is not 64 hexadecimal digits",
                hint: "set it to the public key on the application's page at Discord")
        }
        return Secret(text)
    }
}
