// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// One name for each folder in Sources/Providers; add yours here.
let providers = [
    "PostHog",
    "Stripe",
    "Discord",
]

let package = Package(
    name: "hogsend",
    platforms: [.macOS(.v26)],
    // The program is no product here: SwiftPM makes it one of this package alone, so that a package
    // that depends on this one can build a `hogsend` of its own.
    products: [
        .library(name: "HogsendEngine", targets: ["Engine"]),
        .library(name: "HogsendCommands", targets: ["HogsendCommands"]),
        .library(name: "HogsendProviderKit", targets: ["ProviderKit"]),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", path: "Sources/CLibraries/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/CLibraries/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CSQLite", path: "Sources/CLibraries/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CMicroHTTPD", path: "Sources/CLibraries/CMicroHTTPD", pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]),
        .systemLibrary(
            name: "CPostgres", path: "Sources/CLibraries/CPostgres", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CSystem", path: "Sources/CLibraries/CSystem"),
        .target(
            name: "Engine",
            dependencies: ["CCurl", "COpenSSL", "CSQLite", "CPostgres", "CMicroHTTPD"]),
        .target(name: "ProviderKit", dependencies: ["Engine"]),
        .target(
            name: "HogsendCommands", dependencies: ["Engine", "CSystem", "ProviderKit"],
            path: "Sources/hogsend/Commands"),
        .executableTarget(
            name: "hogsend",
            dependencies: ["Engine", "HogsendCommands"]
                + providers.map { .target(name: "\($0)Provider") },
            path: "Sources/hogsend", exclude: ["Commands"]),
        .target(
            name: "SimulatedService", dependencies: ["Engine"], path: "Tests/SimulatedService"),
        .executableTarget(
            name: "posthog-simulator", dependencies: ["Engine", "PostHogSimulator"],
            path: "Tests/PostHogSimulator/Executable"),
        .executableTarget(
            name: "credential-benchmark", dependencies: ["Engine", "ProviderKit"],
            path: "Tests/Benchmark"),
        .executableTarget(
            name: "contract-check",
            dependencies: [
                "AcmeProviders", "Engine", "PostHogProvider", "PostHogSimulator", "ProviderKit",
            ],
            path: "Tests/ContractCheck"),
        .executableTarget(
            name: "token-fleet", dependencies: ["Engine", "ProviderKit"], path: "Tests/TokenFleet"),
        .target(
            name: "FuzzTargets", dependencies: ["CCurl", "Engine", "HogsendCommands"],
            path: "Tests/Fuzz/Targets"),
        .executableTarget(
            name: "lock-holder", dependencies: ["Engine"], path: "Tests/LockHolder"),
        .target(
            name: "AcmeProviders", dependencies: ["Engine", "ProviderKit"],
            path: "Tests/AcmeHogsend/Providers"),
        .executableTarget(
            name: "acme-hogsend", dependencies: ["AcmeProviders", "Engine", "HogsendCommands"],
            path: "Tests/AcmeHogsend/Executable"),
        .target(name: "TestDatabases", dependencies: ["Engine"], path: "Tests/TestDatabases"),
        .testTarget(name: "FuzzTests", dependencies: ["Engine", "FuzzTargets"]),
        .testTarget(
            name: "EngineTests",
            dependencies: ["AcmeProviders", "Engine", "ProviderKit", "TestDatabases"]),
        .testTarget(name: "PostHogSimulatorTests", dependencies: ["Engine", "PostHogSimulator"]),
        .testTarget(
            name: "hogsendTests",
            dependencies: [
                "AcmeProviders", "DiscordSimulator", "Engine", "HogsendCommands",
                "PostHogSimulator", "ProviderKit", "SimulatedService", "StripeSimulator",
                "TestDatabases", "acme-hogsend", "hogsend", "lock-holder", "posthog-simulator",
                "token-fleet",
            ]),
    ]
)

/// Whether the package has a folder of that path.
func hasFolder(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(path)")
}

// A provider's service, simulated for tests, is there where somebody wrote it.
let simulated = Set(providers.filter { hasFolder("Tests/\($0)Simulator") })
for name in providers where simulated.contains(name) {
    let path = "Tests/\(name)Simulator"
    package.targets.append(
        .target(
            name: "\(name)Simulator",
            dependencies: ["COpenSSL", "Engine", "ProviderKit", "SimulatedService"],
            path: path,
            exclude: hasFolder("\(path)/Executable") ? ["Executable"] : []))
}

for name in providers {
    package.products.append(.library(name: "Hogsend\(name)", targets: ["\(name)Provider"]))
    package.targets += [
        .target(
            name: "\(name)Provider", dependencies: ["Engine"], path: "Sources/Providers/\(name)",
            packageAccess: false),
        .testTarget(
            name: "\(name)ProviderTests",
            dependencies: ["Engine", "ProviderKit", .target(name: "\(name)Provider")]
                + (simulated.contains(name)
                    ? [.target(name: "\(name)Simulator"), "SimulatedService"] : []),
            path: "Tests/ProviderTests/\(name)"),
    ]
}

// What Scripts/new-provider copies, and the example of Plugins.md: both are built and tested.
for name in ["NewService", "Initech"] {
    package.targets += [
        .target(
            name: "\(name)Provider", dependencies: ["Engine"], path: "Tests/Scaffold/\(name)",
            packageAccess: false),
        .testTarget(
            name: "\(name)ProviderTests",
            dependencies: ["Engine", "ProviderKit", .target(name: "\(name)Provider")],
            path: "Tests/Scaffold/\(name)Tests"),
    ]
}

// Links with libFuzzer alone, which Scripts/fuzz asks the compiler for.
if Context.environment["HOGSEND_FUZZ_DRIVER"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["CFuzzer", "Engine", "FuzzTargets"],
            path: "Tests/Fuzz/Driver"),
    ]
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
