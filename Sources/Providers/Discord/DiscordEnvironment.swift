import Engine

/// What the variables `DISCORD_…` say; no error repeats a value.
struct DiscordEnvironment {
    static let variables = [
        ProviderVariable(
            "DISCORD_BOT_TOKEN", "a bot's token, used while none is stored", isSecret: true),
        ProviderVariable(
            "DISCORD_PUBLIC_KEY",
            "the application's public key, with which interactions are verified"),
    ]

    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    func configuration() throws(ConfigurationError) -> ProviderConfiguration {
        let token = try environment.key("DISCORD_BOT_TOKEN", DiscordKeys.botToken)
        return ProviderConfiguration(
            host: token == nil ? nil : URL(string: "https://discord.com"), personalKey: token,
            webhookSecret: try environment.key("DISCORD_PUBLIC_KEY", DiscordKeys.publicKey),
            webhookSecretVariable: "DISCORD_PUBLIC_KEY")
    }
}
