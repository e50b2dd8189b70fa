import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the arguments ask for.
struct Orders {
    let database: String
    let callers: Int
    let lease: Duration
    let stop: Stop?

    init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words.count == 3 || words.count == 5, let callers = Int(words[1]),
            let milliseconds = Int(words[2])
        else { return nil }
        stop = words.count == 5 ? Stop(step: words[3], manner: words[4]) : nil
        if words.count == 5, stop == nil { return nil }
        database = words[0]
        self.callers = callers
        lease = .milliseconds(milliseconds)
    }
}

/// Writes a line at once: what comes next may be the end.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

func waitForEndOfInput() async {
    await BlockingCall.run { while readLine() != nil {} }
}
