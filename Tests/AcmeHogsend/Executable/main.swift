import AcmeProviders
import HogsendCommands

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

exit(
    await Hogsend.run(
        Array(CommandLine.arguments.dropFirst()), providers: [KeyedAcme(), DeviceAcme()]))
