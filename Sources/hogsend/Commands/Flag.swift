/// One option of a command line, as the parser and the help text need it.
struct Flag: Sendable {
    /// With its hyphens, such as `--url`.
    let name: String
    /// A shorter or older spelling.
    let alias: String?
    /// What stands for the value in help; nil for a switch.
    let value: String?
    let help: String

    init(_ name: String, alias: String? = nil, value: String? = nil, _ help: String) {
        self.name = name
        self.alias = alias
        self.value = value
        self.help = help
    }

    /// Every command takes these.
    static let globals = [
        Flag("--url", value: "URL", "the instance (HOGSEND_API_URL; http://localhost:3002)"),
        Flag("--admin-key", value: "KEY", "its admin key (HOGSEND_ADMIN_KEY, ADMIN_API_KEY)"),
        Flag("--admin-key-file", value: "PATH", "a file that holds the admin key; - is stdin"),
        Flag("--json", "print exactly one JSON document on stdout"),
        Flag("--help", alias: "-h", "show this help"),
        Flag("--version", "show the version"),
    ]
}
