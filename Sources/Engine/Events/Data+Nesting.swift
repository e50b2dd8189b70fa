#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Data {
    /// Whether arrays and objects of this JSON text are nested deeper than so many levels.
    ///
    /// Nearly all texts are decided by their length, or by how many brackets there are at all.
    func isNested(deeperThan levels: Int) -> Bool {
        count > 2 * levels
            && withUnsafeBytes { bytes in
                Self.hasMoreBrackets(than: levels, bytes) && Self.depth(of: bytes) > levels
            }
    }

    private static func hasMoreBrackets(
        than most: Int, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        var count = 0
        for bracket in "[{".utf8 {
            var place = 0
            while count <= most,
                let found = memchr(start + place, Int32(bracket), bytes.count - place)
            {
                count += 1
                place = UnsafeRawPointer(found) - start + 1
            }
        }
        return count > most
    }

    private static func depth(of bytes: UnsafeRawBufferPointer) -> Int {
        var (depth, deepest, place) = (0, 0, 0)
        var isInString = false
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\\") where isInString: place += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case _ where isInString: break
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                deepest = Swift.max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            place += 1
        }
        return deepest
    }
}
