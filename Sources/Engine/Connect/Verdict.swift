/// How a command ended, in one stable word for scripts.
package enum Verdict: String, Sendable {
    case connected
    case connectedNoProvision = "connected_no_provision"
    case planClean = "plan_clean"
    case planPending = "plan_pending"
    case undone
    case nothingToUndo = "nothing_to_undo"
    case disconnected
    case nothingToDisconnect = "nothing_to_disconnect"
    case disconnectIncomplete = "disconnect_incomplete"
    case declined
    case notConfigured = "not_configured"
    case noClientDocument = "no_client_document"
    case oauthUnsupported = "oauth_unsupported"
    case discoveryFailed = "discovery_failed"
    case issuerMismatch = "issuer_mismatch"
    case portUnavailable = "port_unavailable"
    case keyMissing = "key_missing"
    case keyInvalid = "key_invalid"
    case keyRefused = "key_refused"
    case keyCheckFailed = "key_check_failed"
    case consentDenied = "consent_denied"
    case authorizationFailed = "authorization_failed"
    case stateMismatch = "state_mismatch"
    case callbackTimeout = "callback_timeout"
    case exchangeFailed = "exchange_failed"
    case storeFailed = "store_failed"
    case noCredential = "no_credential"
    case apiPublicURLUnreachable = "api_public_url_unreachable"
    case provisionFailed = "provision_failed"
    case unknownProvider = "unknown_provider"
    case instanceUnreachable = "instance_unreachable"
    case answerTooLarge = "answer_too_large"
    case unauthorized
    case undecryptable = "credential_undecryptable"
    case databaseUnavailable = "database_unavailable"
    case needsReconnect = "needs_reconnect"
    case refreshUnavailable = "refresh_unavailable"
    case interrupted
    case invalidConfiguration = "invalid_configuration"
}
