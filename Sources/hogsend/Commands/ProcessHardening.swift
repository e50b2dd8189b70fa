import CSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps secrets of this process out of reach of its neighbours.
enum ProcessHardening {
    static func apply() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
        #else
            setrlimit(RLIMIT_CORE, &none)
        #endif
        concealAdminKey()
        // The limit does not hold where the kernel pipes dumps to a program; this does, and it also
        // keeps memory and environment from other processes of the same user.
        _ = hogsend_make_undumpable()
    }

    /// Overwrites the value of `--admin-key` where `ps` and `/proc` show it.
    ///
    /// The runtime's own copy of the arguments stays: it is the one that was read before.
    private static func concealAdminKey() {
        #if os(Linux)
            guard let range = argumentRange() else { return }
            var isNext = false
            var word = range.lowerBound
            while word < range.upperBound,
                let pointer = UnsafeMutablePointer<CChar>(bitPattern: word)
            {
                let length = strlen(pointer)
                let text = String(cString: pointer)
                if isNext {
                    memset(pointer, 0x78, length)
                } else if text.hasPrefix("--admin-key=") {
                    memset(pointer + 12, 0x78, length - 12)
                }
                isNext = text == "--admin-key"
                word += UInt(length) + 1
            }
        #endif
    }

    /// Where the kernel keeps the arguments: fields 48 and 49 of proc_pid_stat(5).
    private static func argumentRange() -> Range<UInt>? {
        guard let file = fopen("/proc/self/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [CChar](repeating: 0, count: 2048)
        guard fgets(&bytes, Int32(bytes.count), file) != nil else { return nil }
        let text = String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The second field, a name in parentheses, may hold spaces.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 47, let start = UInt(fields[46]), let stop = UInt(fields[47]),
            start < stop
        else { return nil }
        return start..<stop
    }
}
