// Every file of ours, and every provider, sees Data, Date, URL and JSON through the engine.
// FoundationEssentials has no ICU: a static binary stays near 14 MB instead of 58.
#if canImport(FoundationEssentials)
    @_exported public import FoundationEssentials
#else
    @_exported public import Foundation
#endif
