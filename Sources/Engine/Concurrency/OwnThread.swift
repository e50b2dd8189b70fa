#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread for work that blocks, or that lives as long as a server does.
///
/// Not one of Dispatch's: on Linux those are 255 at most, and what is queued beyond that may never
/// run, even when threads are free again.
package enum OwnThread {
    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` on a new thread; waits its turn on this one when the system has none to give.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Glibc)
            var thread: pthread_t = 0
        #else
            var thread: pthread_t?
        #endif
        while pthread_create(&thread, nil, main, work.toOpaque()) != 0 { usleep(10_000) }
        #if canImport(Glibc)
            pthread_detach(thread)
        #else
            if let thread { pthread_detach(thread) }
        #endif
    }

    #if canImport(Glibc)
        private static let main:
            @convention(c) (UnsafeMutableRawPointer?) ->
                UnsafeMutableRawPointer? = { context in
                    if let context { run(context) }
                    return nil
                }
    #else
        private static let main:
            @convention(c) (UnsafeMutableRawPointer) ->
                UnsafeMutableRawPointer? = { context in
                    run(context)
                    return nil
                }
    #endif

    private static func run(_ context: UnsafeMutableRawPointer) {
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
    }
}
