import CFuzzer
import Dispatch
import Engine
import FuzzTargets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libFuzzer's entry; `HOGSEND_FUZZ` names the target.
@_cdecl("LLVMFuzzerTestOneInput")
func runOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    let isDone = DispatchSemaphore(value: 0)
    // Runs at once on this thread, up to its first real suspension.
    Task.immediate {
        do {
            try await target.run(input)
        } catch {
            stop("\(error)")
        }
        isDone.signal()
    }
    isDone.wait()
    return 0
}

/// libFuzzer takes a crash for a find.
func stop(_ reason: String) -> Never {
    let line = Array("\(reason)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    abort()
}

nonisolated let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["HOGSEND_FUZZ"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        stop("HOGSEND_FUZZ is none of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()

var argumentCount = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
_ = LLVMFuzzerRunDriver(&argumentCount, &arguments, runOne)
