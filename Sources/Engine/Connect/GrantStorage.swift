/// Puts a grant on the instance: tried again while it may help, and not torn by Ctrl-C.
struct GrantStorage: Sendable {
    private static let waits: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
    private static let patienceAfterInterrupt = Duration.seconds(10)

    let flow: ConnectFlow

    func store(_ grant: Grant) async throws {
        let path = APIPath.credential(flow.provider.id.rawValue)
        try await flow.step("PUT \(flow.instance.address(path))") {
            try await storeUninterrupted(grant)
        }
    }

    /// A PUT under way is waited for after Ctrl-C, since only its answer says what is stored.
    private func storeUninterrupted(_ grant: Grant) async throws {
        let ended = Promise<Result<Void, ConnectError>>()
        let sending = Task { ended.settle(await attempt(grant)) }
        if let result = await ended.value(within: .seconds(3600)) { return try result.get() }
        let late = await Task { await ended.value(within: Self.patienceAfterInterrupt) }.value
        sending.cancel()
        switch late {
        case .success?: throw ConnectError.interrupted(isCredentialStored: true)
        case .failure?: throw ConnectError.interrupted(isCredentialStored: false)
        case nil: throw ConnectError.interrupted(isCredentialStored: nil)
        }
    }

    private func attempt(_ grant: Grant) async -> Result<Void, ConnectError> {
        var waits = Self.waits[...]
        while true {
            let (failure, mayHelp) = await tryOnce(grant)
            guard let failure else { return .success(()) }
            guard mayHelp, let wait = waits.popFirst() else { return .failure(failure) }
            try? await Task.sleep(for: wait)
        }
    }

    /// Nil for success; else the refusal, and whether another try may help.
    private func tryOnce(_ grant: Grant) async -> (ConnectError?, mayHelp: Bool) {
        do {
            let answer = try await flow.instance.store(grant, for: flow.provider.id)
            if answer.status == 200 { return (nil, false) }
            let detail = answer.json["detail"]?.string ?? answer.json["error"]?.string ?? ""
            let reason = "it answered \(answer.status) \(detail.sanitized())"
            return (
                failed(reason.trimmingWhitespace()), answer.status >= 500 || answer.status == 429
            )
        } catch let error as ConnectError {
            return (failed(error.description), error.verdict == .instanceUnreachable)
        } catch {
            return (failed("the program was interrupted"), false)
        }
    }

    private func failed(_ reason: String) -> ConnectError {
        ConnectError(
            .storeFailed,
            "the instance did not store the credential (\(reason)); a grant remains at \(flow.provider.name)",
            hint:
                "mend the instance and run the command again, or revoke the grant at \(flow.provider.name)",
            isCredentialStored: false)
    }
}
