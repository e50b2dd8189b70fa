/// Puts a credential on the instance: tried again while it may help, and not torn by Ctrl-C.
struct CredentialStorage: Sendable {
    private static let waits: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
    private static let patienceAfterInterrupt = Duration.seconds(10)

    let flow: ConnectFlow

    func store(_ credential: StorableCredential) async throws {
        let path = APIPath.credential(flow.provider.id.rawValue)
        try await flow.step("PUT \(flow.instance.address(path))") {
            try await storeUninterrupted(credential)
        }
    }

    /// A PUT under way is waited for after Ctrl-C, since only its answer says what is stored.
    private func storeUninterrupted(_ credential: StorableCredential) async throws {
        let ended = Promise<Result<Void, ConnectError>>()
        let sending = Task { ended.settle(await attempt(credential)) }
        if let result = await ended.value(within: .seconds(3600)) { return try result.get() }
        let late = await Task { await ended.value(within: Self.patienceAfterInterrupt) }.value
        sending.cancel()
        switch late {
        case .success?: throw ConnectError.interrupted(isCredentialStored: true)
        case .failure?: throw ConnectError.interrupted(isCredentialStored: false)
        case nil: throw ConnectError.interrupted(isCredentialStored: nil)
        }
    }

    private func attempt(_ credential: StorableCredential) async -> Result<Void, ConnectError> {
        var waits = Self.waits[...]
        while true {
            let (failure, mayHelp) = await tryOnce(credential)
            guard let failure else { return .success(()) }
            guard mayHelp, let wait = waits.popFirst() else { return .failure(failure) }
            try? await Task.sleep(for: wait)
        }
    }

    /// Nil for success; else the refusal, and whether another try may help.
    private func tryOnce(_ credential: StorableCredential) async -> (ConnectError?, mayHelp: Bool) {
        do {
            let answer = try await flow.instance.store(credential, for: flow.provider.id)
            if answer.status == 200 { return (nil, false) }
            let detail = answer.json["detail"]?.string ?? answer.json["error"]?.string ?? ""
            let reason = "it answered \(answer.status) \(detail.sanitized())"
            return (
                failed(reason.trimmingWhitespace(), credential),
                answer.status >= 500 || answer.status == 429
            )
        } catch let error as ConnectError {
            return (failed(error.description, credential), error.verdict == .instanceUnreachable)
        } catch {
            return (failed("the program was interrupted", credential), false)
        }
    }

    private func failed(_ reason: String, _ credential: StorableCredential) -> ConnectError {
        let name = flow.provider.name
        return ConnectError(
            .storeFailed,
            "the instance did not store the credential (\(reason)); \(credential.remains(name))",
            hint: credential.remedy(name), isCredentialStored: false)
    }
}
