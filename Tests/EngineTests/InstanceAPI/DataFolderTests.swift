import Engine
import Foundation
import Testing

@Suite("Data folder")
struct DataFolderTests {
    static func open(_ body: (DataFolder, String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = "\(folder.path)/data"
        let data = DataFolder(Environment(["HOGSEND_DATA_DIR": path]))
        try data.create()
        try await body(data, path)
    }

    static func write(_ text: String, to path: String, mode: Int = 0o600) {
        let made = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        #expect(made)
    }

    static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(arguments: [
        (["HOGSEND_DATA_DIR": "/d", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/d"),
        (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/hogsend"),
        (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/hogsend"),
        (["HOME": "/h"], "/h/.local/state/hogsend"),
    ])
    func `it stands where the environment says`(environment: [String: String], path: String) {
        let folder = DataFolder(Environment(environment))
        #expect(folder.path == path)
        #expect(folder.databasePath == "\(path)/hogsend.db")
    }

    @Test func `it is made for this user alone, and a second time it is there`() async throws {
        try await Self.open { folder, path in
            #expect(try Self.mode(path) == 0o700)
            try folder.create()
            Self.write("", to: "\(path)/file")
            let error = #expect(throws: ConfigurationError.self) {
                try DataFolder(Environment(["HOGSEND_DATA_DIR": "\(path)/file/x"])).create()
            }
            #expect(error?.hint?.contains("HOGSEND_DATA_DIR") == true)
        }
    }

    @Test func `a key is made once, for this user alone, and nothing else is left`()
        async throws
    {
        try await Self.open { folder, path in
            #expect(folder.key(.admin) == nil)
            let first = try folder.keyMakingOne(.admin)
            #expect(first.reveal().utf8.count == 43)
            #expect(try folder.keyMakingOne(.admin) == first)
            #expect(folder.key(.admin) == first)
            #expect(try folder.keyMakingOne(.auth) != first)
            #expect(try Self.mode("\(path)/admin-key") == 0o600)
            let files = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(files.sorted() == ["admin-key", "auth-secret"])
        }
    }

    @Test func `makers at once agree`() async throws {
        for _ in 0..<20 {
            try await Self.open { folder, path in
                let keys = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try folder.keyMakingOne(.admin).reveal() }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(keys.count == 1)
                let files = try FileManager.default.contentsOfDirectory(atPath: path)
                #expect(files == ["admin-key"])
            }
        }
    }

    @Test(arguments: ["hunter2", "hunter2\n", " hunter2\r\n"])
    func `a key is the file's text`(text: String) async throws {
        try await Self.open { folder, path in
            Self.write(text, to: "\(path)/admin-key")
            #expect(folder.key(.admin)?.reveal() == "hunter2")
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o666, 0o610, 0o601])
    func `a key that others may touch is none, and is not replaced`(mode: Int) async throws {
        try await Self.open { folder, path in
            Self.write("hunter2", to: "\(path)/admin-key", mode: mode)
            #expect(folder.key(.admin) == nil)
            let error = #expect(throws: ConfigurationError.self) {
                try folder.keyMakingOne(.admin)
            }
            #expect(error?.description.contains("hunter2") == false)
            let left = try String(contentsOfFile: "\(path)/admin-key", encoding: .utf8)
            #expect(left == "hunter2")
        }
    }

    @Test func `a link, a folder and an empty file are none`() async throws {
        try await Self.open { folder, path in
            Self.write("hunter2", to: "\(path)/real")
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/admin-key", withDestinationPath: "\(path)/real")
            try FileManager.default.createDirectory(
                atPath: "\(path)/auth-secret", withIntermediateDirectories: false)
            for key in [DataFolder.Key.admin, .auth] {
                #expect(folder.key(key) == nil)
                #expect(throws: ConfigurationError.self) { try folder.keyMakingOne(key) }
            }
        }
        try await Self.open { folder, path in
            Self.write(" \n", to: "\(path)/admin-key")
            #expect(folder.key(.admin) == nil)
        }
    }

    @Test func `a folder that is not there holds no key`() {
        let folder = DataFolder(Environment(["HOGSEND_DATA_DIR": "/nonexistent/hogsend"]))
        #expect(folder.key(.admin) == nil)
        #expect(throws: ConfigurationError.self) { try folder.keyMakingOne(.admin) }
    }
}
