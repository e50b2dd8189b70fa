/// The scopes that a client without privileges may be granted.
enum ScopeCatalogue {
    private static let objects = [
        "action", "activity_log", "annotation", "batch_export", "cohort", "dashboard",
        "dashboard_template", "early_access_feature", "error_tracking", "event_definition",
        "experiment", "export", "feature_flag", "group", "hog_function", "insight", "notebook",
        "organization", "organization_member", "person", "plugin", "project",
        "property_definition", "query", "session_recording", "session_recording_playlist",
        "sharing_configuration", "subscription", "survey", "user", "warehouse_table",
        "warehouse_view", "web_analytics", "webhook",
    ]
    private static let identity = ["openid", "profile", "email"]
    private static let actions = objects.flatMap { ["\($0):read", "\($0):write"] }

    static let advertised = identity + actions
    private static let grantable = Set(advertised + ["introspection", "*"])

    /// Drops what cannot be granted; nothing left means everything.
    static func clamp(_ requested: [String]) -> [String] {
        let known = requested.filter { grantable.contains($0) }
        return known.isEmpty ? actions : known
    }

    /// Write implies read when a call is checked.
    static func allows(_ granted: [String], _ needed: String) -> Bool {
        if granted.contains(needed) || granted.contains("*") { return true }
        guard needed.hasSuffix(":read") else { return false }
        return granted.contains(needed.dropLast("read".count) + "write")
    }
}
