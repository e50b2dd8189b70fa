import HogsendCommands

await Hogsend.main(providers: providers)
