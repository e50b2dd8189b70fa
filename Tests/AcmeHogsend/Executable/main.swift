import AcmeProviders
import Engine
import HogsendCommands

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

var providers: [any Provider] = [KeyedAcme(), DeviceAcme()]
// One more under a name that a test wants to see.
if let name = getenv("ACME_HOGSEND_ALSO") {
    providers.append(HookAcme(id: ProviderID(rawValue: String(cString: name)), givesSecrets: false))
}
exit(await Hogsend.run(Array(CommandLine.arguments.dropFirst()), providers: providers))
