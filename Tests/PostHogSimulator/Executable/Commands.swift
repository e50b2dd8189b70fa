import Dispatch
import Engine
import PostHogSimulator

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the command line asks for.
struct Options {
    private(set) var port: UInt16 = 0
    private(set) var hosts: [String: String] = [:]
    private(set) var exitsWithStandardInput = false

    /// Nil when a flag is unknown or lacks its value.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "--port":
                guard let number = rest.popFirst().flatMap({ UInt16($0) }) else { return nil }
                port = number
            case "--map":
                let halves = (rest.popFirst() ?? "").split(separator: "=")
                guard halves.count == 2 else { return nil }
                hosts[String(halves[0])] = String(halves[1])
            case "--exit-with-stdin": exitsWithStandardInput = true
            default: return nil
            }
        }
    }
}

/// Runs until a signal comes, or the end of standard input if that was asked for.
func serve(_ options: Options) async -> Int32 {
    let end = Promise<Void>()
    let signals = [SIGTERM, SIGINT].map { whenSignalled($0, end) }
    defer { for source in signals { source.cancel() } }
    var switches = Switches()
    switches.hosts = options.hosts
    do {
        let simulator = try await PostHogSimulator.start(port: options.port, switches: switches)
        say("listening \(simulator.origin.absoluteString)\n", on: STDOUT_FILENO)
        if options.exitsWithStandardInput { whenStandardInputEnds(end) }
        await end.value
        await simulator.stop()
        return 0
    } catch {
        say("posthog-simulator: \(error)\n", on: STDERR_FILENO)
        return 1
    }
}

/// Goes where the address leads; silent unless that fails.
func browse(_ address: String?) async -> Int32 {
    guard let url = address.flatMap({ URL(string: $0) }), url.host() != nil else {
        say("posthog-simulator: browse needs an address\n", on: STDERR_FILENO)
        return 2
    }
    do {
        try await HandsFreeBrowser().open(url)
        return 0
    } catch {
        say("posthog-simulator: \(error)\n", on: STDERR_FILENO)
        return 1
    }
}

private func whenSignalled(
    _ number: Int32, _ end: Promise<Void>
) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { end.settle(()) }
    source.resume()
    return source
}

private func whenStandardInputEnds(_ end: Promise<Void>) {
    Task {
        await BlockingCall.run {
            var byte: UInt8 = 0
            while read(STDIN_FILENO, &byte, 1) > 0 {}
        }
        end.settle(())
    }
}

func say(_ text: String, on descriptor: Int32) {
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}

/// Captures an event at a running simulator and prints what became of its deliveries.
func emit(_ arguments: ArraySlice<String>) async -> Int32 {
    let words = Array(arguments)
    guard words.count == 2, let url = URL(string: words[0] + "/_simulator/emit") else {
        say("posthog-simulator: emit needs an origin and an event as JSON\n", on: STDERR_FILENO)
        return 2
    }
    do {
        let response = try await CurlClient().send(
            HTTPRequest("POST", url, body: Data(words[1].utf8), timeout: .seconds(30)))
        say(String(decoding: response.body, as: UTF8.self) + "\n", on: STDOUT_FILENO)
        return response.status == 200 ? 0 : 1
    } catch {
        say("posthog-simulator: \(error)\n", on: STDERR_FILENO)
        return 1
    }
}
