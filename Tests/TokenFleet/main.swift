import Engine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// One process of a fleet: many callers ask a token manager for one token.
//
// It says `ready`, begins when its input ends, and says what the callers got: tokens by a digest,
// failures by their code. BETTER_AUTH_SECRET seals. With a step it kills or stops itself there.
guard let orders = Orders(CommandLine.arguments.dropFirst()) else {
    say("usage: token-fleet DATABASE_URL CALLERS LEASE_MILLISECONDS [STEP kill|pause]")
    exit(2)
}
do {
    let member = try await Member(orders)
    say("ready")
    await waitForEndOfInput()
    say(String(decoding: await member.ask().encoded(), as: UTF8.self))
    await member.leave()
} catch {
    say("failed: \(error)")
    exit(1)
}
