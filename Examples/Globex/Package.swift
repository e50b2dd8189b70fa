// swift-tools-version: 6.2
import PackageDescription

/// A provider outside hogsend's repository, and a `hogsend` that knows it.
let package = Package(
    name: "globex",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "hogsend", targets: ["Program"]),
        .library(name: "GlobexProvider", targets: ["GlobexProvider"]),
    ],
    // A package of your own names a version of the repository here.
    dependencies: [.package(name: "hogsend", path: "../..")],
    targets: [
        .target(
            name: "GlobexProvider",
            dependencies: [.product(name: "HogsendEngine", package: "hogsend")]),
        .executableTarget(
            name: "Program",
            dependencies: [
                "GlobexProvider", .product(name: "HogsendCommands", package: "hogsend"),
                .product(name: "HogsendDiscord", package: "hogsend"),
                .product(name: "HogsendPostHog", package: "hogsend"),
                .product(name: "HogsendStripe", package: "hogsend"),
            ]),
        .testTarget(
            name: "GlobexProviderTests",
            dependencies: [
                "GlobexProvider", .product(name: "HogsendEngine", package: "hogsend"),
                .product(name: "HogsendProviderKit", package: "hogsend"),
            ]),
    ]
)
