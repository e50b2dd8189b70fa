import GlobexProvider
import HogsendCommands
import PostHogProvider

await Hogsend.main(providers: [PostHog(), Globex()])
