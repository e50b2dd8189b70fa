import DiscordProvider
import GlobexProvider
import HogsendCommands
import PostHogProvider
import StripeProvider

await Hogsend.main(providers: [PostHog(), Stripe(), Discord(), Globex()])
