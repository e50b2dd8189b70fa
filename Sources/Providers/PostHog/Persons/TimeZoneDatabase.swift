import Engine

/// The system's zone database: a file for each zone, in the format of RFC 9636.
///
/// `TimeZone(identifier:)` knows no zones without the ICU library, which this program goes without.
public struct TimeZoneDatabase: Sendable {
    private static let folders = [
        "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo",
    ]
    private static let magic = Data("TZif".utf8)
    private static let longestName = 64

    /// Where the zones are; nil when the system has none (on Debian: `apt-get install tzdata`).
    public let folder: String?

    /// The zones in `folder`; those of the system unless told otherwise.
    ///
    /// The variable `TZDIR` names another folder, as it does for the C library.
    public init(folder: String? = nil) {
        let candidates =
            folder.map { [$0] }
            ?? [ProcessInfo.processInfo.environment["TZDIR"]].compactMap { $0 } + Self.folders
        self.folder = candidates.first { Self.isZone("\($0)/UTC") || Self.isZone("\($0)/Etc/UTC") }
    }

    /// Whether there is a zone of that name, spelled as the database spells it.
    ///
    /// A name is made of parts that begin with a capital letter, so that it can lead neither out of
    /// the folder nor to what else lies in it.
    public func contains(_ name: String) -> Bool {
        if name == "UTC" { return true }
        guard let folder, Self.isName(name) else { return false }
        let path = "\(folder)/\(name)"
        let (root, real) = (Self.resolved(folder), Self.resolved(path))
        return real.hasPrefix(root + "/") && Self.isZone(real)
    }

    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= longestName, name != "Factory" else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, isCapital(first) else { return false }
            return part.utf8.allSatisfy { byte in
                isCapital(byte & 0xDF) && byte & 0x40 != 0 || (0x30...0x39).contains(byte)
                    || "_+-".utf8.contains(byte)
            }
        }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    private static func isZone(_ path: String) -> Bool {
        FileManager.default.contents(atPath: path)?.prefix(magic.count) == magic
    }

    private static func resolved(_ path: String) -> String {
        let path = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
