#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that this process alone has locked, until it unlocks it or dies.
final class LockFile: Sendable {
    private let descriptor: Locked<Int32>

    /// Nil when another holder, in this process or another, is alive.
    init?(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = Locked(descriptor)
    }

    deinit { unlock() }

    /// Closing drops the lock; the file stays, for a removed one would be locked twice.
    func unlock() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }
}
