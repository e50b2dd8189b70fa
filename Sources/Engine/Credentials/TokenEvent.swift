/// What happened to a provider's tokens; no case can hold one.
package enum TokenEvent: Sendable, Equatable {
    case refreshed(ProviderID)
    /// Tried again.
    case failed(ProviderID, reason: String, nextAttempt: Date?)
    /// Said once in the fleet: the grant needs its user again.
    case needsReconnect(ProviderID, RefreshRecord.Failure)
    /// The new token serves from memory; if this process ends before it is stored, it is lost.
    case unsaved(ProviderID)
    case saved(ProviderID)
}
