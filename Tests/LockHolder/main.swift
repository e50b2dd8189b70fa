import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// lock-holder ADDRESS NAME LEASE: takes a lock for so many milliseconds, says `held`, and lets go
// when its input ends; then it says `kept`, or `lost` when somebody else may have had it.
let arguments = CommandLine.arguments + ["", "", ""]
let database = try await DatabaseURL(arguments[1]).open()
let lock = try await database.lock(
    arguments[2], lease: .milliseconds(Int(arguments[3]) ?? 0), patience: .seconds(10))
print("held")
fflush(nil)
_ = readLine()
print(await lock.isHeld() ? "kept" : "lost")
await lock.release()
await database.close()
